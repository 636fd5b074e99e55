import { expect, test } from "vitest";
import { orAborted } from "../../steps/or-aborted.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { pomXml } from "../../../test/fakes/spring/a-spring-project.ts";
import { putBaseImage } from "../../../test/fakes/spring/a-base-image.ts";
import { bootArchive } from "../../../test/fakes/spring/a-boot-archive.ts";
import { socketTables } from "../../../test/fakes/spring/socket-tables.ts";
import { aBuild, anApplication, SpringScene } from "../../../test/scenes/spring-scene.ts";

const IMAGE = /^airfield\.internal\/user-service:[0-9a-f]{12}$/;
/** Lets each build of Maven take ten minutes. */
function slowBuilds({ ports }: SpringScene): { begun: number; mostAtOnce: number } {
  const seen = { begun: 0, mostAtOnce: 0 };
  const { commands, clock } = ports;
  const run = commands.run.bind(commands);
  let running = 0;
  commands.run = async (command, options) => {
    if (!command.includes("package")) return run(command, options);
    seen.begun += 1;
    running += 1;
    seen.mostAtOnce = Math.max(seen.mostAtOnce, running);
    await clock.sleep(600_000, options?.signal);
    running -= 1;
    return run(command, options);
  };
  return seen;
}

const changedSource = { "/app/src/main/java/com/example/B.java": "class B {}" };

function change(scene: SpringScene, files: Readonly<Record<string, string>> = changedSource): void {
  for (const [path, text] of Object.entries(files)) scene.ports.files.put(path, text);
}

test("brings a project up from nothing to an answer", async () => {
  const scene = new SpringScene();
  const result = await scene.up();
  expect(result).toMatchObject({
    name: "user-service",
    namespace: "default",
    image: expect.stringMatching(IMAGE) as string,
    url: "http://127.0.0.1:8080",
    answer: { url: "http://127.0.0.1:8080/", status: 200, body: "hello" },
    changed: true,
    built: true,
    clusterCreated: true,
  });
  expect(scene.work.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
    "mvn --batch-mode --no-transfer-progress",
  ]);
  expect(scene.cluster.loaded).toEqual(["airfield/jre-17:1", result.image]);
  expect(scene.cluster.published.get("default/user-service")).toMatchObject({ nodePort: 30080 });
  expect(scene.ports.files.paths.filter((path) => path.startsWith("/tmp"))).toEqual([]);
  expect(scene.ports.reporter.of("run-finished")[0]?.summary).toBe(
    "user-service is up; http://127.0.0.1:8080/ answered 200.",
  );
});

test("where Spring Boot cannot be asked, its files are read, and why is told", async () => {
  const scene = new SpringScene();
  await scene.up({ environmentReader: "/airfield/environment" });
  expect(scene.ports.reporter.of("warning")).toMatchObject([
    {
      code: "environment-not-read",
      message: expect.stringContaining("ports and paths of user-service") as string,
    },
  ]);
  expect(scene.cluster.get("Service", "user-service")).toBeDefined();
});

test("does nothing the second time, and says so", async () => {
  const scene = new SpringScene();
  await scene.up();
  const before = [scene.work.length, scene.cluster.loaded.length];
  const result = await scene.up();
  expect(result).toMatchObject({ changed: false, built: false, clusterCreated: false });
  expect([scene.work.length, scene.cluster.loaded.length]).toEqual(before);
  expect(scene.cluster.changes).toEqual([
    "apply Deployment/user-service",
    "apply Service/user-service",
  ]);
  expect(scene.ports.reporter.of("run-finished")[1]?.summary).toBe(
    "user-service is unchanged: nothing was built, nothing was restarted; http://127.0.0.1:8080/ answered 200.",
  );
});

test("a changed source is built and rolled out", async () => {
  const scene = new SpringScene();
  const first = await scene.up();
  change(scene);
  const second = await scene.up();
  expect(second).toMatchObject({ changed: true, built: true });
  expect(second.image).not.toBe(first.image);
});

test("a changed setting is rolled out without a build", async () => {
  const scene = new SpringScene();
  await scene.up();
  const result = await scene.up({ application: anApplication({ replicas: 3 }) });
  expect(result).toMatchObject({ changed: true, built: false, replicas: 3 });
});

test("looks for the JDK before a Java runtime is fetched for it", async () => {
  const properties = "<properties><java.version>26</java.version></properties>";
  const scene = new SpringScene({ "/app/pom.xml": pomXml({ more: properties }) });
  const fetched: number[] = [];
  scene.cluster.jreImage = async (version) => {
    fetched.push(version);
    return Promise.resolve("airfield/jre-17:1");
  };
  scene.cluster.expectedJreImage = async () => Promise.resolve("airfield/jre-26:1");
  await expect(scene.up()).rejects.toMatchObject({
    code: "jdk-too-old",
    facts: { needed: 26, found: 17 },
  });
  expect(fetched).toEqual([]);
});

test("a host port that something else has is told before anything is fetched, built or made", async () => {
  const scene = new SpringScene();
  scene.cluster.takenPorts.set(8080, "another program");
  await expect(scene.up({ application: anApplication({ hostPort: 8080 }) })).rejects.toMatchObject({
    code: "port-taken",
    facts: { port: 8080, owner: "another program" },
  });
  expect(scene.ports.commands.lines).toEqual([]);
  expect([scene.cluster.calls, scene.cluster.api.calls]).toEqual([[], []]);
  expect(scene.ports.reporter.of("step-failed")).toMatchObject([
    { stepId: "check-port", title: "Checking port 8080", code: "port-taken" },
  ]);
});

