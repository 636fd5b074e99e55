/**
 * The container engine, in our own words. Adapters translate raw failures into ToolErrors:
 * `engine-not-running`, `engine-permission-denied`, `engine-connection-lost`, `container-name-taken`,
 * `container-not-found`, `image-not-found`, `port-taken`, `subnet-taken`, `disk-full`, `engine-request-failed`.
 * Every waiting call takes a signal and rejects with its reason when it aborts.
 */
export interface ContainerEngine {
  info(): Promise<EngineInfo>;

  /** Undefined when the engine does not have it. */
  inspectImage(ref: string): Promise<ImageInfo | undefined>;
  /** Those that have a name. */
  listImages(): Promise<readonly ImageSummary[]>;
  /** Throws `image-not-found` with the reason (unknown name, no registry answers, no such platform). */
  pullImage(ref: string, options?: PullOptions): Promise<void>;
  tagImage(ref: string, tag: string): Promise<void>;
  /** Removes a tag (and the image with its last one); nothing there is fine. */
  removeImage(ref: string): Promise<void>;
  /** The tar of `docker save`: legacy format before Docker 25, OCI layout since. Streamed. */
  saveImages(refs: readonly string[], options?: SaveOptions): AsyncIterable<Uint8Array>;
  /** Takes a tar of `docker save` or an OCI layout; resolves with what the engine said it loaded. */
  loadImages(tar: AsyncIterable<Uint8Array>, options?: WaitOptions): Promise<readonly string[]>;

  /** Creates, does not start. Resolves with the container's id. Throws `container-name-taken`, `image-not-found`. */
  createContainer(spec: ContainerSpec, options?: WaitOptions): Promise<string>;
  /** Throws `port-taken` when a published port is in use. */
  startContainer(container: string, options?: WaitOptions): Promise<void>;
  /** Asks it to stop, kills it after `timeoutSeconds` (10 by default). Nothing running is fine. */
  stopContainer(
    container: string,
    options?: WaitOptions & { readonly timeoutSeconds?: number },
  ): Promise<void>;
  /** Kills and removes it with its anonymous volumes; nothing there is fine. */
  removeContainer(container: string): Promise<void>;
  /** Running and stopped ones that carry all these labels (an empty value: the label with any value). */
  listContainers(filter: LabelFilter): Promise<readonly ContainerSummary[]>;
  /** The container, running or paused, that has this TCP port of the host, at the address or at all of them. */
  findPublisher(hostPort: number, hostAddress: string): Promise<ContainerSummary | undefined>;
  /** Undefined when there is none. */
  inspectContainer(container: string): Promise<ContainerDetails | undefined>;

