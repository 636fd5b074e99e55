import { expect, test } from "vitest";
import type { BuildConfig } from "../../config/cluster-config.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { putBaseImage } from "../../../test/fakes/spring/a-base-image.ts";
import { BuildLocks } from "../build/build-locks.ts";
import { mavenModule } from "../../../test/fakes/spring/maven-report.ts";
import { CONTROLLER, DevScene } from "../../../test/scenes/dev-scene.ts";
import { socketTables } from "../../../test/fakes/spring/socket-tables.ts";
import type { UpRequest } from "../up/up-context.ts";
import { aBuild, anApplication } from "../../../test/scenes/spring-scene.ts";

const SETTINGS = "/app/application-k8s.yml";
const CONFIG = "/app/airfield.yaml";
const SHARED = "/app/src/main/resources/shared.yml";
const written = ["com/example/UserController.class"];

function readingSettings(files = [SETTINGS]): UpRequest {
  const application = anApplication({ config: { files } });
  return {
    ...{ application, rebuild: false, offline: false, runTests: false, rolloutTimeoutMs: 60_000 },
    ...{ dependencies: [], contentFiles: [SETTINGS, SHARED] },
  };
}

function upWith(build: Partial<BuildConfig>): UpRequest {
  return { ...readingSettings([]), application: anApplication({ build: aBuild(build) }) };
}

function imageNow(scene: DevScene): string {
  const deployment = scene.cluster.get("Deployment", "user-service");
  return /"image":"(.*?)"/.exec(JSON.stringify(deployment ?? {}))?.[1] ?? "";
}

test("a save is compiled without the build tool, made an image of, and rolled out", async () => {
  const scene = new DevScene();
  await scene.dev();
  const [before, builds] = [
    imageNow(scene),
    scene.work.filter((line) => line.includes("mvn")).length,
  ];
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([
    {
      type: "change-delivered",
      files: ["src/main/java/com/example/UserController.java"],
      with: "image",
      phases: [{ name: "compile" }, { name: "image" }, { name: "nodes" }, { name: "ready" }],
    },
  ]);
  expect(imageNow(scene)).not.toBe(before);
  expect(scene.work.filter((line) => line.includes("mvn"))).toHaveLength(builds);
});

test.each([
  [{}, "exec"],
  [{ baseImage: "company/jre:17" }, "httpGet"],
])("with %j, the start is looked for by %s", async (build, handler) => {
  const scene = new DevScene();
  await putBaseImage(scene.ports.engine, "company/jre:17");
  await scene.dev({ up: upWith(build) });
  const template = scene.cluster.get("Deployment", "user-service")?.["spec"];
  expect(template).toMatchObject({
    template: { spec: { containers: [{ startupProbe: { [handler]: {} } }] } },
  });
});

test.each([
  [{ with: "jib" as const }, /jib-maven-plugin:[\d.]+:dockerBuild/],
  [{ with: "dockerfile" as const }, /^docker buildx build/],
])("an image that is made by others, %j, is made by them on every save", async (build, command) => {
  const scene = new DevScene({ "/app/Dockerfile": "FROM jre\nCOPY target/*.jar /app.jar" });
  scene.makesImage = true;
  await scene.dev({ up: upWith(build) });
  const made = () => scene.work.filter((line) => command.test(line)).length;
  const [before, images] = [imageNow(scene), made()];
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([{ type: "change-delivered", with: "image" }]);
  expect(imageNow(scene)).not.toBe(before);
  expect(made()).toBe(images + 1);
});

test("an image made by others while a file was saved is not taken for one of either version", async () => {
  const scene = new DevScene({ "/app/Dockerfile": "FROM jre\nCOPY target/*.jar /app.jar" });
  await scene.dev({ up: upWith({ with: "dockerfile" }) });
  const { files, engine } = scene.ports;
  const made = () => scene.work.filter((line) => line.startsWith("docker buildx build")).length;
  const images = made();
  scene.onEvent(({ type }) => {
    if (type === "change-detected" && scene.outcomes.length === 0) {
      files.put(CONTROLLER, "the next edit");
    }
  });
  scene.compilations.push({ written }, { written }, { written });
  await scene.edit(CONTROLLER, "an edit");
  const between = imageNow(scene);
  expect(await engine.inspectImage(between)).toBeDefined();
  await scene.edit(CONTROLLER, "the next edit");
  await scene.edit(CONTROLLER, "an edit");
  expect(made()).toBe(images + 3);
  expect(imageNow(scene)).not.toBe(between);
});

