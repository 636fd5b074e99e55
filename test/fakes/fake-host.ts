import type { Host, HostFacts } from "../../src/ports/host.ts";

/** A healthy Linux machine, unless told otherwise. */
export class FakeHost implements Host {
  readonly sysctls: Map<string, string>;
  readonly variables: Map<string, string>;
  #facts: HostFacts;
  #freeDiskBytes: number | undefined;

  constructor({
    facts = {},
    sysctls = {},
    variables = {},
    ...rest
  }: {
    readonly facts?: Partial<HostFacts>;
    readonly sysctls?: Readonly<Record<string, string>>;
    readonly variables?: Readonly<Record<string, string>>;
    readonly freeDiskBytes?: number | undefined;
  } = {}) {
    this.#facts = {
      os: "linux",
      arch: "amd64",
      kernel: "6.12.0",
      cpus: 4,
      memoryBytes: 16 * 1024 ** 3,
      availableMemoryBytes: 12 * 1024 ** 3,
      subnets: ["192.168.1.0/24"],
      ...facts,
    };
    this.sysctls = new Map(
      Object.entries({
        "fs.inotify.max_user_instances": "1024",
        "fs.inotify.max_user_watches": "524288",
        ...sysctls,
      }),
    );
    this.variables = new Map(Object.entries(variables));
    this.#freeDiskBytes = "freeDiskBytes" in rest ? rest.freeDiskBytes : 100 * 1024 ** 3;
  }

  facts(): Promise<HostFacts> {
    return Promise.resolve(this.#facts);
  }

  freeDiskBytes(): Promise<number | undefined> {
    return Promise.resolve(this.#freeDiskBytes);
  }

  environment(name: string): string | undefined {
    return this.variables.get(name);
  }

  sysctl(name: string): Promise<string | undefined> {
    return Promise.resolve(this.sysctls.get(name));
  }
}