test("the host port of an application that listens nowhere is nobody's concern", async () => {
  const pom = pomXml({ dependencies: ["spring-boot-starter"] });
  const scene = new SpringScene({ "/app/pom.xml": pom });
  scene.archive = bootArchive({ libraries: ["spring-boot-jarmode-tools-3.5.16"] });
  scene.cluster.takenPorts.set(8080, "another program");
  await scene.up({ application: anApplication({ hostPort: 8080 }) });
  expect(scene.ports.reporter.of("step-skipped")).toContainEqual(
    expect.objectContaining({ stepId: "check-port", reason: "it listens on no port" }),
  );
});

test("builds an unchanged project when told to", async () => {
  const scene = new SpringScene();
  await scene.up();
  const result = await scene.up({ rebuild: true });
  expect(result).toMatchObject({ changed: false, built: true });
  expect(scene.ports.reporter.of("run-finished")[1]?.summary).toContain("built again");
});

test("an image that was assembled is taken to a new cluster without a build", async () => {
  const scene = new SpringScene();
  const { image } = await scene.up();
  const another = new SpringScene();
  for (const path of scene.ports.files.paths.filter((each) => each.startsWith("/cache/"))) {
    another.ports.files.put(path, (await scene.ports.files.readBytes(path)) ?? "");
  }
  expect(await another.up()).toMatchObject({ built: false, changed: true, image });
  expect(another.cluster.loaded).toEqual(["airfield/jre-17:1", image]);
});

test("an image of the project's own Dockerfile is taken from the engine without a build", async () => {
  const dockerfile = { "/app/Dockerfile": "FROM jre\nCOPY target/*.jar /app.jar" };
  const scene = new SpringScene(dockerfile);
  const { image } = await scene.up();
  const another = new SpringScene(dockerfile);
  const kept = await scene.ports.engine.inspectImage(image);
  another.ports.engine.images.add(image, { labels: kept?.labels ?? {} });
  expect(await another.up()).toMatchObject({ built: false, changed: true, image });
  expect(another.cluster.loaded).toEqual([image]);
});

test("two of one project build one after the other, and the second says what it waits for", async () => {
  const scene = new SpringScene();
  const builds = slowBuilds(scene);
  await Promise.all([scene.up({ rebuild: true }), scene.up({ rebuild: true })]);
  expect(builds).toEqual({ begun: 2, mostAtOnce: 1 });
  expect(scene.ports.reporter.of("output").filter(({ source }) => source === "build")).toEqual([
    {
      type: "output",
      source: "build",
      line: "Waiting for another airfield that builds this project.",
    },
  ]);
  expect(scene.ports.files.paths.filter((path) => path.endsWith(".lock"))).toEqual([]);
});

test("all that the build tool prints is output of its step, and its goals are progress", async () => {
  const scene = new SpringScene();
  await scene.up();
  const { reporter } = scene.ports;
  const line = "[INFO] --- compiler:3.14.1:compile (default-compile) @ a ---";
  const stepId = "build-project";
  expect(reporter.of("output")).toEqual([{ type: "output", source: "maven", line, stepId }]);
  expect(reporter.of("step-progress").filter((event) => event.stepId === stepId)).toMatchObject([
    { detail: "compiler:compile" },
  ]);
});

test("Ctrl-C ends the wait for another's build at once, and leaves that alone", async () => {
  const scene = new SpringScene();
  const builds = slowBuilds(scene);
  const { files, clock, reporter } = scene.ports;
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await clock.sleep(20);
  };
  const first = scene.up();
  await until(() => builds.begun === 1);
  const other = new SpringScene();
  Object.assign(other.ports, { files, clock });
  const second = other.up();
  await until(() => other.ports.reporter.of("output").length === 1);
  other.abort.abort(new ToolError("cancelled", { what: "up" }));
  await expect(second).rejects.toMatchObject({ code: "cancelled" });
  expect(other.work).toEqual([]);
  expect(await first).toMatchObject({ built: true });
  expect(reporter.of("output").filter(({ source }) => source === "build")).toEqual([]);
  expect(builds).toEqual({ begun: 1, mostAtOnce: 1 });
});

test.each<[string, (scene: SpringScene) => void]>([
  ["a build that fails", (scene) => (scene.mavenFailure = { exitCode: 1, stdout: "" })],
  ["an archive that is damaged", (scene) => (scene.archive = Buffer.from("PK"))],
  [
    "a cluster that fails beside the build",
    (scene) => {
      scene.cluster.ensureCluster = () => Promise.reject(new Error("no cluster"));
    },
  ],
])("%s holds nobody up", async (_, spoil) => {
  const scene = new SpringScene();
  spoil(scene);
  await expect(scene.up()).rejects.toThrow();
  expect(scene.ports.files.paths.filter((path) => path.endsWith(".lock"))).toEqual([]);
});

test("a build that fails shows the compiler's lines and touches nothing", async () => {
  const scene = new SpringScene();
  await scene.up();
  const asked = scene.cluster.api.calls.length;
  change(scene);
  scene.mavenFailure = {
    exitCode: 1,
    stdout: "[INFO] x\n[ERROR] /app/src/main/java/B.java:[1,2] ';' expected\n[ERROR] -> [Help 1]\n",
  };
  await expect(scene.up()).rejects.toMatchObject({
    code: "build-failed",
    facts: { exitCode: 1, lines: ["src/main/java/B.java:1:2: ';' expected"] },
  });
  expect(scene.cluster.api.calls).toHaveLength(asked);
});