test("a compile error is told once with its line, changes nothing, and the next save puts it right", async () => {
  const scene = new DevScene();
  await scene.dev();
  const before = imageNow(scene);
  scene.compilations.push({ error: "cannot find symbol\\n  symbol: x" }, { written });
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([{ type: "change-failed", code: "compile-failed" }]);
  expect(scene.ports.reporter.of("change-failed")[0]?.message).toContain(
    "src/main/java/com/example/UserController.java:12:5: cannot find symbol\n      symbol: x",
  );
  expect(imageNow(scene)).toBe(before);
  await scene.edit(CONTROLLER);
  expect(imageNow(scene)).not.toBe(before);
});

test.each([
  ["javac", mavenModule()],
  ["the build tool", undefined],
])(
  "with %s, what fails is not tried again because something else is written",
  async (_, module) => {
    const scene = new DevScene({ "/app/data/test.txt": "" });
    scene.mavenModule = module;
    await scene.dev();
    scene.compilations.push({ error: "cannot find symbol" });
    scene.mavenFailure = { exitCode: 1, stdout: "[ERROR] /app/A.java:[1,2] ';' expected" };
    await scene.edit(CONTROLLER);
    const work = scene.work.length;
    for (const path of ["app.log", "dev.out", ".idea/workspace.xml", ".flattened-pom.xml"]) {
      scene.ports.files.put(`/app/${path}`, path);
      scene.ports.fileWatcher.change(`/app/${path}`);
      await scene.ports.clock.sleep(1000);
    }
    scene.ports.fileWatcher.change("/app/data/test.txt");
    await scene.ports.clock.sleep(1000);
    expect(scene.outcomes).toHaveLength(1);
    expect(scene.work).toHaveLength(work);
    scene.mavenFailure = undefined;
    scene.compilations.push({ written });
    await scene.edit(CONTROLLER);
    expect(scene.outcomes).toMatchObject([{ type: "change-delivered" }, { type: "change-failed" }]);
  },
);

test("a first build that fails is not tried again because something else is written", async () => {
  const scene = new DevScene({ "/app/notes.txt": "" });
  scene.mavenFailure = { exitCode: 1, stdout: "[ERROR] /app/A.java:[1,2] ';' expected" };
  await scene.dev();
  scene.ports.fileWatcher.change("/app/notes.txt");
  await scene.ports.clock.sleep(1000);
  expect(scene.outcomes).toHaveLength(1);
  scene.ports.fileWatcher.change(CONTROLLER);
  await scene.until(() => scene.outcomes.length > 1);
});

test("a database that the application writes into the project is no change", async () => {
  const scene = new DevScene();
  await scene.dev();
  scene.ports.files.put("/app/data/store.db", "1");
  scene.ports.fileWatcher.change("/app/data/store.db");
  await scene.ports.clock.sleep(1000);
  expect(scene.ports.reporter.of("change-detected")).toEqual([]);
});

test("what is saved is delivered while something else is written all the time", async () => {
  const scene = new DevScene();
  await scene.dev();
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      scene.ports.fileWatcher.change("/app/data/store.db");
      await scene.ports.clock.sleep(30);
    }
  })();
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  isOver = true;
  await writing;
  expect(scene.outcomes).toMatchObject([{ type: "change-delivered", with: "image" }]);
});

test("a resource beside the sources is delivered as Maven copies it", async () => {
  const scene = new DevScene();
  const sql = { targetPath: null, isFiltered: false, includes: ["**/*.sql"], excludes: [] };
  scene.mavenModule = mavenModule({
    copy: { resources: [{ ...sql, directory: "/app/src/main/java" }] },
  });
  await scene.dev();
  await scene.edit("/app/src/main/java/com/example/q.sql", "select 3");
  expect(scene.outcomes).toMatchObject([{ type: "change-delivered", with: "image" }]);
  const copied = "/app/target/classes/com/example/q.sql";
  expect(await scene.ports.files.readText(copied)).toBe("select 3");
});

