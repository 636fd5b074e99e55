import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { docker } from "./engine.ts";
import { linesOf } from "./lines.ts";
import type { Edit, WayName } from "./loop-report.ts";

/** What all ways work on. */
export interface Bench {
  readonly airfield: string;
  readonly kind: string;
  /** The base of the image that is made by hand. */
  readonly jreImage: string;
  readonly cluster: string;
  readonly folder: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A way to bring edits to the cluster, ready for the first. */
export interface OpenWay {
  readonly url: string;
  /** Saves an edit, brings it, and resolves with the phases that took. */
  deliver(save: () => Promise<void>): Promise<Edit["phases"]>;
  close(): Promise<void>;
}

export function openWay(way: WayName, bench: Bench): Promise<OpenWay> {
  return way === "kind" ? openByHand(bench) : openDev(way, bench);
}

interface DevEvent {
  readonly type?: string;
  readonly line?: string;
  readonly message?: string;
  readonly phases?: Edit["phases"];
}

async function openDev(way: "image" | "live", bench: Bench): Promise<OpenWay> {
  const { airfield, cluster, project, env, signal } = bench;
  const words = ["dev", project, "--name", cluster, "--with", way, "--progress", "json"];
  const running = execa(airfield, [...words, "--check-path", "/user/1"], {
    ...{ env, reject: false, stdin: "ignore", cancelSignal: signal },
  });
  let hear: (event: DevEvent) => void = () => undefined;
  let last = "";
  const listening = (async () => {
    for await (const line of linesOf(running.stderr)) hear(JSON.parse((last = line)) as DevEvent);
  })();
  const until = (isIt: (event: DevEvent) => boolean) =>
    new Promise<DevEvent>((resolve, reject) => {
      hear = (event) => {
        if (isIt(event)) resolve(event);
      };
      void running.then(() => reject(new Error(`airfield dev has ended: ${last}`)));
    });
  await until(({ type, line = "" }) => type === "output" && line.startsWith("Watching "));
  return {
    url: await urlOf(bench),
    async deliver(save) {
      const outcome = until(({ type = "" }) => /^change-(delivered|failed)$/.test(type));
      await save();
      const { phases, message } = await outcome;
      if (phases === undefined) throw new Error(message);
      return phases;
    },
    async close() {
      running.kill("SIGINT");
      await Promise.all([running, listening]);
    },
  };
}

const imageByHand = "by-hand/user-service:dev";

/** As people do it without Airfield: the same project, node and Deployment, and an image made by a Dockerfile. */
async function openByHand(bench: Bench): Promise<OpenWay> {
  const { airfield, kind, cluster, project, env, signal, jreImage } = bench;
  const options = { env, cancelSignal: signal };
  await execa(airfield, ["up", project, "--name", cluster, "--check-path", "/user/1"], options);
  const dockerfile = join(bench.folder, "Dockerfile");
  await writeFile(
    dockerfile,
    [
      `FROM ${jreImage}`,
      "WORKDIR /application",
      "COPY user-service-*.jar application.jar",
      'ENTRYPOINT ["java", "-jar", "application.jar"]',
      "",
    ].join("\n"),
  );
  const target = join(project, "target");
  const deployment = "deployment/user-service";
  const kubectl = ["docker", "exec", `${cluster}-control-plane`, "kubectl"];
  kubectl.push("--kubeconfig=/etc/kubernetes/admin.conf");
  const commands: Readonly<Record<string, readonly string[]>> = {
    "mvn package": ["mvn", "-q", "-o", "-Dmaven.test.skip=true", "-f", project, "package"],
    "docker build": ["docker", "build", "-q", "-t", imageByHand, "-f", dockerfile, target],
    "kind load": [kind, "load", "docker-image", imageByHand, "--name", cluster],
    "rollout restart": [...kubectl, "rollout", "restart", deployment],
    "rollout status": [...kubectl, "rollout", "status", deployment],
  };
  const run = ([program = "", ...args]: readonly string[]) => execa(program, args, options);
  const runAll = async (): Promise<Edit["phases"]> => {
    const phases: { name: string; ms: number }[] = [];
    for (const [name, command] of Object.entries(commands)) {
      const startedMs = performance.now();
      await run(command);
      phases.push({ name, ms: performance.now() - startedMs });
    }
    return phases;
  };
  await runAll();
  await run([...kubectl, "set", "image", deployment, `application=${imageByHand}`]);
  await run([...kubectl, "rollout", "status", deployment]);
  return {
    url: await urlOf(bench),
    async deliver(save) {
      await save();
      return runAll();
    },
    close: async () => void (await docker(["image", "rm", "-f", imageByHand])),
  };
}

async function urlOf({ airfield, cluster, env }: Bench): Promise<string> {
  const { stdout } = await execa(airfield, ["get", "urls", "--name", cluster, "-o", "json"], {
    env,
  });
  const [first] = JSON.parse(stdout) as readonly { readonly url: string }[];
  return new URL("/user/1", first?.url).href;
}