test("a build tool that never tells its version is given up, with its last words", async () => {
  const scene = new SpringScene();
  const { commands, clock } = scene.ports;
  const run = commands.run.bind(commands);
  commands.run = (command, options = {}) => {
    if (command[0] !== "mvn" || !command.includes("--version")) return run(command, options);
    options.onLine?.("Downloading from https://maven.acme.example");
    clock.advance(10 * 60_000);
    return orAborted(new Promise(() => undefined), options.signal ?? AbortSignal.abort());
  };
  await expect(scene.up()).rejects.toMatchObject({
    code: "build-tool-silent",
    facts: { lastLine: "Downloading from https://maven.acme.example", waited: "10 m 00 s" },
  });
});

test("a crash over a version that served goes back to that version", async () => {
  const scene = new SpringScene();
  const good = await scene.up();
  change(scene);
  scene.cluster.outcome = (deployment) =>
    JSON.stringify(deployment).includes(good.image) ? "ready" : "crash";
  scene.cluster.log = "APPLICATION FAILED TO START\n\nDescription:\n\nno database\n";
  const failure = await scene.up().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: "application-crashed",
    facts: {
      pod: "pod-1",
      reason: "exit code 1",
      events: ["BackOff: Back-off restarting (2 times)"],
      log: ["APPLICATION FAILED TO START", "Description:", "no database"],
      left: `The previous version (${good.image}) keeps serving; the roll-out was undone.`,
    },
  });
  expect(JSON.stringify(scene.cluster.get("Deployment", "user-service"))).toContain(good.image);
  expect(scene.ports.reporter.of("rollback-finished")).toHaveLength(1);
});

test("a first version that crashes is left for a look at it", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "crash";
  await expect(scene.up()).rejects.toMatchObject({
    code: "application-crashed",
    facts: { left: "It is left as it is, for a look at it; `airfield down` removes it." },
  });
  expect(scene.cluster.get("Deployment", "user-service")).toBeDefined();
  // The same again says the same, without building or applying anything.
  const { changes } = scene.cluster;
  await expect(scene.up()).rejects.toMatchObject({ code: "application-crashed" });
  expect(scene.cluster.changes).toEqual(changes);
});

test.each([
  ["image-missing", "application-not-started"],
  ["unschedulable", "application-not-scheduled"],
] as const)("%s ends in %s when it lasts", async (outcome, code) => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => outcome;
  await expect(scene.up()).rejects.toMatchObject({ code });
  expect(scene.ports.clock.monotonicMs()).toBeLessThan(15_000);
});

test.each(["127.0.0.1", "localhost", "::1"])(
  "a server address of %s is refused before anything is rolled out, with the line to write",
  async (address) => {
    const scene = new SpringScene({
      "/app/src/main/resources/application.properties": `server.address=${address}`,
    });
    await expect(scene.up()).rejects.toMatchObject({
      code: "application-unreachable",
      facts: { name: "user-service", address, origin: [expect.stringContaining(":1") as string] },
      hint: expect.stringContaining(
        `SERVER_ADDRESS: "${address === "::1" ? "::" : "0.0.0.0"}"`,
      ) as string,
    });
    expect(scene.cluster.objects).toEqual([]);
    const application = anApplication({ env: { SERVER_ADDRESS: "0.0.0.0" } });
    expect(await scene.up({ application })).toMatchObject({ changed: true });
  },
);

test("a job may listen where it likes", async () => {
  const scene = new SpringScene({
    "/app/src/main/resources/application.properties": "server.address=127.0.0.1",
  });
  scene.cluster.outcome = () => "ended";
  expect(await scene.up(aJob)).toMatchObject({ changed: true });
});

test("a trouble that passes is no failure", async () => {
  const scene = new SpringScene();
  let looks = 0;
  scene.cluster.onLook = () => (looks += 1);
  scene.cluster.outcome = () => (looks < 6 ? "unschedulable" : "ready");
  expect(await scene.up()).toMatchObject({ changed: true });
});

test("an application that never gets ready ends with its probes and its log", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "pending";
  await expect(scene.up({ rolloutTimeoutMs: 30_000 })).rejects.toMatchObject({
    code: "application-never-ready",
    exitCode: 6,
    facts: { waited: "30.0 s", log: ["Started Application in 2 seconds"] },
  });
});

test("an application that listens elsewhere is told where, long before the time is over", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "pending";
  scene.cluster.sockets = socketTables([{ port: 8083, address: "::" }]);
  await expect(scene.up({ rolloutTimeoutMs: 180_000 })).rejects.toMatchObject({
    code: "application-probes-fail",
    facts: { pod: "pod-1", reason: "it listens on 8083, and the probes ask 8080" },
  });
  expect(scene.ports.clock.monotonicMs()).toBeLessThan(30_000);
});

test("an application whose health endpoint refuses is told with its answer", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "pending";
  scene.cluster.probeFailure = "Readiness probe failed: HTTP probe failed with statuscode: 401";
  await expect(scene.up({ rolloutTimeoutMs: 180_000 })).rejects.toMatchObject({
    code: "application-probes-fail",
    facts: { reason: expect.stringContaining("answers 401") as string },
  });
  expect(scene.ports.clock.monotonicMs()).toBeLessThan(30_000);
});

test("one that has not started yet has all the time, whatever it listens on meanwhile", async () => {
  const scene = new SpringScene();
  let looks = 0;
  scene.cluster.onLook = () => (looks += 1);
  scene.cluster.outcome = () => (looks < 40 ? "pending" : "ready");
  scene.cluster.log = "Starting Application";
  scene.cluster.sockets = socketTables([{ port: 5005, address: "::" }]);
  expect(await scene.up({ rolloutTimeoutMs: 180_000 })).toMatchObject({ changed: true });
});

