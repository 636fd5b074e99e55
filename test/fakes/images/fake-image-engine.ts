import { createHash } from "node:crypto";
import type {
  ContainerDetails,
  ContainerEngine,
  ContainerFile,
  ContainerSummary,
  EngineInfo,
  ExecOptions,
  ExecResult,
  FileContent,
  ImageInfo,
  SaveOptions,
} from "../../../src/ports/container-engine.ts";
import { chainIdsOf } from "../../../src/images/deliver/chain-ids.ts";
import { configSchema, indexSchema, manifestSchema } from "../../../src/images/oci-schemas.ts";
import { readTar } from "../../../src/formats/read-tar.ts";
import { sampleBolt } from "./sample-bolt.ts";
import {
  blobName,
  ociArchiveFiles,
  tarOf,
  type ArchiveFile,
  type SampleImage,
} from "./sample-image.ts";

function tagOf(name: string): string {
  return name.includes(":") ? name : `${name}:latest`;
}

/** An engine with images and nodes: what of Docker and containerd image delivery relies on. */
export class FakeImageEngine {
  readonly images = new Map<string, SampleImage>();
  readonly nodes: readonly FakeNode[];
  hasContainerdStore = false;
  archiveOf: (images: readonly SampleImage[]) => readonly ArchiveFile[] = ociArchiveFiles;
  readonly saves: { readonly refs: readonly string[]; readonly options: SaveOptions }[] = [];

  tagsOf = (image: SampleImage): readonly string[] =>
    [...this.images].flatMap(([name, each]) => (each === image ? [tagOf(name)] : []));

  constructor(nodeNames: readonly string[], images: readonly SampleImage[]) {
    this.nodes = nodeNames.map((name) => new FakeNode(name));
    for (const image of images) this.images.set(image.ref, image);
  }

  node(name: string): FakeNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`no node ${name}`);
    return found;
  }

  asEngine(): ContainerEngine {
    return this as unknown as ContainerEngine;
  }

  info(): Promise<Partial<EngineInfo>> {
    return Promise.resolve({
      address: "unix:///var/run/docker.sock",
      isLocal: true,
      arch: "amd64",
      hasContainerdStore: this.hasContainerdStore,
      isRootless: false,
      isVirtualMachine: false,
    });
  }

  inspectImage(ref: string): Promise<Partial<ImageInfo> | undefined> {
    const image = this.images.get(ref) ?? this.#findById(ref);
    if (image === undefined) return Promise.resolve(undefined);
    const { os, architecture } = configSchema.parse(JSON.parse(image.config.bytes.toString()));
    return Promise.resolve({
      id: this.#idOf(image),
      tags: this.tagsOf(image),
      os,
      arch: architecture,
      layers: image.layers.map(({ diffId }) => diffId),
    });
  }

  #idOf(image: SampleImage): string {
    return this.hasContainerdStore ? image.manifest.digest : image.config.digest;
  }

  /** By the beginning of an id, as engines do where no image has the name. */
  #findById(ref: string): SampleImage | undefined {
    const id = ref.startsWith("sha256:") ? ref : `sha256:${ref}`;
    return [...this.images.values()].find((image) => this.#idOf(image).startsWith(id));
  }

  async *saveImages(refs: readonly string[], options: SaveOptions): AsyncIterable<Uint8Array> {
    this.saves.push({ refs, options });
    const images = refs.flatMap((ref) => this.images.get(ref) ?? []);
    for await (const chunk of tarOf(this.archiveOf(images))) {
      options.signal?.throwIfAborted();
      yield chunk;
    }
  }

  /** Later than an inspection that was asked for at the same time, as the real engine's lists are. */
  async listContainers({
    labels,
  }: {
    readonly labels: Readonly<Record<string, string>>;
  }): Promise<readonly Partial<ContainerSummary>[]> {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    const cluster = labels["io.x-k8s.kind.cluster"];
    if (cluster !== "dev" && cluster !== "") return [];
    return [
      ...this.nodes.map(({ name }) => ({
        name,
        labels: { "io.x-k8s.kind.cluster": "dev", "io.x-k8s.kind.role": "worker" },
      })),
      { name: "dev-registry", labels: { "io.x-k8s.kind.cluster": "dev" } },
    ];
  }

  exec(name: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return this.node(name).exec(command, options);
  }

  inspectContainer(name: string): Promise<Partial<ContainerDetails> | undefined> {
    const { isDead, startedAt } = this.node(name);
    return Promise.resolve({ state: isDead ? "exited" : "running", startedAt });
  }

  readBytes(name: string): Promise<FileContent | undefined> {
    return Promise.resolve(this.node(name).database());
  }

  modifiedAt(name: string): Promise<string | undefined> {
    const node = this.node(name);
    const modifiedAt = node.database()?.modifiedAt;
    node.onFacts();
    return Promise.resolve(modifiedAt);
  }

  readFile(name: string, path: string): Promise<string | undefined> {
    return Promise.resolve(this.node(name).files.get(path));
  }

  putFiles(name: string, files: readonly ContainerFile[]): Promise<void> {
    for (const { path, content } of files) this.node(name).files.set(path, content.toString());
    return Promise.resolve();
  }
}

