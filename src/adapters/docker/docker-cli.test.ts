import { expect, test } from "vitest";
import { FakeCommands } from "../../../test/fakes/fake-commands.ts";
import { DockerCli } from "./docker-cli.ts";

const socket = "unix:///run/docker.sock";

/** The docker of a host: its version, and whether it has the plug-in buildx. */
function hostWith({ version = "28.2.2", hasBuildx = true, url = socket } = {}) {
  const commands = new FakeCommands().on(([program, ...words]) => {
    if (program !== "docker") return undefined;
    if (words[0] === "--version") return { stdout: `Docker version ${version}, build x\n` };
    if (words.join(" ") === "buildx version") return { exitCode: hasBuildx ? 0 : 1 };
    return {};
  });
  return { commands, cli: new DockerCli({ url }, commands) };
}

test.each([
  [{ hasBuildx: true }, "docker buildx build --load", "1"],
  [{ hasBuildx: false }, "docker build --force-rm", "0"],
  [{ hasBuildx: false, version: "20.10.24" }, "docker build --force-rm", "1"],
])("builds with what there is: %j", async (host, start, buildKit) => {
  const { commands, cli } = hostWith(host);
  await cli.build({
    ...{ tags: ["a:1", "b:1"], directory: "/c", file: "/c/Dev.Dockerfile", target: "dev" },
    ...{ buildArgs: ["A=b c", "HOME"], labels: { x: "y z" } },
  });
  expect(commands.lines.at(-1)).toBe(
    `${start} --tag a:1 --tag b:1 --label x=y z --file /c/Dev.Dockerfile --target dev --build-arg A=b c --build-arg HOME /c`,
  );
  expect(commands.calls.at(-1)).toMatchObject({
    cwd: "/c",
    env: { DOCKER_BUILDKIT: buildKit, DOCKER_HOST: socket },
  });
});

test("asks once what it can build with", async () => {
  const { commands, cli } = hostWith();
  await cli.check();
  await cli.build({ tags: ["a:1"], directory: "/c" });
  await cli.build({ tags: ["a:2"], directory: "/c" });
  expect(commands.lines.filter((line) => line.endsWith("version"))).toEqual([
    "docker --version",
    "docker buildx version",
  ]);
});

test("leaves the way to a remote engine to the CLI, which has its certificates", async () => {
  const { commands, cli } = hostWith({ url: "tcp://build:2376" });
  await cli.push("a:1");
  await cli.build({ tags: ["a:1"], directory: "/c" });
  expect(cli.environment).toEqual({});
  for (const { env } of commands.calls) expect(env).not.toHaveProperty("DOCKER_HOST");
});

test("gives a command in a container this process's terminal", async () => {
  const { commands, cli } = hostWith();
  await cli.attach("node", ["sh"], { hasTerminal: true });
  await cli.attach("node", ["sh"], { hasTerminal: false });
  expect(commands.calls).toMatchObject([
    { command: ["docker", "exec", "--interactive", "--tty", "node", "sh"], isAttached: true },
    { command: ["docker", "exec", "--interactive", "node", "sh"], env: { DOCKER_HOST: socket } },
  ]);
});

test("a check that was cancelled is made again", async () => {
  const { commands, cli } = hostWith();
  const reason = new Error("no longer wanted");
  await expect(cli.check({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await cli.check();
  expect(commands.lines).toEqual(["docker --version", "docker buildx version"]);
});

test("says that there is no docker", async () => {
  const cli = new DockerCli({ url: socket }, new FakeCommands());
  await expect(cli.check()).rejects.toMatchObject({ code: "program-not-found" });
});
