import { ToolError } from "../../../src/errors/tool-error.ts";
import type {
  ContainerDetails,
  ContainerEngine,
  ContainerEvent,
  ContainerFile,
  ContainerSpec,
  ContainerSummary,
  EngineInfo,
  ExecOptions,
  ExecResult,
  FileContent,
  ImageInfo,
  ImageSummary,
  LabelFilter,
  LogOptions,
  NetworkInfo,
  NetworkSpec,
  PortPublication,
  PullOptions,
  SaveOptions,
  WaitOptions,
} from "../../../src/ports/container-engine.ts";
import { collectBytes } from "../collect-bytes.ts";
import { CallLog, type EngineCall, type EngineMethod, type FailureOptions } from "./call-log.ts";
import { ContainerEvents } from "./container-events.ts";
import { FakeContainer } from "./fake-container.ts";
import { FakeImages, type ImageWishes } from "./fake-images.ts";
import { FakeNetworks } from "./fake-networks.ts";

/**
 * Plays a command in a container. Undefined: not mine, ask the next handler. What is missing of the
 * result is success and silence. A command nobody plays succeeds silently.
 */
export type ExecHandler = (
  container: FakeContainer,
  command: readonly string[],
  /** All of it; "" when none was given. */
  stdin: string,
  options: ExecOptions,
) => Partial<ExecResult> | undefined | Promise<Partial<ExecResult> | undefined>;

type Labels = Readonly<Record<string, string>>;

/** What Docker keeps and refuses, without Docker. The contract suite holds it to what Docker does. */
export class FakeContainerEngine implements ContainerEngine {
  readonly images = new FakeImages();
  /** Images that a registry has: pulling them works. */
  readonly registryImages = new Map<string, ImageWishes>();
  /** What saving a set of images yields, by their names joined with a blank; made up where there is none. */
  readonly archives = new Map<string, Uint8Array>();
  /** Host ports used by programs that are not containers. */
  readonly takenPorts = new Set<number>();
  /** What volumes hold, for volumeSizes. */
  readonly volumeBytes = new Map<string, number>();
  readonly #log = new CallLog();
  readonly #containers = new Map<string, FakeContainer>();
  readonly #networks = new FakeNetworks();
  readonly #events = new ContainerEvents();
  readonly #volumes = new Map<string, Labels>();
  readonly #execHandlers: ExecHandler[] = [];
  readonly #startHandlers: ((container: FakeContainer) => void)[] = [];
  #info: EngineInfo;
  #count = 0;
  #starts = 0;
  #nextPort = 32_768;

  constructor(info: Partial<EngineInfo> = {}) {
    const { address = healthyEngine.address } = info;
    this.#info = { ...healthyEngine, isLocal: address.startsWith("unix:"), ...info };
  }

  /** Every call so far. */
  get calls(): readonly EngineCall[] {
    return this.#log.calls;
  }

  /** The calls as lines, "startContainer airfield-dev-worker"; only those of `methods` when given. */
  callLines(...methods: readonly EngineMethod[]): readonly string[] {
    return this.calls
      .filter(({ method }) => methods.length === 0 || methods.includes(method))
      .map(({ method, subject }) => `${method} ${subject}`.trim());
  }

  /** The commands run so far, "airfield-dev-worker: kubeadm join …". */
  get commandLines(): readonly string[] {
    return this.calls
      .filter(({ method }) => method === "exec")
      .map(
        ({ parameters }) =>
          `${String(parameters[0])}: ${(parameters[1] as readonly string[]).join(" ")}`,
      );
  }