/** A node's containerd: images by name, unpacked stacks of layers. */
export class FakeNode {
  readonly name: string;
  /** Names and what they point to. */
  readonly images = new Map<string, { readonly target: string; label?: string }>();
  readonly chainIds = new Set<string>();
  /** Names of the files in each archive it got. */
  readonly imports: string[][] = [];
  readonly commands: string[][] = [];
  /** What each import was to label afterwards: names and ids. */
  readonly labelledLater: string[][] = [];
  machine = "x86_64";
  /** As containerd 2 does. */
  labelsImports = true;
  /** Called at the beginning of an import; may throw, wait or answer. */
  onImport: (signal?: AbortSignal) => Promise<ExecResult | undefined> = () =>
    Promise.resolve(undefined);
  /** Called when the node has told what it has. */
  onFacts = () => {};
  isDead = false;
  /** What a unit's state and its log are. */
  journal = "";
  startedAt = "2026-01-01T00:00:00Z";
  /** Files that were put into it. */
  readonly files = new Map<string, string>();
  /** Whether containerd's database can be read from outside of the node. */
  hasDatabase = true;
  /** Loaded images as the listing of all contents tells them. */
  contents: readonly { readonly name: string; readonly chainIds: readonly string[] }[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** containerd's, as it is now. */
  database(): FileContent | undefined {
    if (!this.hasDatabase) return undefined;
    const records = [...this.images].map(([name, { target, label = "" }]) => {
      const labels = label.split(",").map((each) => each.split("=") as [string, string]);
      return [name, { target: { digest: target }, labels: Object.fromEntries(labels) }] as const;
    });
    const overlayfs = Object.fromEntries([...this.chainIds].map((id) => [id, { name: "1" }]));
    const images = Object.fromEntries(records);
    const bytes = sampleBolt({ v1: { "k8s.io": { images, snapshots: { overlayfs } } } });
    return { bytes, modifiedAt: createHash("sha256").update(bytes).digest("hex") };
  }

  async exec(command: readonly string[], { stdin, signal }: ExecOptions): Promise<ExecResult> {
    this.commands.push([...command]);
    if (this.isDead) throw new Error(`Container "${this.name}" is not running.`);
    const text = command.join(" ");
    if (text.includes("journalctl")) return done(this.journal);
    if (text.includes("content ls")) return done(contentsText(this.contents));
    if (text.includes("config dump")) {
      const list = text.includes("images ls") ? this.#imageList() : "";
      if (list !== "" && this.#hasAll(command[5] ?? "")) return done(list);
      const facts = this.#facts();
      this.onFacts();
      return done(list === "" ? facts : `${list}--8<--\n${facts}`);
    }
    if (text.includes("images import"))
      return this.#import(stdin as AsyncIterable<Uint8Array>, signal);
    if (text.includes("images ls")) return done(this.#imageList());
    if (text.includes("images rm")) this.images.delete(command.at(-1) ?? "");
    if (text.includes("images tag")) {
      const [from = "", name = "", label = ""] = command.slice(4);
      const record = this.images.get(from);
      if (record === undefined) return { exitCode: 1, stdout: "", stderr: "ctr: not found" };
      this.images.set(name, { ...record, label });
    }
    return done("");
  }

  async #import(stdin: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<ExecResult> {
    const answer = await this.onImport(signal);
    if (answer !== undefined) return answer;
    const files = new Map<string, Buffer>();
    const { lines, rest } = await firstLines(stdin);
    const [line = "", later = ""] = lines;
    const labels = later.split(" ").filter((word) => word !== "");
    this.labelledLater.push(labels);
    const flags = [...line.matchAll(/--label (\S+)/g)].map(([, label]) => label);
    for await (const { name, content } of readTar(rest)) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      files.set(name, Buffer.concat(chunks));
    }
    this.imports.push([...files.keys()]);
    const read = (name: string): unknown => JSON.parse(files.get(name)?.toString() ?? "null");
    for (const { digest, annotations } of indexSchema.parse(read("index.json")).manifests) {
      const manifest = manifestSchema.parse(read(blobName(digest)));
      const config = configSchema.parse(read(blobName(manifest.config.digest)));
      const name = annotations?.["io.containerd.image.name"] ?? "";
      this.images.set(
        name,
        flags.length === 0 ? { target: digest } : { target: digest, label: flags.join(",") },
      );
      const chainIds = chainIdsOf(config.rootfs.diff_ids);
      for (const [i, chainId] of chainIds.entries()) {
        const layer = manifest.layers[i]?.digest ?? "";
        if (!this.chainIds.has(chainId) && !files.has(blobName(layer)))
          return { exitCode: 1, stdout: "", stderr: `ctr: content digest ${layer}: not found` };
        this.chainIds.add(chainId);
      }
      this.images.set(manifest.config.digest, { target: digest });
    }
    for (let i = 0; i < labels.length; i += 2) {
      const record = this.images.get(labels[i] ?? "");
      const id = labels[i + 1] ?? "";
      if (record !== undefined)
        record.label = `airfield.dev/loaded=true${id === "-" ? "" : `,airfield.dev/source=${id}/${record.target}`}`;
    }
    return done([...this.images.keys()].map((name) => `unpacking ${name} (…)...done\n`).join(""));
  }

  #hasAll(wanted: string): boolean {
    return wanted.split("\n").every((line) => {
      const [name = "", id = ""] = line.split(" ");
      const record = this.images.get(name);
      if (record === undefined) return false;
      const text = `${record.target} ${record.label ?? ""}`;
      return text.includes(id) || this.images.get(id)?.target === record.target;
    });
  }