test("at the end of the time one that has not started is slow, and its ports are told as they are so far", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "pending";
  scene.cluster.log = "Starting Application";
  scene.cluster.sockets = socketTables([{ port: 9090, address: "::" }]);
  const failure = await scene.up({ rolloutTimeoutMs: 30_000 }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: "application-never-ready",
    facts: { soFar: "it listens on 9090, and the probes ask 8080" },
  });
  expect((failure as ToolError).hint).toContain("--timeout 10m");
  expect((failure as ToolError).hint).not.toContain("SERVER_PORT");
  scene.cluster.sockets = socketTables([]);
  await expect(scene.up({ rolloutTimeoutMs: 30_000 })).rejects.toMatchObject({
    code: "application-never-ready",
    facts: { soFar: "it listens on no port yet" },
  });
});

test("of an application that no probe asks the start line is waited for: it may end only then", async () => {
  const pom = pomXml({ dependencies: ["spring-boot-starter"] });
  const scene = new SpringScene({ "/app/pom.xml": pom });
  scene.archive = bootArchive({ libraries: ["spring-boot-jarmode-tools-3.5.16"] });
  scene.cluster.log = "Starting Batch";
  scene.cluster.outcome = () => (scene.ports.clock.monotonicMs() < 20_000 ? "ready" : "ended");
  await expect(scene.up()).rejects.toMatchObject({ code: "application-ended" });
  scene.cluster.outcome = () => "ready";
  scene.cluster.log = "Started Batch in 2.3 seconds (process running for 2.9)";
  const beforeMs = scene.ports.clock.monotonicMs();
  await scene.up({ application: anApplication({ env: { A: "1" } }) });
  expect(scene.ports.clock.monotonicMs() - beforeMs).toBeLessThan(5_000);
  // Not every program logs one.
  scene.cluster.log = "hello";
  await scene.up({ application: anApplication({ env: { A: "2" } }) });
});

test("an application that ends by itself is told so at once", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "ended";
  scene.cluster.log = "42 rows done";
  const failure = await scene.up().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: "application-ended",
    facts: { reason: "after 4 s", log: ["42 rows done"] },
  });
  expect((failure as ToolError).hint).toContain("run: job");
  expect(scene.ports.clock.monotonicMs()).toBeLessThan(5_000);
});

// The kubelet answers so, successfully, while it removes the container that it has just told of.
const GONE = "unable to retrieve container logs for containerd://2f1c9d";

test.each([
  ["ended", "application-ended"],
  ["crash", "application-crashed"],
] as const)(
  "a container that is gone is no log: that of its successor is told (%s)",
  async (outcome, code) => {
    const scene = new SpringScene();
    scene.cluster.outcome = () => outcome;
    scene.cluster.api.setLog("pod-1", ["42 rows done"], [GONE]);
    await expect(scene.up()).rejects.toMatchObject({ code, facts: { log: ["42 rows done"] } });
  },
);

test("a log is read again when both of a pod's containers were gone", async () => {
  const scene = new SpringScene();
  const { api } = scene.cluster;
  scene.cluster.outcome = () => "crash";
  api.setLog("pod-1", [GONE], [GONE]);
  await expect(scene.up()).rejects.toMatchObject({ facts: { log: [] } });
  const logs = api.logs.bind(api);
  let looks = 0;
  api.logs = (pod, options) => {
    looks += 1;
    if (looks === 3) api.setLog("pod-1", [GONE], ["It broke."]);
    return logs(pod, options);
  };
  await expect(scene.up()).rejects.toMatchObject({ facts: { log: ["It broke."] } });
});

const aJob = { application: anApplication({ run: "job" }) };

test("a job is run to its end, with its log, and needs no Service and no probes", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "ended";
  scene.cluster.log = "42 rows done";
  expect(await scene.up(aJob)).toMatchObject({
    name: "user-service",
    jobSeconds: 4,
    changed: true,
  });
  expect(scene.cluster.get("Deployment", "user-service")).toBeUndefined();
  expect(scene.cluster.get("Service", "user-service")).toBeUndefined();
  const job = scene.cluster.get("Job", "user-service");
  expect(job?.["spec"]).toMatchObject({
    backoffLimit: 0,
    template: { spec: { restartPolicy: "Never" } },
  });
  expect(JSON.stringify(job)).not.toMatch(/Probe|preStop|containerPort/);
  expect(scene.ports.reporter.of("application-log")).toMatchObject([{ line: "42 rows done" }]);
  expect(scene.cluster.published.size).toBe(0);
  expect(scene.ports.reporter.of("run-finished").at(-1)?.summary).toBe(
    "user-service has done its work: it ended with exit code 0 after 4 s.",
  );
});

test("a job that has done its work is run again only when something changed, or it is asked for", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "ended";
  await scene.up(aJob);
  const removals = () =>
    scene.cluster.changes.filter((each) => each === "remove Job/user-service").length;
  expect(await scene.up(aJob)).toMatchObject({ changed: false });
  expect(removals()).toBe(0);
  change(scene);
  expect(await scene.up(aJob)).toMatchObject({ changed: true });
  expect(removals()).toBe(1);
  expect(await scene.up({ ...aJob, rebuild: true })).toMatchObject({ changed: true });
  expect(removals()).toBe(2);
});