  /** All containers, by the order of their creation. */
  get containers(): readonly FakeContainer[] {
    return [...this.#containers.values()];
  }

  get volumes(): readonly string[] {
    return [...this.#volumes.keys()];
  }

  /** Lets the n-th call of all (from 1), or the next one of a method, fail. */
  failAt(which: number | EngineMethod, error: unknown, options?: FailureOptions): this {
    this.#log.failAt(which, error, options);
    return this;
  }

  /** Adds a handler; those added later are asked first, so that a test can override a fixture. */
  onExec(handler: ExecHandler): this {
    this.#execHandlers.unshift(handler);
    return this;
  }

  /** Is told of each container that starts: it may log, or exit. */
  onStart(handler: (container: FakeContainer) => void): this {
    this.#startHandlers.push(handler);
    return this;
  }

  /** The container, or an error: for tests. */
  container(name: string): FakeContainer {
    return this.#get(name);
  }

  /** The container's process ends. */
  exit(name: string, exitCode: number): void {
    const container = this.#get(name);
    const wasRunning = container.state === "running" || container.state === "paused";
    container.state = "exited";
    container.exitCode = exitCode;
    container.address = "";
    for (const network of container.furtherAddresses.keys())
      container.furtherAddresses.set(network, "");
    this.#networks.disconnect(container.id);
    container.notify();
    if (wasRunning) this.#events.tell("die", container);
  }

  /** As `docker pause` and `docker unpause` do it. */
  setPaused(name: string, isPaused: boolean): void {
    const container = this.#get(name);
    container.state = isPaused ? "paused" : "running";
    this.#events.tell(isPaused ? "pause" : "unpause", container);
  }

  /** The engine ends; those who follow its events are told by the end of their streams. */
  endEvents(): void {
    this.#events.end();
  }

  info(): Promise<EngineInfo> {
    return this.#log.perform("info", [], () => this.#info);
  }

  inspectImage(ref: string): Promise<ImageInfo | undefined> {
    return this.#log.perform("inspectImage", [ref], () => this.images.find(ref));
  }

  listImages(): Promise<readonly ImageSummary[]> {
    return this.#log.perform("listImages", [], () =>
      this.images
        .all()
        .filter(({ tags }) => tags.length > 0)
        .map(({ id, tags, sizeBytes, labels }) => {
          return { id, tags, sizeBytes, labels, createdAt: "2026-01-01T00:00:00.000Z" };
        }),
    );
  }

  pullImage(ref: string, options: PullOptions = {}): Promise<void> {
    const pull = () => {
      const wishes = this.registryImages.get(ref);
      if (wishes === undefined) {
        const reason = "no registry answers";
        throw new ToolError("image-not-found", { image: ref, reason });
      }
      options.onProgress?.("1.0 of 1.0 MB");
      this.images.add(ref, wishes);
    };
    return this.#log.perform("pullImage", [ref, options], pull, options.signal);
  }

  tagImage(ref: string, tag: string): Promise<void> {
    return this.#log.perform("tagImage", [ref, tag], () => this.images.tag(ref, tag));
  }

  removeImage(ref: string): Promise<void> {
    return this.#log.perform("removeImage", [ref], () => this.images.remove(ref));
  }

  async *saveImages(refs: readonly string[], options: SaveOptions = {}): AsyncIterable<Uint8Array> {
    yield await this.#log.perform(
      "saveImages",
      [refs, options],
      () => {
        const images = refs.map((ref) => ({ ...this.images.get(ref), tags: [ref] }));
        return this.archives.get(refs.join(" ")) ?? Buffer.from(JSON.stringify(images));
      },
      options.signal,
    );
  }

  loadImages(
    tar: AsyncIterable<Uint8Array>,
    options: WaitOptions = {},
  ): Promise<readonly string[]> {
    const load = async () => {
      const images = parseArchive((await collectBytes(tar)).toString("utf8"));
      for (const { tags, ...image } of images) for (const tag of tags) this.images.add(tag, image);
      return images.flatMap(({ tags }) => tags);
    };
    return this.#log.perform("loadImages", [], load, options.signal);
  }

