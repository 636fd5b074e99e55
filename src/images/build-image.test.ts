import { beforeEach, expect, test } from "vitest";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { FakeCommands } from "../../test/fakes/fake-commands.ts";
import { fakeEngineCli } from "../../test/fakes/fake-engine-cli.ts";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import { buildImage, type BuildImageRequest } from "./build-image.ts";
import { FakeImageEngine } from "../../test/fakes/images/fake-image-engine.ts";
import { sampleImage } from "../../test/fakes/images/sample-image.ts";

let commands: FakeCommands;
let engine: FakeImageEngine;
let reporter: RecordingReporter;

beforeEach(() => {
  commands = new FakeCommands();
  reporter = new RecordingReporter();
  engine = new FakeImageEngine(["dev-worker"], [sampleImage("app:1", ["base", "app"])]);
});

test("builds with the engine that Airfield uses and brings the image to the nodes", async () => {
  commands.on(([program]) => (program === "docker" ? {} : undefined));
  const { images } = await build();
  expect(commands.lines.at(-1)).toBe(
    "docker buildx build --load --tag app:1 --file /src/Dev.Dockerfile --target dev --build-arg A=b c --build-arg HOME /src",
  );
  expect(commands.calls.at(-1)?.env).toMatchObject({
    DOCKER_HOST: "unix:///var/run/docker.sock",
  });
  expect(images).toMatchObject([{ node: "dev-worker", action: "sent" }]);
});

test("builds nothing for nodes that are not there", async () => {
  await expect(build({ nodes: ["dev-worker9"] })).rejects.toMatchObject({ code: "node-not-found" });
  expect(commands.lines).toEqual([]);
});

test("takes the classic builder where there is no buildx", async () => {
  commands.on((command) => (command[1] === "buildx" ? { exitCode: 1 } : {}));
  await build();
  expect(commands.lines.at(-1)).toMatch(/^docker build --force-rm --tag app:1 /);
});

test("says why a build failed, and touches no node", async () => {
  commands.on((command) =>
    command.includes("build") ? { exitCode: 1, stderr: "no such file: app.jar\n" } : {},
  );
  await expect(build()).rejects.toMatchObject({
    code: "image-build-failed",
    facts: { lines: ["no such file: app.jar"] },
  });
  expect(engine.nodes.flatMap((node) => node.commands)).toEqual([]);
});

test("what the build prints is output of its step", async () => {
  commands.on(() => ({ stdout: "#5 [2/3] COPY app.jar /\n" }));
  await build();
  const ofStep = { source: "docker build", stepId: "build-image" };
  expect(reporter.of("output")).toEqual([
    { type: "output", line: "#5 [2/3] COPY app.jar /", ...ofStep },
  ]);
  expect(reporter.of("step-finished")).toMatchObject([{ title: "Building app:1" }]);
});

test("says that docker is missing", async () => {
  await expect(build()).rejects.toMatchObject({ code: "docker-cli-missing" });
});

function build(request: Partial<BuildImageRequest> = {}) {
  return buildImage(
    {
      cluster: "dev",
      directory: "/src",
      tags: ["app:1"],
      file: "/src/Dev.Dockerfile",
      target: "dev",
      buildArgs: ["A=b c", "HOME"],
      ...request,
    },
    {
      engine: engine.asEngine(),
      engineCli: fakeEngineCli(commands),
      files: new FakeFiles(),
      clock: new FakeClock(),
      reporter,
    },
  );
}