test("a job that fails is told with its exit code and its log, and is run again by the next up", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "crash";
  scene.cluster.log = "no rows";
  await expect(scene.up(aJob)).rejects.toMatchObject({
    code: "job-failed",
    facts: {
      ...{ pod: "pod-1", reason: "it ended with exit code 3", log: ["no rows"] },
      left: "It is left as it is, for a look at it; `airfield down` removes it.",
    },
  });
  scene.cluster.onDelete = () => (scene.cluster.outcome = () => "ended");
  expect(await scene.up(aJob)).toMatchObject({ changed: true, built: false });
});

test("a job that takes longer than it may goes on, and the next up waits for it", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "pending";
  await expect(scene.up({ ...aJob, rolloutTimeoutMs: 30_000 })).rejects.toMatchObject({
    code: "job-not-ended",
    facts: { waited: "30.0 s" },
  });
  const { changes } = scene.cluster;
  scene.cluster.onLook = () => (scene.cluster.outcome = () => "ended");
  expect(await scene.up(aJob)).toMatchObject({ jobSeconds: 4 });
  expect(scene.cluster.changes).toEqual(changes);
});

test.each([
  ["image-missing", "application-not-started"],
  ["unschedulable", "application-not-scheduled"],
] as const)("a job with %s ends in %s when it lasts", async (outcome, code) => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => outcome;
  await expect(scene.up(aJob)).rejects.toMatchObject({ code });
  expect(scene.ports.clock.monotonicMs()).toBeLessThan(15_000);
});

test("a job that is brought up as a service is told, and not the second time", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "ended";
  await scene.up(aJob);
  scene.cluster.outcome = () => "ready";
  const warnings = () =>
    scene.ports.reporter.events.filter(
      (event) => event.type === "warning" && event.code === "job-becomes-service",
    );
  expect(warnings()).toEqual([]);
  await scene.up();
  expect(warnings()).toMatchObject([{ hint: expect.stringContaining("run: job") as string }]);
  await scene.up();
  expect(warnings()).toHaveLength(1);
});

test("cancelling a job removes it", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "pending";
  scene.cluster.onLook = () => scene.abort.abort(new Error("Ctrl-C"));
  await expect(scene.up(aJob)).rejects.toThrow("Ctrl-C");
  expect(scene.cluster.get("Job", "user-service")).toBeUndefined();
});

test("a service that becomes a job is taken away once the job has done its work, and the other way round", async () => {
  const scene = new SpringScene();
  await scene.up();
  scene.cluster.outcome = () => "ended";
  await scene.up(aJob);
  expect(scene.cluster.changes.slice(-2)).toEqual([
    "remove Deployment/user-service",
    "remove Service/user-service",
  ]);
  expect(scene.cluster.get("Deployment", "user-service")).toBeUndefined();
  scene.cluster.outcome = () => "ready";
  await scene.up();
  expect(scene.cluster.changes.at(-1)).toBe("remove Job/user-service");
  expect(scene.cluster.get("Job", "user-service")).toBeUndefined();
});

test("cancelling a roll-out puts back what served before", async () => {
  const scene = new SpringScene();
  const good = await scene.up();
  change(scene);
  scene.cluster.outcome = (deployment) =>
    JSON.stringify(deployment).includes(good.image) ? "ready" : "pending";
  scene.cluster.onLook = () => scene.abort.abort(new Error("Ctrl-C"));
  await expect(scene.up()).rejects.toThrow("Ctrl-C");
  expect(JSON.stringify(scene.cluster.get("Deployment", "user-service"))).toContain(good.image);
});

test("a roll-out that cannot be undone is told, and never hides why it failed", async () => {
  const scene = new SpringScene();
  const good = await scene.up();
  change(scene);
  const { api } = scene.cluster;
  scene.cluster.outcome = (deployment) => {
    if (JSON.stringify(deployment).includes(good.image)) return "ready";
    api.refusal = (call) => (call.startsWith("apply ") ? "etcdserver: no space" : undefined);
    return "crash";
  };
  await expect(scene.up()).rejects.toMatchObject({
    code: "application-crashed",
    facts: { left: expect.stringContaining("could not be undone") as string },
  });
  expect(scene.ports.reporter.of("warning")).toMatchObject([
    {
      ...{ code: "left-after-rollback" },
      hint: "Remove it with: airfield down user-service --namespace default",
    },
  ]);
});

test("Ctrl-C while the API server is away is a Ctrl-C, with what could not be removed", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "pending";
  scene.cluster.onLook = () => {
    scene.cluster.api.refusal = () => "connection refused";
    scene.abort.abort(new ToolError("cancelled", { what: "up" }));
  };
  await expect(scene.up()).rejects.toMatchObject({ code: "cancelled" });
  expect(scene.ports.reporter.of("warning")).toMatchObject([{ code: "left-after-rollback" }]);
});

test("cancelling the first roll-out leaves nothing", async () => {
  const scene = new SpringScene();
  scene.cluster.outcome = () => "pending";
  scene.cluster.onLook = () => scene.abort.abort(new Error("Ctrl-C"));
  await expect(scene.up()).rejects.toThrow("Ctrl-C");
  expect(scene.cluster.get("Deployment", "user-service")).toBeUndefined();
});

test.each([
  ["kubernetes-client", [], true],
  ["client-java", [], true],
  [
    "client-java",
    [{ apiGroups: [""], resources: ["pods"], verbs: ["get"], clusterWide: false }],
    false,
  ],
  ["spring-cloud-starter-kubernetes-fabric8", [], false],
  ["spring-boot-starter-web", [], false],
])("warns of %s with permissions %j: %s", async (artifact, permissions, isWarned) => {
  const scene = new SpringScene({ "/app/pom.xml": pomXml({ dependencies: [artifact] }) });
  await scene.up({ application: anApplication({ permissions }) });
  const warnings = scene.ports.reporter
    .of("warning")
    .filter(({ code }) => code === "no-permissions");
  expect(warnings).toHaveLength(isWarned ? 1 : 0);
  if (isWarned) expect(warnings[0]?.hint).toContain("verbs: [get, list, watch]");
  // Once, not at each `up`.
  await scene.up({ application: anApplication({ permissions }) });
  expect(
    scene.ports.reporter.of("warning").filter(({ code }) => code === "no-permissions"),
  ).toEqual(warnings);
});