test("a build that writes elsewhere is asked and compiled all the same", async () => {
  const scene = new DevScene();
  await scene.ports.files.remove("/app/target");
  scene.mavenDebug = scene.mavenDebug.replaceAll("/app/target", "/app/dist");
  scene.mavenFolder = "/app/dist";
  scene.ports.files.put("/app/dist/classes/com/example/Application.class", "1");
  scene.ports.files.put("/app/dist/maven-status/inputFiles.lst", "so that Maven compiles nothing");
  const places = { outputDir: "/app/dist", classesDir: "/app/dist/classes" };
  scene.mavenModule = mavenModule({ ...places, archives: ["/app/dist/user-service-1.0.0.jar"] });
  await scene.dev();
  expect(scene.said("javac that stays in memory")).toBe(true);
  expect(scene.ports.files.paths.filter((path) => path.includes("maven-status"))).toEqual([]);
});

test("the build tool compiles where the archive is not what the classes are", async () => {
  const scene = new DevScene();
  scene.ports.files.put("/app/target/classes/local.properties", "left out by the jar plugin");
  await scene.dev();
  expect(scene.said("its archive leaves out local.properties")).toBe(true);
});

test("a version that crashes is told with its last lines, and the one before keeps its place", async () => {
  const scene = new DevScene();
  await scene.dev();
  const before = imageNow(scene);
  scene.cluster.outcome = (deployment) =>
    JSON.stringify(deployment).includes(before) ? "ready" : "crash";
  scene.cluster.log = "java.lang.IllegalStateException: boom";
  scene.compilations.push({ written }, { written });
  await scene.edit(CONTROLLER);
  expect(scene.ports.reporter.of("change-failed")).toMatchObject([{ code: "application-crashed" }]);
  expect(scene.ports.reporter.of("change-failed")[0]?.message).toContain("boom");
  expect(imageNow(scene)).toBe(before);
  scene.cluster.outcome = () => "ready";
  await scene.edit(CONTROLLER);
  expect(imageNow(scene)).not.toBe(before);
});

test("a removed source is a change, too", async () => {
  const scene = new DevScene();
  await scene.dev();
  scene.compilations.push({ deleted: ["com/example/UserController.class"] });
  await scene.ports.files.remove(CONTROLLER);
  scene.ports.fileWatcher.change(CONTROLLER);
  await scene.until(() => scene.outcomes.length > 0);
  expect(scene.outcomes).toMatchObject([{ type: "change-delivered", with: "image" }]);
});

test.each([
  ["javac", CONTROLLER, undefined],
  ["Maven", "/app/src/main/resources/application.yml", "version: '@project.version@'"],
])(
  "a save for %s waits for another command's build of the project, and says so",
  async (_, path, content) => {
    const scene = new DevScene();
    await scene.dev();
    const signal = scene.abort.signal;
    const others = await new BuildLocks(scene.ports).hold("/app", { signal, onWait: () => {} });
    const builds = scene.work.length;
    scene.compilations.push({ written });
    const edited = scene.edit(path, content);
    await scene.until(() => scene.said("Waiting for another airfield"));
    expect([scene.outcomes, scene.compilations]).toEqual([[], [{ written }]]);
    expect(scene.work).toHaveLength(builds);
    await others.release();
    await edited;
    expect(scene.outcomes).toMatchObject([{ type: "change-delivered", with: "image" }]);
    expect(scene.ports.files.paths.filter((path) => path.endsWith(".lock"))).toEqual([]);
  },
);

test("an edit that leaves the classes as they are delivers nothing, and a save without one does nothing", async () => {
  const scene = new DevScene();
  await scene.dev();
  const before = imageNow(scene);
  await scene.edit(CONTROLLER, "class UserController { /* said */ }");
  expect(scene.outcomes).toMatchObject([{ type: "change-delivered", with: "nothing" }]);
  expect(imageNow(scene)).toBe(before);
  scene.ports.fileWatcher.change(CONTROLLER);
  await scene.edit("/app/src/main/resources/messages.properties", "a=b");
  expect(scene.ports.reporter.of("change-detected")).toHaveLength(2);
});