  /** Runs a command to its end. Throws `container-not-running`; a non-zero exit code is a result. */
  exec(container: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Puts files into a container (running or not) in one archive. Does not reach tmpfs mounts. */
  putFiles(
    container: string,
    files: readonly ContainerFile[],
    options?: WaitOptions,
  ): Promise<void>;
  /**
   * Text of a file in a container (running or not); undefined when there is none. For small files: all of
   * it is held in memory. Does not see tmpfs mounts.
   */
  readFile(container: string, path: string, options?: WaitOptions): Promise<string | undefined>;
  /**
   * The small text files below a folder of a container (running or not), by their paths in it; undefined when
   * there is no such folder. All of it is held in memory.
   */
  readFolder(
    container: string,
    path: string,
    options?: WaitOptions,
  ): Promise<ReadonlyMap<string, string> | undefined>;
  /**
   * A file of a container (running or not) and when it was last written, as it was before the first byte was read;
   * undefined when there is none, and when it is larger than `mostBytes`. Does not see tmpfs mounts.
   */
  readBytes(
    container: string,
    path: string,
    options: WaitOptions & { readonly mostBytes: number },
  ): Promise<FileContent | undefined>;
  /** When a file of a container was last written, as `readBytes` has it; undefined when there is no such file or container. */
  modifiedAt(container: string, path: string, options?: WaitOptions): Promise<string | undefined>;
  /** Makes an image of a container's file system, its volumes left out; resolves with the image's id. */
  commitContainer(
    container: string,
    image: { readonly tag: string; readonly labels: Readonly<Record<string, string>> },
    options?: WaitOptions,
  ): Promise<string>;
  /**
   * What happens to the containers that carry all these labels, from the moment at which it resolves until the signal
   * aborts (then the loop throws its reason) or the consumer ends; nothing in between is left out, and what happened right
   * before may be told, too. The loop ends, or throws `engine-connection-lost`, when the engine goes away.
   */
  containerEvents(
    filter: LabelFilter,
    options: { readonly signal: AbortSignal },
  ): Promise<AsyncIterable<ContainerEvent>>;
  /** Output line by line from the start; with `follow` until the container stops or the consumer ends. */
  logs(container: string, options?: LogOptions): AsyncIterable<string>;

  /** Creates a bridge network; throws `subnet-taken` when it overlaps with another. */
  createNetwork(spec: NetworkSpec, options?: WaitOptions): Promise<string>;
  /** Nothing there is fine. */
  removeNetwork(network: string): Promise<void>;
  /** All networks, or those that carry all these labels. */
  listNetworks(filter?: LabelFilter): Promise<readonly NetworkInfo[]>;

  /** Puts a container (running or not) on a further network; one that it is on already is fine. */
  connectNetwork(network: string, container: string, options?: WaitOptions): Promise<void>;
  /** Takes a container off a network; one that it is not on, or that is gone, is fine. */
  disconnectNetwork(network: string, container: string): Promise<void>;

  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** Nothing there is fine. */
  removeVolume(name: string): Promise<void>;
  listVolumes(
    filter: LabelFilter,
  ): Promise<
    readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[]
  >;
  /** Bytes that each volume takes on the engine's disk, by its name. The engine counts files: it may take a while. */
  volumeSizes(options?: WaitOptions): Promise<ReadonlyMap<string, number>>;
}

export type LabelFilter = { readonly labels: Readonly<Record<string, string>> };

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface EngineInfo {
  /** The engine's version, as "26.1.5". */
  readonly version: string;
  readonly apiVersion: string;
  /** How the engine is reached, for messages: "unix:///var/run/docker.sock". */
  readonly address: string;
  /** It is reached by a socket of this machine: the ports that it publishes are this machine's. */
  readonly isLocal: boolean;
  readonly operatingSystem: string;
  /** As Go says it: "amd64", "arm64". */
  readonly arch: string;
  readonly cgroupVersion: "1" | "2";
  readonly cgroupDriver: string;
  /** "overlay2", "btrfs", "io.containerd.snapshotter.v1", … */
  readonly storageDriver: string;
  readonly backingFilesystem: string;
  /** Docker's containerd image store is in use (the default of fresh installs since 29). */
  readonly hasContainerdStore: boolean;
  readonly isRootless: boolean;
  /** user namespaces are remapped by the daemon (userns-remap). */
  readonly hasUserNamespaces: boolean;
  /** Docker Desktop, Rancher Desktop …: the engine runs in a virtual machine. */
  readonly isVirtualMachine: boolean;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Folder of the engine's data, on the engine's machine. */
  readonly dataRoot: string;
}

export interface ImageInfo {
  /** "sha256:…": the config's digest (classic store) or the manifest's (containerd store). */
  readonly id: string;
  readonly tags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly os: string;
  readonly arch: string;
  readonly sizeBytes: number;
  /** diffIDs, bottom first. */
  readonly layers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly env: readonly string[];
}

export interface ImageSummary extends Pick<ImageInfo, "id" | "tags" | "sizeBytes" | "labels"> {
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface PullOptions extends WaitOptions {
  readonly platform?: string;
  readonly onProgress?: (detail: string) => void;
}

export interface SaveOptions extends WaitOptions {
  /** "linux/amd64"; sent only to engines that know it (API 1.48). */
  readonly platform?: string;
}

export interface PortPublication {
  readonly containerPort: number;
  /** 0: the engine chooses. */
  readonly hostPort: number;
  readonly hostAddress: string;
  readonly protocol: "tcp" | "udp" | "sctp";
}

export interface BindMount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
  readonly propagation: "none" | "host-to-container" | "bidirectional";
  readonly selinuxRelabel?: boolean;
}

/** All that a container is made of; plain data, printed by --dry-run. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Replaces the image's entrypoint. */
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Number of the user it runs as, in place of the image's. */
  readonly user?: string;
  readonly privileged?: boolean;
  readonly addCapabilities?: readonly string[];
  readonly securityOptions?: readonly string[];
  readonly tmpfs?: readonly string[];
  /** Container paths that get an anonymous volume, removed with the container. */
  readonly anonymousVolumes?: readonly string[];
  readonly namedVolumes?: readonly { readonly volume: string; readonly containerPath: string }[];
  readonly mounts?: readonly BindMount[];
  readonly devices?: readonly string[];
  readonly ports?: readonly PortPublication[];
  readonly network: {
    readonly name: string;
    /** A fixed address; the network needs a subnet chosen by us. */
    readonly ipv4?: string;
    readonly aliases?: readonly string[];
  };
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  /** Docker's own init as process 1. */
  readonly init?: boolean;
  /** Its weight where processors are short; 1024 when nothing is said. */
  readonly cpuShares?: number;
  readonly privateCgroupNamespace?: boolean;
  readonly hostUserNamespace?: boolean;
  readonly restart: "no" | "on-failure-once" | "unless-stopped";
}

