import type {
  ContainerDetails,
  ContainerSpec,
  ContainerState,
  ContainerSummary,
  PortPublication,
} from "../../../src/ports/container-engine.ts";

export interface FakeFile {
  readonly content: Buffer;
  readonly mode: number;
}

/** A container of the fake engine, open to tests and exec handlers. */
export class FakeContainer {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly createdAt: string;
  readonly anonymousVolumes: readonly string[];
  /** Put there by putFiles, by handlers and by tests. */
  readonly files = new Map<string, FakeFile>();
  readonly logLines: string[] = [];
  state: ContainerState = "created";
  /** As Docker says it of what was never started. */
  startedAt = "0001-01-01T00:00:00Z";
  exitCode = 0;
  /** On the network it was made for. */
  address = "";
  /** Names of the networks it was put on later, with its address there while it runs. */
  readonly furtherAddresses = new Map<string, string>();
  /** The real host ports while it runs. */
  ports: readonly PortPublication[];
  readonly #modified = new WeakMap<FakeFile, string>();
  #writes = 0;
  #changed = Promise.withResolvers<void>();

  constructor({
    id,
    spec,
    createdAt,
    anonymousVolumes,
  }: Pick<FakeContainer, "id" | "spec" | "createdAt" | "anonymousVolumes">) {
    this.id = id;
    this.spec = spec;
    this.createdAt = createdAt;
    this.anonymousVolumes = anonymousVolumes;
    this.ports = spec.ports ?? [];
  }

  get name(): string {
    return this.spec.name;
  }

  /** Text of a file in the container, or undefined. */
  text(path: string): string | undefined {
    return this.files.get(path)?.content.toString("utf8");
  }

  /** When a file was last written; each file that was put there has a time of its own. */
  modifiedAt(path: string): string | undefined {
    const file = this.files.get(path);
    if (file === undefined) return undefined;
    const known = this.#modified.get(file);
    if (known !== undefined) return known;
    const time = new Date(Date.UTC(2026, 0, 1) + ++this.#writes).toISOString();
    this.#modified.set(file, time);
    return time;
  }

  /** Writes a line to the container's log. */
  log(line: string): void {
    this.logLines.push(line);
    this.notify();
  }

  /** Wakes those who follow the log. */
  notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** Resolves with the next line or change of state. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  summary(): ContainerSummary {
    const { id, name, spec, state, createdAt } = this;
    return { id, name, image: spec.image, state, labels: spec.labels, createdAt };
  }

  details(imageEnv: readonly string[]): ContainerDetails {
    return {
      ...this.summary(),
      startedAt: this.startedAt,
      exitCode: this.exitCode,
      addresses: Object.fromEntries(
        [[this.spec.network.name, this.address] as const, ...this.furtherAddresses].filter(
          ([, address]) => address !== "",
        ),
      ),
      networks: [this.spec.network.name, ...this.furtherAddresses.keys()].sort(),
      ports: this.state === "running" ? this.ports : (this.spec.ports ?? []),
      env: [
        ...Object.entries(this.spec.env).map(([name, value]) => `${name}=${value}`),
        ...imageEnv,
      ],
    };
  }
}
