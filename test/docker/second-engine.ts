import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DockerContainerEngine } from "../../src/adapters/docker/docker-container-engine.ts";
import type { EngineAddress } from "../../src/adapters/docker/resolve-engine-address.ts";

export interface SecondEngine extends AsyncDisposable {
  readonly address: EngineAddress;
}

const startDeadlineMs = 60_000;

/** Made by scripts/ensure-docker-29. */
const docker29 = path.join(import.meta.dirname, "../../.tools/docker-29");

/** The machine's own dockerd with containerd's image store (https://docs.docker.com/engine/storage/containerd/). */
export function startContainerdStoreEngine(): Promise<SecondEngine> {
  return startEngine({ settings: { features: { "containerd-snapshotter": true } } });
}

/** Docker 29 as it is after an installation: it has containerd's image store without being asked. */
export function startDocker29(): Promise<SecondEngine> {
  return startEngine({ settings: {}, programs: docker29 });
}

export function whyNoDocker29(): string | undefined {
  return existsSync(docker29) ? undefined : "no Docker 29: run scripts/ensure-docker-29";
}

/**
 * An engine beside the machine's. It has folders and namespaces of its own; in the network namespace of the first
 * it would take docker0 from it. Needs root.
 */
async function startEngine({
  settings,
  programs,
}: {
  readonly settings: object;
  /** Folder whose dockerd, containerd and runc are taken. */
  readonly programs?: string;
}): Promise<SecondEngine> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "airfield-engine-"));
  const at = (name: string) => path.join(folder, name);
  await writeFile(at("daemon.json"), JSON.stringify(settings));
  const daemon = spawn(
    "unshare",
    [
      ...["--net", "--mount", "--", "dockerd", "--config-file", at("daemon.json")],
      ...["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid")],
      ...["--host", `unix://${at("docker.sock")}`],
    ],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        PATH: [programs, process.env["PATH"]].filter((each) => each !== undefined).join(":"),
      },
    },
  );
  let log = "";
  daemon.stderr.on("data", (text: Buffer) => (log = (log + text.toString()).slice(-4000)));
  const ended = once(daemon, "exit");
  const address = { url: `unix://${at("docker.sock")}`, socketPath: at("docker.sock") };
  const stop = async () => {
    daemon.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilAnswering(new DockerContainerEngine(address), () => daemon.exitCode === null);
  } catch (error) {
    await stop();
    throw new Error(`dockerd did not start:\n${log}`, { cause: error });
  }
  return { address, [Symbol.asyncDispose]: stop };
}

async function untilAnswering(
  engine: DockerContainerEngine,
  isRunning: () => boolean,
): Promise<void> {
  for (const endMs = Date.now() + startDeadlineMs; ;) {
    try {
      const { hasContainerdStore } = await engine.info();
      if (!hasContainerdStore) throw new Error("it has no containerd store");
      return;
    } catch (error) {
      if (!isRunning() || Date.now() > endMs) throw error;
      await wait(100);
    }
  }
}