export type ContainerState =
  "created" | "running" | "paused" | "restarting" | "exited" | "dead" | "removing";

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  readonly labels: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface ContainerDetails extends ContainerSummary {
  /** ISO 8601; what the engine says of a container that has not been started yet is older than its creation. */
  readonly startedAt: string;
  readonly exitCode: number;
  /** Address on each network, by the network's name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Names of the networks it is on, also while it does not run. */
  readonly networks: readonly string[];
  readonly ports: readonly PortPublication[];
  readonly env: readonly string[];
}

/** https://docs.docker.com/reference/cli/docker/system/events/#containers; programs that are run in one are left out. */
export type ContainerAction =
  | "create"
  | "start"
  | "restart"
  | "die"
  | "stop"
  | "pause"
  | "unpause"
  | "oom"
  | "rename"
  | "destroy";

export interface ContainerEvent {
  readonly action: ContainerAction;
  /** Its id. */
  readonly container: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ExecOptions extends WaitOptions {
  readonly stdin?: string | AsyncIterable<Uint8Array>;
  readonly env?: Readonly<Record<string, string>>;
  /** Each complete line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
  /** For programs that print without end: lines go to `onLine` only, and none is kept for the result. */
  readonly keepsNothing?: boolean;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ContainerFile {
  /** Absolute path in the container; parent folders are made. */
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Permission bits; 0o644 by default. */
  readonly mode?: number;
}

export interface FileContent {
  readonly bytes: Uint8Array;
  /** ISO 8601, as fine as the file system keeps it. */
  readonly modifiedAt: string;
}

export interface LogOptions extends WaitOptions {
  readonly follow?: boolean;
  /** Only the last lines. */
  readonly tail?: number;
}

export interface NetworkSpec {
  readonly name: string;
  /** CIDR. */
  readonly subnet: string;
  /** CIDR from which the engine gives addresses to containers without a fixed one. */
  readonly dynamicRange?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Driver options, as `com.docker.network.driver.mtu`. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface NetworkInfo {
  readonly id: string;
  readonly name: string;
  /** CIDRs, IPv4 and IPv6. */
  readonly subnets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}
