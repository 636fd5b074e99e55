import { homedir } from "node:os";
import type { OutputLog } from "../ports/output-log.ts";
import type { Ports } from "../ports/ports.ts";
import type { Reporter } from "../ports/reporter.ts";
import { DockerCli } from "./docker/docker-cli.ts";
import { DockerContainerEngine } from "./docker/docker-container-engine.ts";
import { findRegistryCredentials } from "./docker/registry-credentials.ts";
import { resolveEngineAddress } from "./docker/resolve-engine-address.ts";
import { DockerPushEndpoint } from "./push-endpoint/docker-push-endpoint.ts";
import { clusterApis } from "./kubernetes/cluster-apis.ts";
import { SystemClock } from "./system/system-clock.ts";
import { SystemCommands } from "./system/system-commands.ts";
import { SystemFileWatcher } from "./system/system-file-watcher.ts";
import { SystemFiles } from "./system/system-files.ts";
import { SystemFreePorts } from "./system/system-free-ports.ts";
import { SystemHost } from "./system/system-host.ts";
import { SystemHttp } from "./system/system-http.ts";
import { SystemOutputLog } from "./system/system-output-log.ts";
import { SystemRandom } from "./system/system-random.ts";

/** Adapters are made here and nowhere else. None of them reaches anything before its first call. */
export async function createPorts({
  reporter,
  cacheFolder,
}: {
  readonly reporter: Reporter;
  readonly cacheFolder: string;
}): Promise<Ports> {
  const files = new SystemFiles({ cacheFolder });
  const commands = new SystemCommands();
  const address = await resolveEngineAddress({
    env: process.env,
    homeDirectory: homedir(),
    files,
  });
  const clock = new SystemClock();
  const http = new SystemHttp();
  const engine = new DockerContainerEngine(address, {
    credentialsOf: (image) =>
      findRegistryCredentials(image, {
        env: process.env,
        homeDirectory: homedir(),
        files,
        commands,
      }),
  });
  const engineCli = new DockerCli(address, commands);
  return {
    engine,
    engineCli,
    pushEndpoint: new DockerPushEndpoint(address),
    files,
    fileWatcher: new SystemFileWatcher(),
    commands,
    clusterApis: clusterApis({ engine, engineCli, http, commands, clock }),
    clock,
    random: new SystemRandom(),
    freePorts: new SystemFreePorts(),
    host: new SystemHost(),
    http,
    reporter,
  };
}

/** The log of this command, named after the time and the process: "2026-11-29T14-30-00-4711". */
export function createOutputLog({ cacheFolder }: { readonly cacheFolder: string }): OutputLog {
  const time = new SystemClock().nowIso().slice(0, 19).replaceAll(":", "-");
  return new SystemOutputLog({ cacheFolder, name: `${time}-${process.pid}` });
}