  createContainer(spec: ContainerSpec, options: WaitOptions = {}): Promise<string> {
    const create = () => {
      this.images.get(spec.image);
      if (this.#containers.has(spec.name)) {
        throw new ToolError("container-name-taken", { container: spec.name });
      }
      const number = ++this.#count;
      const container = new FakeContainer({
        id: number.toString(16).padStart(64, "c"),
        spec,
        createdAt: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
        anonymousVolumes: (spec.anonymousVolumes ?? []).map((_, i) => `anonymous-${number}-${i}`),
      });
      for (const volume of container.anonymousVolumes) this.#volumes.set(volume, {});
      for (const { volume } of spec.namedVolumes ?? []) {
        if (!this.#volumes.has(volume)) this.#volumes.set(volume, {});
      }
      this.#containers.set(spec.name, container);
      this.#events.tell("create", container);
      return container.id;
    };
    return this.#log.perform("createContainer", [spec], create, options.signal);
  }

  startContainer(name: string, options: WaitOptions = {}): Promise<void> {
    const start = () => {
      const container = this.#get(name);
      if (container.state === "running") return;
      const { network } = container.spec;
      container.address = this.#networks.connect(network.name, container, network.ipv4);
      for (const further of container.furtherAddresses.keys())
        container.furtherAddresses.set(further, this.#networks.connect(further, container));
      try {
        container.ports = this.#publish(container);
      } catch (error) {
        this.#networks.disconnect(container.id);
        container.address = "";
        throw error;
      }
      container.state = "running";
      container.startedAt = new Date(Date.UTC(2026, 0, 2) + ++this.#starts * 1000).toISOString();
      container.exitCode = 0;
      this.#events.tell("start", container);
      for (const handler of this.#startHandlers) handler(container);
    };
    return this.#log.perform("startContainer", [name], start, options.signal);
  }

  stopContainer(
    name: string,
    options: WaitOptions & { readonly timeoutSeconds?: number } = {},
  ): Promise<void> {
    const stop = () => {
      if (this.#find(name)?.state === "running") this.exit(name, 137);
    };
    return this.#log.perform("stopContainer", [name, options], stop, options.signal);
  }

  removeContainer(name: string): Promise<void> {
    return this.#log.perform("removeContainer", [name], () => {
      const container = this.#find(name);
      if (container === undefined) return;
      this.exit(container.name, 137);
      this.#containers.delete(container.name);
      this.#events.tell("destroy", container);
      for (const volume of container.anonymousVolumes) this.#volumes.delete(volume);
    });
  }

  listContainers(filter: LabelFilter): Promise<readonly ContainerSummary[]> {
    return this.#log.perform("listContainers", [filter], () =>
      this.containers
        .filter(({ spec }) => hasLabels(spec.labels, filter))
        .map((container) => container.summary())
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  findPublisher(hostPort: number, hostAddress: string): Promise<ContainerSummary | undefined> {
    const wanted = { containerPort: 0, hostPort, hostAddress, protocol: "tcp" } as const;
    return this.#log.perform("findPublisher", [hostPort], () =>
      this.#publisherOf(wanted)?.summary(),
    );
  }

  inspectContainer(name: string): Promise<ContainerDetails | undefined> {
    return this.#log.perform("inspectContainer", [name], () => {
      const container = this.#find(name);
      return container?.details(this.images.find(container.spec.image)?.env ?? []);
    });
  }

  exec(name: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const run = async () => {
      const container = this.#running(name);
      const stdin = (await collectBytes(options.stdin ?? "")).toString("utf8");
      const result = await this.#play(container, command, stdin, options);
      if (options.onLine !== undefined) {
        [...linesOf(result.stdout), ...linesOf(result.stderr)].forEach(options.onLine);
      }
      return result;
    };
    return this.#log.perform(
      "exec",
      [name, command, options],
      () => untilAborted(run(), options.signal),
      options.signal,
    );
  }

  putFiles(
    name: string,
    files: readonly ContainerFile[],
    options: WaitOptions = {},
  ): Promise<void> {
    const put = () => {
      const container = this.#get(name);
      for (const { path, content, mode = 0o644 } of files) {
        // Docker writes below the tmpfs, where nobody sees it.
        if (isUnderTmpfs(container.spec, path)) continue;
        container.files.set(path, { content: Buffer.from(content), mode });
      }
    };
    return this.#log.perform("putFiles", [name, files], put, options.signal);
  }

  readFile(name: string, path: string, options: WaitOptions = {}): Promise<string | undefined> {
    const read = () => {
      const container = this.#get(name);
      return container.text(path) ?? this.images.find(container.spec.image)?.files?.[path];
    };
    return this.#log.perform("readFile", [name, path], read, options.signal);
  }