test("files that the application reads beside its archive are no sources: the first save without an edit does nothing", async () => {
  const scene = new DevScene({ [SETTINGS]: "limit: 3", [SHARED]: "a: b" });
  await scene.dev({ up: readingSettings() });
  scene.ports.fileWatcher.change(CONTROLLER);
  await scene.ports.clock.sleep(1000);
  expect(scene.ports.reporter.of("change-detected")).toEqual([]);
});

test("an edit of a config file is rolled out without a build; one that cannot be waits for the next", async () => {
  const scene = new DevScene({ [SETTINGS]: "limit: 3" });
  await scene.dev({ up: readingSettings() });
  const builds = () => scene.work.filter((line) => line.includes("mvn")).length;
  const before = builds();
  await scene.edit(SETTINGS, "limit: 4");
  expect(JSON.stringify(scene.cluster.get("ConfigMap", "user-service"))).toContain("limit: 4");
  await scene.edit(SETTINGS, "x".repeat(1024 * 1024 + 1));
  expect(scene.ports.reporter.of("change-failed")).toMatchObject([{ code: "config-too-large" }]);
  await scene.edit(SETTINGS, "limit: 5");
  expect(JSON.stringify(scene.cluster.get("ConfigMap", "user-service"))).toContain("limit: 5");
  expect(builds()).toBe(before);
});

test("an edit of the user's kustomization is applied", async () => {
  const scene = new DevScene({ "/app/k8s/kustomization.yaml": "patches: []" });
  await scene.dev();
  const applies = () =>
    scene.cluster.changes.filter((each) => each === "apply Deployment/user-service");
  const before = applies().length;
  scene.cluster.kustomized = ({ "airfield.yaml": objects = "" }) => ({
    ...{ exitCode: 0, stderr: "" },
    stdout: objects.replaceAll('"revisionHistoryLimit":2', '"revisionHistoryLimit":3'),
  });
  await scene.edit("/app/k8s/kustomization.yaml", "patches: [{path: history.yaml}]");
  expect(scene.outcomes).toMatchObject([{ type: "change-delivered" }]);
  expect(applies()).toHaveLength(before + 1);
});

test("a resource is copied; one with a property of Maven's is for Maven", async () => {
  const scene = new DevScene();
  await scene.dev();
  const builds = () => scene.work.filter((line) => line.includes("mvn")).length;
  const before = builds();
  await scene.edit(
    "/app/src/main/resources/application.yml",
    "spring.application.name: user-service",
  );
  expect(await scene.ports.files.readText("/app/target/classes/application.yml")).toContain("name");
  expect(builds()).toBe(before);
  await scene.edit(
    "/app/src/main/resources/application.yml",
    "spring.application.name: user-service\nv: '@project.version@'",
  );
  expect(builds()).toBe(before + 1);
});

test("a changed build file brings all up anew", async () => {
  const scene = new DevScene();
  await scene.dev();
  const text = (await scene.ports.files.readText("/app/pom.xml")) ?? "";
  await scene.edit("/app/pom.xml", `${text}<!-- more -->`);
  expect(scene.ports.reporter.of("run-started")).toHaveLength(2);
  expect(scene.ports.commands.talking).toBe(1);
});

test("a changed airfield.yaml is read again; one that is broken waits for the save that puts it right", async () => {
  const scene = new DevScene({ [CONFIG]: "replicas: 2" });
  const invalid = new ToolError("invalid-config", { file: CONFIG, faults: [] });
  const readUp = async (): Promise<UpRequest> => {
    const replicas = /replicas: (\d+)/.exec((await scene.ports.files.readText(CONFIG)) ?? "")?.[1];
    if (replicas === undefined) throw invalid;
    return { ...readingSettings([]), application: anApplication({ replicas: Number(replicas) }) };
  };
  await scene.dev({ readUp });
  await scene.edit(CONFIG, "replicas: 3");
  expect(scene.cluster.get("Deployment", "user-service")?.["spec"]).toMatchObject({ replicas: 3 });
  await scene.edit(CONFIG, "replicas: many");
  expect(scene.ports.reporter.of("change-failed")).toMatchObject([{ code: "invalid-config" }]);
  await scene.edit(CONFIG, "replicas: 4");
  expect(scene.cluster.get("Deployment", "user-service")?.["spec"]).toMatchObject({ replicas: 4 });
  scene.ports.fileWatcher.change(CONFIG);
  await scene.ports.clock.sleep(1000);
  expect(scene.outcomes).toHaveLength(3);
});