  #imageList(): string {
    const rows = [...this.images].map(
      ([name, { target, label }]) =>
        `${name} application/vnd.oci.image.manifest.v1+json ${target} 1.0 MiB linux/amd64 ${label ?? "-"}`,
    );
    return ["REF TYPE DIGEST SIZE PLATFORMS LABELS", ...rows, ""].join("\n");
  }

  #facts(): string {
    const snapshots = [...this.chainIds].map((id) => `${id}  Committed `);
    return [
      `${this.machine}\n`,
      ["KEY PARENT KIND", ...snapshots, ""].join("\n"),
      'version = 3\n[plugins."io.containerd.cri.v1.images"]\nsnapshotter = "overlayfs"\n',
      this.labelsImports ? "   --label string  Labels to attach to the image\n" : "",
    ].join("--8<--\n");
  }
}

/** Images, content, snapshots, usage: as `ctr` prints them. */
function contentsText(images: FakeNode["contents"]): string {
  const digest = (letter: string, i: number) => `sha256:${letter.repeat(63)}${i}`;
  const gc = "containerd.io/gc.ref";
  return [
    images.map(
      ({ name }, i) =>
        `${name} manifest ${digest("a", i)} 1MiB linux/amd64 airfield.dev/loaded=true`,
    ),
    images.flatMap(({ chainIds }, i) => [
      `${digest("a", i)}\t1B\t1m\t${gc}.content.config=${digest("c", i)}`,
      `${digest("c", i)}\t1B\t1m\t${gc}.snapshot.overlayfs=${chainIds.at(-1) ?? ""}`,
    ]),
    [],
    images.flatMap(({ chainIds }) => chainIds.map((chainId) => `${chainId} 1000 1`)),
  ]
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("--8<--\n");
}

async function firstLines(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly lines: readonly string[]; readonly rest: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const { value } = (await iterator.next()) as { readonly value?: Uint8Array };
  return {
    lines: Buffer.from(value ?? [])
      .toString()
      .split("\n"),
    rest: { [Symbol.asyncIterator]: () => iterator },
  };
}

function done(stdout: string): ExecResult {
  return { exitCode: 0, stdout, stderr: "" };
}
