/** Facts of the host machine, for `doctor` and for planning. */
export interface HostFacts {
  readonly os: string;
  readonly arch: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly availableMemoryBytes: number;
  /** IPv4 networks this host is attached or routed to, as CIDRs. */
  readonly subnets: readonly string[];
}

export interface Host {
  facts(): Promise<HostFacts>;
  /** Free bytes of the file system that holds `path`; undefined when unknown. */
  freeDiskBytes(path: string): Promise<number | undefined>;
  /** A kernel setting by its dotted name, or undefined where there is none. */
  sysctl(name: string): Promise<string | undefined>;
  /** An environment variable; undefined when it is unset or empty. */
  environment(name: string): string | undefined;
}