test("a host port that an edit asks for and something else has waits for the next edit", async () => {
  const scene = new DevScene({ [CONFIG]: "port: 8080" });
  scene.cluster.takenPorts.set(9999, "container web-1");
  const readUp = async (): Promise<UpRequest> => {
    const port = /port: (\d+)/.exec((await scene.ports.files.readText(CONFIG)) ?? "")?.[1];
    const application = anApplication({ hostPort: Number(port) });
    return { ...readingSettings([]), application };
  };
  await scene.dev({ readUp });
  await scene.edit(CONFIG, "port: 9999");
  expect(scene.ports.reporter.of("change-failed")).toMatchObject([{ code: "port-taken" }]);
  await scene.edit(CONFIG, "port: 8081");
  expect(scene.cluster.published.get("default/user-service")?.hostPort).toBe(8081);
});

test.each<[string, (scene: DevScene) => void]>([
  ["application-ended", ({ cluster }) => (cluster.outcome = () => "ended")],
  [
    "application-probes-fail",
    ({ cluster }) => {
      cluster.outcome = () => "pending";
      cluster.sockets = socketTables([{ port: 8083, address: "::" }]);
    },
  ],
])("%s, too, waits for the edit that mends it: later, and at the start", async (code, spoil) => {
  const scene = new DevScene();
  await scene.dev();
  spoil(scene);
  scene.compilations.push({ written }, { written });
  await scene.edit(CONTROLLER);
  expect(scene.ports.reporter.of("change-failed")).toMatchObject([{ code }]);
  scene.cluster.outcome = () => "ready";
  await scene.edit(CONTROLLER);
  expect(scene.ports.reporter.of("change-delivered")).toHaveLength(1);

  const another = new DevScene();
  spoil(another);
  await another.dev();
  expect(another.ports.reporter.of("change-failed")).toMatchObject([{ code }]);
  another.cluster.outcome = () => "ready";
  await another.edit(CONTROLLER);
  expect(another.ports.reporter.of("change-delivered")).toHaveLength(1);
});

test("a server address that nobody reaches waits for the edit that mends it", async () => {
  const properties = "/app/src/main/resources/application.properties";
  const scene = new DevScene({ [properties]: "server.address=127.0.0.1" });
  await scene.dev();
  expect(scene.ports.reporter.of("change-failed")).toMatchObject([
    { code: "application-unreachable" },
  ]);
  await scene.edit(properties, "");
  expect(scene.ports.reporter.of("change-delivered")).toHaveLength(1);
});

test("a build file that an edit makes one of no application waits for the edit that takes it back", async () => {
  const scene = new DevScene();
  await scene.dev();
  const text = (await scene.ports.files.readText("/app/pom.xml")) ?? "";
  const packaging = "<packaging>pom</packaging>";
  await scene.edit("/app/pom.xml", text.replace("</project>", `${packaging}</project>`));
  expect(scene.ports.reporter.of("change-failed")).toMatchObject([{ code: "no-spring-project" }]);
  await scene.edit("/app/pom.xml", text);
  expect(scene.ports.reporter.of("change-delivered")).toHaveLength(1);
});

test("a first build that fails waits for the save that puts it right", async () => {
  const scene = new DevScene();
  scene.mavenFailure = { exitCode: 1, stdout: "[ERROR] /app/A.java:[1,2] ';' expected" };
  await scene.dev();
  expect(scene.ports.reporter.of("change-failed")).toMatchObject([{ code: "build-failed" }]);
  scene.mavenFailure = undefined;
  await scene.edit(CONTROLLER);
  expect(imageNow(scene)).not.toBe("");
});

test("what no edit can put right ends the loop", async () => {
  const scene = new DevScene();
  scene.missing.add("mvn");
  const { ended } = await scene.dev();
  await expect(ended).rejects.toMatchObject({ code: "build-tool-missing" });
  expect(scene.ports.fileWatcher.folders).toEqual([]);
});