test("leaves objects alone that Airfield did not make", async () => {
  const scene = new SpringScene();
  scene.cluster.put({ kind: "Service", metadata: { name: "user-service" } });
  await expect(scene.up()).rejects.toMatchObject({
    code: "application-name-taken",
    facts: { kind: "Service" },
  });
});

test.each([
  ["has used up its time", { deletionTimestamp: "2026-01-01T00:00:01Z" }, {}, true],
  ["still has time", { deletionTimestamp: "2026-01-01T00:09:00Z" }, {}, false],
  ["was killed", { deletionTimestamp: "2026-01-01T00:09:00Z" }, { exitCode: 137 }, true],
  ["ended by itself", { deletionTimestamp: "2026-01-01T00:00:01Z" }, { exitCode: 143 }, false],
  ["is not to end", {}, { exitCode: 137 }, false],
])("warns of an old pod that had to be killed: it %s", async (_, metadata, terminated, isTold) => {
  const scene = new SpringScene();
  const state = "exitCode" in terminated ? { terminated } : { running: {} };
  scene.cluster.otherPods.push({
    metadata: { name: "old-1", deletionGracePeriodSeconds: 40, ...metadata },
    status: { containerStatuses: [{ state }] },
  });
  await scene.up();
  const codes = scene.ports.reporter.of("warning").map(({ code }) => code);
  expect(codes).toEqual(isTold ? ["application-killed"] : []);
});

test.each([
  ["once goes on with the roll-out", 1, true],
  ["again and again gives it up", 1000, false],
])("an API server that does not answer %s", async (_, failures, isUp) => {
  const scene = new SpringScene();
  const { cluster } = scene;
  let left = failures;
  cluster.api.refusal = (call) => {
    if (call === "watch Deployment") return "net/http: TLS handshake timeout";
    const isLook = call === "list Deployment,ReplicaSet,Pod";
    return isLook && left-- > 0 ? "net/http: TLS handshake timeout" : undefined;
  };
  const ended = scene.up();
  if (isUp) expect(await ended).toMatchObject({ changed: true });
  else await expect(ended).rejects.toMatchObject({ code: "cluster-request-failed" });
});

/** What `kubectl scale` does. */
function scale(scene: SpringScene, count: number): void {
  const deployment = scene.cluster.get("Deployment", "user-service");
  const spec = { ...(deployment?.["spec"] as object), replicas: count };
  if (deployment !== undefined) scene.cluster.put({ ...deployment, spec });
}

function podsOf(scene: SpringScene): number | undefined {
  const deployment = scene.cluster.get("Deployment", "user-service");
  return (deployment as { spec?: { replicas?: number } } | undefined)?.spec?.replicas;
}

test("leaves the number of pods to kubectl scale, unless the config names one", async () => {
  const scene = new SpringScene();
  await scene.up();
  scale(scene, 4);
  expect(await scene.up()).toMatchObject({ changed: false, replicas: 4 });
  change(scene);
  expect(await scene.up()).toMatchObject({ changed: true, replicas: 4 });
  expect(podsOf(scene)).toBe(4);
  const application = anApplication({ replicas: 2 });
  expect(await scene.up({ application })).toMatchObject({ replicas: 2 });
  scale(scene, 4);
  change(scene, { "/app/src/main/java/B.java": "class B {}" });
  expect(await scene.up({ application })).toMatchObject({ replicas: 2 });
  expect(podsOf(scene)).toBe(2);
});

test("what was scaled to none is up again afterwards", async () => {
  const scene = new SpringScene();
  await scene.up();
  scale(scene, 0);
  expect(await scene.up()).toMatchObject({ changed: true, built: false, replicas: 1 });
  expect(podsOf(scene)).toBe(1);
});

test("leaves the number of pods to an autoscaler, also when a roll-out is undone", async () => {
  const scene = new SpringScene();
  const application = anApplication({ replicas: 2 });
  await scene.up({ application });
  const scaleTargetRef = { kind: "Deployment", name: "user-service" };
  scene.cluster.put({
    ...{ kind: "HorizontalPodAutoscaler", metadata: { name: "any" }, spec: { scaleTargetRef } },
  });
  scale(scene, 4);
  expect(await scene.up({ application })).toMatchObject({ changed: false });
  change(scene, { "/app/src/main/java/B.java": "class B {}" });
  expect(await scene.up({ application })).toMatchObject({ changed: true });
  expect(podsOf(scene)).toBe(4);

  const good = JSON.stringify(scene.cluster.get("Deployment", "user-service"));
  change(scene, { "/app/src/main/java/B.java": "class B { int broken; }" });
  scene.cluster.outcome = (deployment) =>
    good.includes(JSON.stringify((deployment["spec"] as { template: object }).template))
      ? "ready"
      : "crash";
  await expect(scene.up({ application })).rejects.toMatchObject({ code: "application-crashed" });
  expect(podsOf(scene)).toBe(4);
});

