import type { Clock } from "./clock.ts";
import type { ClusterApis } from "./cluster-api.ts";
import type { Commands } from "./commands.ts";
import type { ContainerEngine } from "./container-engine.ts";
import type { EngineCli } from "./engine-cli.ts";
import type { FileWatcher } from "./file-watcher.ts";
import type { Files } from "./files.ts";
import type { FreePorts } from "./free-ports.ts";
import type { Host } from "./host.ts";
import type { Http } from "./http.ts";
import type { PushEndpoint } from "./push-endpoint.ts";
import type { Random } from "./random.ts";
import type { Reporter } from "./reporter.ts";

/** Everything the use cases may reach of the world. Functions take the part they use (`Pick<Ports, …>`). */
export interface Ports {
  readonly engine: ContainerEngine;
  readonly engineCli: EngineCli;
  readonly files: Files;
  readonly fileWatcher: FileWatcher;
  readonly commands: Commands;
  readonly clusterApis: ClusterApis;
  readonly clock: Clock;
  readonly random: Random;
  readonly freePorts: FreePorts;
  readonly host: Host;
  readonly http: Http;
  /** Absent: images go to nodes by way of `docker save` alone. */
  readonly pushEndpoint?: PushEndpoint;
  readonly reporter: Reporter;
}