test("a host port that something else has ends the loop before anything is built", async () => {
  const scene = new DevScene();
  scene.cluster.takenPorts.set(8080, "container web");
  const { ended } = await scene.dev({
    up: { ...readingSettings([]), application: anApplication({ hostPort: 8080 }) },
  });
  await expect(ended).rejects.toMatchObject({ code: "port-taken" });
  expect([scene.work, scene.cluster.calls]).toEqual([[], []]);
});

test("where Maven does more than javac, the build tool compiles, and says why", async () => {
  const scene = new DevScene();
  scene.mavenModule = mavenModule({ goals: ["antlr4:antlr4"] });
  await scene.dev();
  expect(scene.said("the build runs antlr4:antlr4")).toBe(true);
  expect(scene.ports.commands.talking).toBe(0);
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([{ phases: [{ name: "build" }, {}, {}, {}] }]);
});

test("javac is refused, where it was asked for and Maven does more", async () => {
  const scene = new DevScene();
  scene.mavenModule = mavenModule({ goals: ["antlr4:antlr4"] });
  const { ended } = await scene.dev({ compileWith: "javac" });
  await expect(ended).rejects.toMatchObject({
    code: "javac-not-possible",
    facts: { reason: expect.stringContaining("antlr4") },
  });
});

const ARCHIVE_OPTION = "-XX:SharedArchiveFile=/application/libraries.jsa";

test("images of later saves start with an archive of the libraries' classes; what up makes does not", async () => {
  const scene = new DevScene();
  scene.trained = "libraries.jsa";
  await scene.dev();
  await scene.until(() => scene.said("halves its start"));
  const before = imageNow(scene);
  // It reaches the nodes before the next save needs it; what runs goes on running.
  await scene.until(() => scene.cluster.entrypoints.length === 2);
  expect(imageNow(scene)).toBe(before);
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  expect(imageNow(scene)).not.toBe(before);
  const [first, ...others] = scene.cluster.entrypoints;
  expect(first).toEqual(["java", "-jar", "application.jar"]);
  const archived = ["java", ARCHIVE_OPTION, "-cp", {}, "com.example.Application"];
  expect(others).toMatchObject([archived, archived]);
});

test("a save that comes just before the archive is brought is answered by what was saved", async () => {
  const scene = new DevScene();
  scene.trained = "libraries.jsa";
  scene.onEvent((event) => {
    // On disk, and not compiled yet: the editor's event comes a moment later.
    const isMade = event.type === "output" && event.line.includes("halves its start");
    if (isMade) scene.ports.files.put(CONTROLLER, "edited");
  });
  await scene.dev();
  await scene.until(() => scene.cluster.entrypoints.length === 2);
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER, "edited");
  expect(scene.outcomes).toMatchObject([
    { phases: [{ name: "compile" }, { name: "image" }, { name: "nodes" }, { name: "ready" }] },
  ]);
});

test("a file that is saved while the image of an earlier save is made is in the next one", async () => {
  const scene = new DevScene();
  await scene.dev();
  scene.onEvent(({ type }) => {
    if (type === "change-detected") scene.ports.files.put(CONTROLLER, "the next edit");
  });
  scene.compilations.push({ written }, { written });
  await scene.edit(CONTROLLER, "an edit");
  await scene.edit(CONTROLLER, "the next edit");
  const all = [{ name: "compile" }, { name: "image" }, { name: "nodes" }, { name: "ready" }];
  expect(scene.outcomes).toMatchObject([{ phases: all }, { phases: all }]);
});

test("no archive is made where the config does not want one", async () => {
  const scene = new DevScene();
  scene.trained = "libraries.jsa";
  await scene.dev({ up: upWith({ startupArchive: "off" }) });
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  expect(scene.cluster.entrypoints.flat()).not.toContain(ARCHIVE_OPTION);
});