test("makes a namespace that is missing, and does not ask for one that has its objects", async () => {
  const scene = new SpringScene();
  const application = anApplication({ namespace: "shop" });
  await scene.up({ application });
  expect(scene.cluster.api.namespaces).toContain("shop");
  change(scene);
  await scene.up({ application });
  const asked = scene.cluster.api.calls.filter((call) => call === "ensureNamespace shop");
  expect(asked).toHaveLength(1);
});

test("asks the health endpoint where there is nothing at /", async () => {
  const scene = new SpringScene();
  scene.ports.http
    .answer("http://127.0.0.1:8080/", { status: 404 })
    .answer("http://127.0.0.1:8080/actuator/health", { status: 200, body: '{"status":"UP"}' });
  expect((await scene.up()).answer).toMatchObject({ status: 200, body: '{"status":"UP"}' });
});

test("asks the path that the user wants, whatever it answers", async () => {
  const scene = new SpringScene();
  scene.ports.http.answer("http://127.0.0.1:8080/user/1", { status: 404 });
  const application = anApplication({ checkPath: "/user/1" });
  expect((await scene.up({ application })).answer).toMatchObject({ status: 404 });
});

test("waits for an answer, but not for ever", async () => {
  const slow = new SpringScene();
  let asked = 0;
  slow.ports.http.answer("http://127.0.0.1:8080/", () =>
    ++asked < 4 ? undefined : { status: 200 },
  );
  expect((await slow.up()).answer?.status).toBe(200);

  const silent = new SpringScene();
  silent.ports.http.answer("http://127.0.0.1:8080/", undefined);
  await expect(silent.up()).rejects.toMatchObject({ code: "application-not-answering" });
});

test("an application that listens nowhere has no URL", async () => {
  const scene = new SpringScene();
  scene.archive = bootArchive({ libraries: ["spring-boot-jarmode-tools-3.5.16"] });
  const result = await scene.up();
  expect(result).not.toHaveProperty("url");
  expect(scene.cluster.published.size).toBe(0);
});

test("warns when there is no health endpoint, and of a name that had to be changed", async () => {
  const scene = new SpringScene({
    "/app/src/main/resources/application.yml": "spring.application.name: User_Service",
  });
  scene.archive = bootArchive({ libraries: ["spring-webmvc-6"] });
  expect((await scene.up()).name).toBe("user-service");
  expect(scene.ports.reporter.of("warning").map(({ code }) => code)).toEqual([
    "application-name-changed",
    "no-health-endpoint",
  ]);
});

test("warns when another folder takes an application's place", async () => {
  const scene = new SpringScene();
  await scene.up();
  for (const path of ["pom.xml", "src/main/resources/application.yml"]) {
    scene.ports.files.put(
      `/copy/${path}`,
      (await scene.ports.files.readText(`/app/${path}`)) ?? "",
    );
  }
  scene.ports.files.put("/copy/src/main/java/New.java", "class New {}");
  scene.ports.files.put("/copy/target/user-service-1.0.0.jar", bootArchive());
  await scene.up({ application: anApplication({ path: "/copy" }) });
  expect(scene.ports.reporter.of("warning")[0]).toMatchObject({ code: "application-replaced" });
});

test("uses the project's own Dockerfile, after the build where it needs the archive", async () => {
  const scene = new SpringScene({ "/app/Dockerfile": "FROM jre\nCOPY target/*.jar /app.jar" });
  await scene.up();
  expect(scene.work[0]).toMatch(/^mvn/);
  expect(scene.work[1]).toMatch(/--file \/app\/Dockerfile \/app$/);
  expect(scene.work).toHaveLength(2);
});

test("leaves the build to a Dockerfile that does it", async () => {
  const scene = new SpringScene({ "/app/Dockerfile": "FROM maven\nCOPY . .\nRUN mvn package" });
  await scene.up();
  expect(scene.work).toHaveLength(1);
});

test("assembles the image of a project with a Dockerfile when the config says so", async () => {
  const scene = new SpringScene({ "/app/Dockerfile": "FROM jre\nCOPY target/*.jar /app.jar" });
  await scene.up({ application: anApplication({ build: aBuild({ with: "assemble" }) }) });
  expect(scene.work.map((line) => line.split(" ")[0])).toEqual(["mvn"]);
});

test("puts the image on the base that the config names, pulled where nobody has it", async () => {
  const scene = new SpringScene();
  await putBaseImage(scene.ports.engine, "company/jre:21");
  const application = anApplication({ build: aBuild({ baseImage: "company/jre:21" }) });
  await scene.up({ application });
  expect(scene.cluster.loaded[0]).toBe("company/jre:21");
  const missing = anApplication({ build: aBuild({ baseImage: "company/none:1" }) });
  await expect(scene.up({ application: missing })).rejects.toMatchObject({
    code: "image-not-found",
  });
});

test("lets Jib make the image, and does not make it twice", async () => {
  const scene = new SpringScene();
  const application = anApplication({ build: aBuild({ with: "jib" }) });
  scene.makesImage = true;
  const { image } = await scene.up({ application });
  expect(scene.work).toHaveLength(1);
  expect(scene.work[0]).toContain(`:dockerBuild -Djib.to.image=${image}`);
  expect(scene.cluster.loaded).toEqual(["airfield/jre-17:1", image]);
  expect(await scene.up({ application })).toMatchObject({ changed: false, built: false });
});

test("gives the image to the engine and to a registry when it is wanted, after the answer", async () => {
  const scene = new SpringScene();
  const application = anApplication({
    build: aBuild({ toEngine: true, pushTo: "registry.test:5000/shop" }),
  });
  const { image } = await scene.up({ application });
  const pushed = image.replace("airfield.internal", "registry.test:5000/shop");
  expect(scene.work.at(-1)).toBe(`docker push ${pushed}`);
  expect(await scene.ports.engine.inspectImage(image)).toBeDefined();
  expect(await scene.ports.engine.inspectImage(pushed)).toBeDefined();
  const alone = new SpringScene();
  await alone.up();
  expect(await alone.ports.engine.inspectImage(image)).toBeUndefined();
});