  readBytes(
    name: string,
    path: string,
    { mostBytes, signal }: WaitOptions & { readonly mostBytes: number },
  ): Promise<FileContent | undefined> {
    const read = () => {
      const container = this.#get(name);
      const bytes = container.files.get(path)?.content;
      const modifiedAt = container.modifiedAt(path);
      if (bytes === undefined || modifiedAt === undefined || bytes.length > mostBytes)
        return undefined;
      return { bytes, modifiedAt };
    };
    return this.#log.perform("readBytes", [name, path], read, signal);
  }

  modifiedAt(name: string, path: string, options: WaitOptions = {}): Promise<string | undefined> {
    const read = () => this.#find(name)?.modifiedAt(path);
    return this.#log.perform("modifiedAt", [name, path], read, options.signal);
  }

  readFolder(
    name: string,
    path: string,
    options: WaitOptions = {},
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const read = () => {
      const below = [...this.#get(name).files].filter(([file]) => file.startsWith(`${path}/`));
      const files = below.map(
        ([file, { content }]) => [file.slice(path.length + 1), content.toString("utf8")] as const,
      );
      return files.length === 0 ? undefined : new Map(files);
    };
    return this.#log.perform("readFolder", [name, path], read, options.signal);
  }

  commitContainer(
    name: string,
    image: { readonly tag: string; readonly labels: Labels },
    options: WaitOptions = {},
  ): Promise<string> {
    const commit = () => {
      const container = this.#get(name);
      const base = this.images.find(container.spec.image);
      const files = Object.fromEntries(
        [...container.files].map(([path, { content }]) => [path, content.toString("utf8")]),
      );
      return this.images.add(image.tag, {
        labels: { ...base?.labels, ...container.spec.labels, ...image.labels },
        files: { ...base?.files, ...files },
      }).id;
    };
    return this.#log.perform("commitContainer", [name, image], commit, options.signal);
  }

  async *logs(name: string, options: LogOptions = {}): AsyncIterable<string> {
    const { follow = false, tail = Infinity, signal } = options;
    const container = await this.#log.perform(
      "logs",
      [name, options],
      () => this.#get(name),
      signal,
    );
    let next = Math.max(0, container.logLines.length - tail);
    for (;;) {
      while (next < container.logLines.length) yield container.logLines[next++] ?? "";
      if (!follow || container.state !== "running") return;
      await untilAborted(container.changed, signal);
    }
  }

  containerEvents(
    filter: LabelFilter,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<AsyncIterable<ContainerEvent>> {
    return this.#log.perform(
      "containerEvents",
      [filter],
      () => this.#events.follow(({ labels }) => hasLabels(labels, filter), signal),
      signal,
    );
  }

  createNetwork(spec: NetworkSpec, options: WaitOptions = {}): Promise<string> {
    const create = () => this.#networks.create(spec);
    return this.#log.perform("createNetwork", [spec], create, options.signal);
  }

  removeNetwork(network: string): Promise<void> {
    return this.#log.perform("removeNetwork", [network], () => this.#networks.remove(network));
  }

