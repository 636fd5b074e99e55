import type { EngineInfo } from "../ports/container-engine.ts";
import type { HostFacts } from "../ports/host.ts";

/** Everything the checks look at. `undefined` means that it could not be found out. */
export interface HostExamination {
  /** Or why there is none. */
  readonly engine: EngineInfo | { readonly message: string; readonly hint: string };
  readonly host: HostFacts;
  /** Free bytes where the engine keeps images; undefined when that is on another machine. */
  readonly freeDiskBytes: number | undefined;
  readonly inotifyInstances: number | undefined;
  readonly inotifyWatches: number | undefined;
  /** File systems that the kernel knows now (modules that are not loaded yet are missing). */
  readonly fileSystems: readonly string[] | undefined;
  readonly hasBridgeNetfilter: boolean;
  /** nf_tables or the older ip_tables. */
  readonly hasPacketFilter: boolean;
  readonly ports: readonly { readonly port: number; readonly isFree: boolean }[];
  /** First line that a program prints about its version; undefined when it is not installed. */
  readonly programs: {
    readonly kubectl: string | undefined;
    readonly docker: string | undefined;
    readonly java: string | undefined;
  };
  readonly nowIso: string;
}