test("an application that does not answer is pushed nowhere", async () => {
  const scene = new SpringScene();
  scene.ports.http.answer("http://127.0.0.1:8080/", undefined);
  const application = anApplication({ build: aBuild({ pushTo: "registry.test:5000/shop" }) });
  await expect(scene.up({ application })).rejects.toMatchObject({
    code: "application-not-answering",
  });
  expect(scene.work.join("\n")).not.toContain("push");
});

test("shows why a Dockerfile does not build", async () => {
  const scene = new SpringScene({ "/app/Dockerfile": "FROM jre\nCOPY nothing /" });
  scene.dockerFailure = {
    exitCode: 1,
    stdout: "Step 2/2 : COPY nothing /\nCOPY failed: no such file\n",
  };
  await expect(scene.up()).rejects.toMatchObject({
    code: "image-build-failed",
    facts: {
      dockerfile: "/app/Dockerfile",
      lines: ["Step 2/2 : COPY nothing /", "COPY failed: no such file"],
    },
  });
});

test("a jar that is damaged says so, and changes nothing", async () => {
  const scene = new SpringScene();
  scene.archive = bootArchive().subarray(0, -30);
  await expect(scene.up()).rejects.toMatchObject({
    code: "archive-damaged",
    facts: { archive: "/app/target/user-service-1.0.0.jar" },
  });
});

test.each<[string, (scene: SpringScene) => void]>([
  ["jdk-too-old", (scene) => (scene.java = "11.0.2")],
  ["build-tool-missing", (scene) => scene.missing.add("mvn")],
  [
    "docker-cli-missing",
    (scene) => {
      scene.missing.add("docker");
      scene.ports.files.put("/app/Dockerfile", "FROM jre\nCOPY target/*.jar /");
    },
  ],
])("says %s before it makes a cluster", async (code, spoil) => {
  const scene = new SpringScene();
  spoil(scene);
  await expect(scene.up()).rejects.toMatchObject({ code });
  expect(scene.cluster.exists).toBe(false);
});

test("a build that says nothing for a minute is told, and goes on", async () => {
  const scene = new SpringScene();
  const { commands, clock, reporter } = scene.ports;
  const run = commands.run.bind(commands);
  commands.run = async (command, options) => {
    if (command.includes("package")) {
      clock.advance(30_000);
      options?.onLine?.("[INFO] --- jar:3.4.2:jar (default-jar) @ user-service ---");
      await clock.sleep(50_000);
      await clock.sleep(100_000);
    }
    return run(command, options);
  };
  await scene.up();
  const told = reporter.of("step-progress").map(({ detail }) => detail);
  expect(told.filter((detail) => detail.startsWith("no output"))).toEqual([
    "no output of Maven for 60 s",
    "no output of Maven for 120 s",
  ]);
});

test("sees a JDK that is too old from what the build says", async () => {
  const scene = new SpringScene();
  scene.mavenFailure = { exitCode: 1, stdout: "[ERROR] error: release version 21 not supported\n" };
  await expect(scene.up()).rejects.toMatchObject({ code: "jdk-too-old", facts: { needed: 21 } });
});

test("sees that there is a JRE only, and a builder's image that cannot be pulled, from what the build says", async () => {
  const scene = new SpringScene();
  const failing = (stdout: string) => {
    scene.mavenFailure = { exitCode: 1, stdout };
    return scene.up();
  };
  await expect(
    failing(
      "[ERROR] No compiler is provided in this environment. Perhaps you are running on a JRE",
    ),
  ).rejects.toMatchObject({ code: "jdk-missing", exitCode: 5 });
  await expect(
    failing(
      `[ERROR] failed: Docker API call to '/run/docker.sock/v1.45/images/create?fromImage=docker.io%2Fbuilder%3Alatest' failed with status code 500 "Internal Server Error" and message "no such host" -> [Help 1]`,
    ),
  ).rejects.toMatchObject({
    code: "builder-image-unavailable",
    facts: { image: "docker.io/builder:latest" },
  });
});

test("builds with Gradle's wrapper", async () => {
  const scene = new SpringScene();
  await scene.ports.files.remove("/app/pom.xml");
  scene.ports.files
    .put("/app/build.gradle", "plugins { id 'org.springframework.boot' version '3.5.16' }")
    .put("/app/settings.gradle", "rootProject.name = 'user-service'")
    .put("/app/gradlew", "#!/bin/sh", 0o755);
  expect(await scene.up()).toMatchObject({ name: "user-service", changed: true });
  expect(scene.work[0]).toBe("./gradlew --console=plain bootJar");
});

test("an application that says it serves no web gets no Service", async () => {
  const scene = new SpringScene({
    "/app/src/main/resources/application.yml": "spring.main.web-application-type: none",
  });
  expect(await scene.up()).not.toHaveProperty("url");
  expect(scene.cluster.get("Service", "user-service")).toBeUndefined();
});

test("refuses a Spring Boot that is too old for the runtimes there are", async () => {
  const scene = new SpringScene({ "/app/pom.xml": pomXml({ bootVersion: "2.3.12.RELEASE" }) });
  await expect(scene.up()).rejects.toMatchObject({
    code: "spring-boot-too-old",
    facts: { found: "2.3.12.RELEASE" },
  });
  expect(scene.cluster.exists).toBe(false);
});
