import { DockerCli } from "../../src/adapters/docker/docker-cli.ts";
import type { Commands } from "../../src/ports/commands.ts";
import type { EngineCli } from "../../src/ports/engine-cli.ts";

/** The engine's CLI is a program: the fake of programs plays it, and the real adapter speaks to that. */
export function fakeEngineCli(commands: Commands): EngineCli {
  return new DockerCli({ url: "unix:///var/run/docker.sock" }, commands);
}
