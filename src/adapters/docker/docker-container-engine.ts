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
  PullOptions,
  SaveOptions,
  WaitOptions,
} from "../../ports/container-engine.ts";
import { containerEvents } from "./container-events.ts";
import * as containers from "./containers.ts";
import { EngineConnection } from "./engine-connection.ts";
import { engineInfo, isApiAtLeast } from "./engine-info.ts";
import { exec } from "./exec.ts";
import * as images from "./images.ts";
import { logLines } from "./log-lines.ts";
import * as networks from "./networks.ts";
import { pullImage } from "./pull-image.ts";
import type { RegistryCredentials } from "./registry-credentials.ts";
import type { EngineAddress } from "./resolve-engine-address.ts";
import * as volumes from "./volumes.ts";

type CredentialsOf = (image: string) => Promise<RegistryCredentials | undefined>;

/**
 * Docker through dockerode. Making one costs nothing and reaches nothing: dockerode is loaded and the
 * engine asked with the first call, so a command that needs no engine works without one.
 */
export class DockerContainerEngine implements ContainerEngine {
  readonly #connection: EngineConnection;
  readonly #credentialsOf: CredentialsOf | undefined;
  #apiVersion: Promise<string> | undefined;

  /** @param options.credentialsOf how to pull from registries that want a login */
  constructor(
    address: EngineAddress,
    options: {
      readonly credentialsOf?: CredentialsOf | undefined;
      /** How long it may take for what nobody can cancel; three minutes unless said. */
      readonly answerMs?: number;
    } = {},
  ) {
    this.#connection = new EngineConnection(address, options);
    this.#credentialsOf = options.credentialsOf;
  }

  info(): Promise<EngineInfo> {
    return engineInfo(this.#connection);
  }

  inspectImage(ref: string): Promise<ImageInfo | undefined> {
    return images.inspectImage(this.#connection, ref);
  }

  listImages(): Promise<readonly ImageSummary[]> {
    return images.listImages(this.#connection);
  }

  async pullImage(ref: string, options?: PullOptions): Promise<void> {
    const credentials = await this.#credentialsOf?.(ref);
    await pullImage(this.#connection, ref, { ...options, credentials });
  }

  tagImage(ref: string, tag: string): Promise<void> {
    return images.tagImage(this.#connection, ref, tag);
  }

  removeImage(ref: string): Promise<void> {
    return images.removeImage(this.#connection, ref);
  }

  async *saveImages(
    refs: readonly string[],
    { platform, ...options }: SaveOptions = {},
  ): AsyncIterable<Uint8Array> {
    const takesPlatform = platform !== undefined && (await this.#isApiAtLeast("1.48"));
    yield* images.saveImages(
      this.#connection,
      refs,
      takesPlatform ? { ...options, platform } : options,
    );
  }

  loadImages(tar: AsyncIterable<Uint8Array>, options?: WaitOptions): Promise<readonly string[]> {
    return images.loadImages(this.#connection, tar, options);
  }

  createContainer(spec: ContainerSpec, options?: WaitOptions): Promise<string> {
    return containers.createContainer(this.#connection, spec, options);
  }

  startContainer(container: string, options?: WaitOptions): Promise<void> {
    return containers.startContainer(this.#connection, container, options);
  }

  stopContainer(
    container: string,
    options?: WaitOptions & { readonly timeoutSeconds?: number },
  ): Promise<void> {
    return containers.stopContainer(this.#connection, container, options);
  }

  removeContainer(container: string): Promise<void> {
    return containers.removeContainer(this.#connection, container);
  }

  readFile(container: string, path: string, options?: WaitOptions): Promise<string | undefined> {
    return containers.readFile(this.#connection, container, path, options);
  }

  readFolder(
    container: string,
    path: string,
    options?: WaitOptions,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    return containers.readFolder(this.#connection, container, path, options);
  }

  readBytes(
    container: string,
    path: string,
    options: WaitOptions & { readonly mostBytes: number },
  ): Promise<FileContent | undefined> {
    return containers.readBytes(this.#connection, container, path, options);
  }

  modifiedAt(container: string, path: string, options?: WaitOptions): Promise<string | undefined> {
    return containers.modifiedAt(this.#connection, container, path, options);
  }

  commitContainer(
    container: string,
    image: { readonly tag: string; readonly labels: Readonly<Record<string, string>> },
    options?: WaitOptions,
  ): Promise<string> {
    return images.commitContainer(this.#connection, container, image, options);
  }

  listContainers(filter: LabelFilter): Promise<readonly ContainerSummary[]> {
    return containers.listContainers(this.#connection, filter);
  }

  findPublisher(hostPort: number, hostAddress: string): Promise<ContainerSummary | undefined> {
    return containers.findPublisher(this.#connection, hostPort, hostAddress);
  }

  inspectContainer(container: string): Promise<ContainerDetails | undefined> {
    return containers.inspectContainer(this.#connection, container);
  }

  exec(container: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return exec(this.#connection, container, command, options);
  }

  putFiles(
    container: string,
    files: readonly ContainerFile[],
    options?: WaitOptions,
  ): Promise<void> {
    return containers.putFiles(this.#connection, container, files, options);
  }

  containerEvents(
    filter: LabelFilter,
    options: { readonly signal: AbortSignal },
  ): Promise<AsyncIterable<ContainerEvent>> {
    return containerEvents(this.#connection, filter, options);
  }

  logs(container: string, options?: LogOptions): AsyncIterable<string> {
    return logLines(this.#connection, container, options);
  }

  createNetwork(spec: NetworkSpec, options?: WaitOptions): Promise<string> {
    return networks.createNetwork(this.#connection, spec, options);
  }

  removeNetwork(network: string): Promise<void> {
    return networks.removeNetwork(this.#connection, network);
  }

  listNetworks(filter?: LabelFilter): Promise<readonly NetworkInfo[]> {
    return networks.listNetworks(this.#connection, filter);
  }

  connectNetwork(network: string, container: string, options?: WaitOptions): Promise<void> {
    return networks.connectNetwork(this.#connection, network, container, options);
  }

  disconnectNetwork(network: string, container: string): Promise<void> {
    return networks.disconnectNetwork(this.#connection, network, container);
  }

  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    return volumes.createVolume(this.#connection, name, labels);
  }

  removeVolume(name: string): Promise<void> {
    return volumes.removeVolume(this.#connection, name);
  }

  listVolumes(filter: LabelFilter): ReturnType<ContainerEngine["listVolumes"]> {
    return volumes.listVolumes(this.#connection, filter);
  }

  volumeSizes(options?: WaitOptions): Promise<ReadonlyMap<string, number>> {
    return volumes.volumeSizes(this.#connection, options);
  }

  async #isApiAtLeast(wanted: string): Promise<boolean> {
    this.#apiVersion ??= this.info().then(({ apiVersion }) => apiVersion);
    return isApiAtLeast(await this.#apiVersion, wanted);
  }
}