  listNetworks(filter?: LabelFilter): Promise<readonly NetworkInfo[]> {
    return this.#log.perform("listNetworks", [filter], () =>
      this.#networks
        .list()
        .filter(({ labels }) => filter === undefined || hasLabels(labels, filter)),
    );
  }

  connectNetwork(network: string, name: string, options: WaitOptions = {}): Promise<void> {
    const connect = () => {
      const container = this.#get(name);
      if (container.spec.network.name === network || container.furtherAddresses.has(network))
        return;
      const isRunning = container.state === "running";
      container.furtherAddresses.set(
        network,
        isRunning ? this.#networks.connect(network, container) : "",
      );
    };
    return this.#log.perform("connectNetwork", [network, name], connect, options.signal);
  }

  disconnectNetwork(network: string, name: string): Promise<void> {
    return this.#log.perform("disconnectNetwork", [network, name], () => {
      const container = this.#find(name);
      if (container?.furtherAddresses.delete(network) === true)
        this.#networks.disconnect(container.id, network);
    });
  }

  createVolume(name: string, labels: Labels): Promise<void> {
    return this.#log.perform("createVolume", [name, labels], () => {
      if (!this.#volumes.has(name)) this.#volumes.set(name, labels);
    });
  }

  removeVolume(name: string): Promise<void> {
    return this.#log.perform("removeVolume", [name], () => {
      const user = this.containers.find(({ spec }) =>
        spec.namedVolumes?.some(({ volume }) => volume === name),
      );
      if (user !== undefined) {
        throw new ToolError("engine-request-failed", {
          action: `remove the volume ${name}`,
          status: 409,
          reason: `volume is in use - [${user.id}]`,
        });
      }
      this.#volumes.delete(name);
    });
  }

  listVolumes(filter: LabelFilter): ReturnType<ContainerEngine["listVolumes"]> {
    return this.#log.perform("listVolumes", [filter], () =>
      [...this.#volumes]
        .map(([name, labels]) => ({ name, labels }))
        .filter(({ labels }) => hasLabels(labels, filter))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  volumeSizes({ signal }: WaitOptions = {}): Promise<ReadonlyMap<string, number>> {
    return this.#log.perform("volumeSizes", [], () => new Map(this.volumeBytes), signal);
  }

  async #play(
    container: FakeContainer,
    command: readonly string[],
    stdin: string,
    options: ExecOptions,
  ): Promise<ExecResult> {
    for (const handler of this.#execHandlers) {
      const result = await handler(container, command, stdin, options);
      if (result !== undefined) return { exitCode: 0, stdout: "", stderr: "", ...result };
    }
    return { exitCode: 0, stdout: "", stderr: "" };
  }

  #publish(container: FakeContainer): readonly PortPublication[] {
    return (container.spec.ports ?? []).map((port) => {
      if (port.hostPort === 0) return { ...port, hostPort: this.#nextPort++ };
      const owner = this.#publisherOf(port);
      if (owner === undefined && !this.takenPorts.has(port.hostPort)) return port;
      throw new ToolError("port-taken", {
        port: port.hostPort,
        owner: owner === undefined ? "another program" : `container ${owner.name}`,
      });
    });
  }

  #publisherOf(port: PortPublication): FakeContainer | undefined {
    return this.containers.find(
      ({ state, ports }) => state === "running" && ports.some((taken) => doPortsClash(taken, port)),
    );
  }

  #find(container: string): FakeContainer | undefined {
    return this.#containers.get(container) ?? this.containers.find(({ id }) => id === container);
  }

  #get(container: string): FakeContainer {
    const found = this.#find(container);
    if (found === undefined) throw new ToolError("container-not-found", { container });
    return found;
  }

  #running(name: string): FakeContainer {
    const container = this.#get(name);
    if (container.state === "running") return container;
    throw new ToolError("container-not-running", { container: name });
  }
}

const healthyEngine: EngineInfo = {
  version: "28.3.3",
  apiVersion: "1.51",
  address: "unix:///var/run/docker.sock",
  isLocal: true,
  operatingSystem: "Debian GNU/Linux 13 (trixie)",
  arch: "amd64",
  cgroupVersion: "2",
  cgroupDriver: "systemd",
  storageDriver: "overlay2",
  backingFilesystem: "extfs",
  hasContainerdStore: false,
  isRootless: false,
  hasUserNamespaces: false,
  isVirtualMachine: false,
  cpus: 4,
  memoryBytes: 16 * 1024 ** 3,
  dataRoot: "/var/lib/docker",
};

function hasLabels(labels: Labels, filter: LabelFilter): boolean {
  return Object.entries(filter.labels).every(
    ([name, value]) => name in labels && (value === "" || labels[name] === value),
  );
}

function doPortsClash(a: PortPublication, b: PortPublication): boolean {
  const everywhere = (address: string) => address === "" || address === "0.0.0.0";
  return (
    a.hostPort === b.hostPort &&
    a.protocol === b.protocol &&
    (a.hostAddress === b.hostAddress || everywhere(a.hostAddress) || everywhere(b.hostAddress))
  );
}

function isUnderTmpfs({ tmpfs = [] }: ContainerSpec, path: string): boolean {
  return tmpfs.some((each) => path.startsWith(`${each.split(":")[0] ?? each}/`));
}

function parseArchive(text: string): readonly ImageInfo[] {
  try {
    return JSON.parse(text) as ImageInfo[];
  } catch (cause) {
    throw new ToolError(
      "engine-request-failed",
      { action: "load images", status: 200, reason: "unexpected EOF" },
      { cause },
    );
  }
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function untilAborted<Answer>(
  work: Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