test("live, the JVM starts with that archive as long as no class is in a library's package, too", async () => {
  const scene = new DevScene();
  scene.trained = "libraries.jsa";
  await scene.dev({ deliverWith: "live" });
  expect(scene.cluster.podScripts.map(jvmOf)).toEqual([
    expect.stringMatching(
      /^-XX:SharedArchiveFile=\S+\n-cp "\/application\/lib\/.*:\/airfield\/live\/classes"/,
    ),
  ]);
  expect(imageNow(scene)).toBe(scene.cluster.loaded.at(-1));
  scene.compilations.push({ written: ["library/spring-webmvc-6.2.0/Own.class"] });
  await scene.edit(CONTROLLER);
  expect(jvmOf(scene.cluster.podScripts.at(-1) ?? "")).toMatch(/^-cp "\/airfield\/live\/classes:/);
});

/** The JVM's arguments that a pod is filled with. */
function jvmOf(script: string): string {
  const [, encoded = ""] = /base64 -d >'arguments.new' <<'EOF'\n(.*)\nEOF/.exec(script) ?? [];
  return Buffer.from(encoded, "base64").toString();
}

test("live, a save brings changed classes into the running pod and has its JVM started again", async () => {
  const scene = new DevScene();
  await scene.dev({ deliverWith: "live" });
  const before = imageNow(scene);
  expect(scene.cluster.podScripts).toHaveLength(1);
  expect(scene.cluster.podScripts[0]).toContain("com/example/Application.class");
  scene.compilations.push({ written, deleted: ["com/example/Gone.class"] });
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([
    { with: "live", phases: [{ name: "compile" }, { name: "sync" }, { name: "ready" }] },
  ]);
  expect(imageNow(scene)).toBe(before);
  expect(scene.cluster.podScripts[1]).toContain(
    "base64 -d >'classes/com/example/UserController.class'",
  );
  expect(scene.cluster.podScripts[1]).toContain("rm -f 'classes/com/example/Gone.class'");
  expect(scene.cluster.podScripts[1]).toContain("echo restart >orders");
});

test("live, a version that crashes is told with its log, and the next save is brought to the same pod", async () => {
  const scene = new DevScene();
  await scene.dev({ deliverWith: "live" });
  scene.compilations.push({ written }, { written });
  scene.cluster.onPodScript = () => ["boom", "airfield: the application ended with exit code 1"];
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([{ code: "application-crashed" }]);
  expect(scene.ports.reporter.of("change-failed")[0]?.message).toContain("boom");
  scene.cluster.onPodScript = () => ["Started Application in 1 seconds"];
  await scene.edit(CONTROLLER);
  expect(scene.ports.reporter.of("change-delivered")).toHaveLength(1);
  expect(scene.cluster.podScripts).toHaveLength(3);
});

test("live, an application that does not log its start is looked for at its port", async () => {
  const scene = new DevScene();
  scene.cluster.onPodScript = () => [];
  await scene.dev({ deliverWith: "live" });
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([{ type: "change-delivered", with: "live" }]);
  expect(scene.cluster.podScripts.at(-1)).toContain(":1F90 0A");
});

test("live, a pod that has gone is looked for and filled again", async () => {
  const scene = new DevScene();
  await scene.dev({ deliverWith: "live" });
  let isGone = true;
  scene.cluster.onPodScript = () => {
    const said = isGone ? "pod is gone" : ["Started Application in 1 seconds"];
    isGone = false;
    return said;
  };
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([
    { with: "live", phases: [{ name: "compile" }, { name: "new pod" }] },
  ]);
  expect(scene.cluster.podScripts.at(-1)).toContain("classes/com/example/Application.class");
});

test("live, an image of the last classes takes the pod's place at the end", async () => {
  const scene = new DevScene();
  const { ended } = await scene.dev({ deliverWith: "live" });
  const before = imageNow(scene);
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  scene.interrupt();
  await ended;
  expect(imageNow(scene)).not.toBe(before);
  expect(JSON.stringify(scene.cluster.get("Deployment", "user-service"))).not.toContain(
    "airfield-live",
  );
});

test("live is refused where the build tool compiles, with the reason", async () => {
  const scene = new DevScene();
  const { ended } = await scene.dev({ deliverWith: "live", compileWith: "build-tool" });
  await expect(ended).rejects.toMatchObject({ code: "live-not-possible" });
});

test("a project with devtools is updated live by itself, and devtools restarts it", async () => {
  const scene = new DevScene();
  const pom = (await scene.ports.files.readText("/app/pom.xml")) ?? "";
  const devtools =
    "<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-devtools</artifactId></dependency>";
  scene.ports.files.put("/app/pom.xml", pom.replace("<dependencies>", `<dependencies>${devtools}`));
  scene.mavenDebug = scene.mavenDebug.replace(
    "/m2/spring.jar",
    "/m2/spring-boot/3.5.16/spring-boot-3.5.16.jar",
  );
  scene.ports.files.put("/m2/spring-boot-devtools/3.5.16/spring-boot-devtools-3.5.16.jar", "jar");
  await scene.dev();
  expect(scene.said("spring-boot-devtools restarts")).toBe(true);
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  expect(scene.outcomes).toMatchObject([{ with: "live" }]);
  expect(scene.cluster.podScripts.at(-1)).toContain("date +%s%N >classes/.airfield-reload");
});

test("the log of every pod is told with its name", async () => {
  const scene = new DevScene();
  await scene.dev();
  await scene.until(() => scene.ports.reporter.of("application-log").length > 0);
  expect(scene.ports.reporter.of("application-log")).toMatchObject([
    { pod: "pod-1", line: "Started Application in 2 seconds" },
  ]);
});

test("a pod of an earlier version that had to be killed is told once", async () => {
  const scene = new DevScene();
  const ended = (exitCode: number) => ({
    status: { containerStatuses: [{ state: { terminated: { exitCode } } }] },
  });
  const going = { deletionTimestamp: "2026-01-01T00:10:00Z", deletionGracePeriodSeconds: 40 };
  scene.cluster.otherPods.push(
    { metadata: { name: "old-1", ...going }, ...ended(143) },
    { metadata: { name: "new-1" }, ...ended(137) },
  );
  await scene.dev();
  expect(scene.ports.reporter.of("warning")).toEqual([]);
  for (const name of ["old-2", "old-3"]) {
    scene.cluster.otherPods.push({ metadata: { name, ...going }, ...ended(137) });
    scene.cluster.api.changed();
  }
  await scene.until(() => scene.ports.reporter.of("warning").length > 0);
  expect(scene.ports.reporter.of("warning")).toMatchObject([
    { code: "application-killed", message: expect.stringContaining("within 40 s") as string },
  ]);
});

test("Ctrl-C ends the loop, and what is up stays up", async () => {
  const scene = new DevScene();
  const { ended } = await scene.dev();
  scene.compilations.push({ written });
  await scene.edit(CONTROLLER);
  scene.interrupt();
  expect(await ended).toEqual({
    ...{ name: "user-service", namespace: "default", url: "http://127.0.0.1:8080" },
    ...{ delivered: 1, failed: 0 },
  });
  expect(imageNow(scene)).not.toBe("");
});

test("with --down, Ctrl-C takes the application away", async () => {
  const scene = new DevScene();
  const { ended } = await scene.dev({ takesDown: true });
  scene.interrupt();
  await ended;
  expect(imageNow(scene)).toBe("");
});

test("Ctrl-C at any moment leaves nothing running, and a version that serves or none", async () => {
  const whole = new DevScene();
  await whole.dev();
  whole.compilations.push({ written });
  await whole.edit(CONTROLLER);
  const moments = whole.ports.reporter.events.length;
  expect(moments).toBeGreaterThan(20);
  for (let moment = 1; moment < moments; moment += 1) {
    const scene = new DevScene();
    scene.compilations.push({ written });
    scene.onEvent(() => {
      if (scene.ports.reporter.events.length === moment) scene.interrupt();
    });
    const { ended } = await scene.dev();
    if (!scene.abort.signal.aborted) {
      scene.ports.files.put(CONTROLLER, "edited");
      scene.ports.fileWatcher.change(CONTROLLER);
      await scene.until(() => scene.abort.signal.aborted || scene.outcomes.length > 0);
      scene.interrupt();
    }
    await ended.then(
      () => undefined,
      (error: unknown) => expect(error).toMatchObject({ code: "cancelled" }),
    );
    expect(scene.ports.commands.talking).toBe(0);
    expect(scene.ports.fileWatcher.folders).toEqual([]);
  }
}, 30_000);
