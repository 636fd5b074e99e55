import { parse } from "smol-toml";
import { runOnNode } from "../../nodes/run-on-node.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import lookScript from "./look-at-images.sh";
import factsScript from "./node-facts.sh";
import {
  criNamespace,
  isPresent,
  parseImageList,
  sourceLabel,
  type NodeImage,
} from "./node-records.ts";
import type { HostImage } from "../host-image.ts";
import { readNodeStore, type StoreEngine } from "./node-store.ts";

/** How a node unpacks: what its containerd and its config are, as long as they run. */
export interface NodeSetup {
  /** "linux/amd64". */
  readonly platform: string;
  readonly snapshotter: string;
  /** What `ctr images import` is to be told beside that; depends on containerd's version. */
  readonly importFlags: readonly string[];
  /** Whether it labels what it imports. */
  readonly labelsImports: boolean;
}

/** What a node has unpacked, and how it unpacks. */
export interface NodeFacts extends NodeSetup {
  /** The stacks of layers it has. */
  readonly chainIds: ReadonlySet<string>;
}

const defaultSnapshotter = "overlayfs";
/** Printed by the scripts between answers. */
const separator = "--8<--";

/** What the node has of some images, and unless it has them all, what is needed to bring them. */
export interface NodeLook {
  readonly records: readonly NodeImage[];
  readonly facts: NodeFacts | undefined;
}

/** Throws when the node's containerd does not answer, or the node does not run. */
export async function lookAtNode(
  node: string,
  images: readonly HostImage[],
  engine: StoreEngine & Pick<ContainerEngine, "exec" | "readFile" | "putFiles">,
  signal?: AbortSignal,
): Promise<NodeLook> {
  const [store, kept] = await Promise.all([
    readNodeStore(node, engine, signal),
    readSetup(node, engine, signal),
  ]);
  if (store === undefined) return askNode(node, images, engine, signal);
  const { records, startedAt } = store;
  if (kept?.startedAt === startedAt)
    return { records, facts: { ...kept, chainIds: store.chainIds(kept.snapshotter) } };
  if (images.every((image) => isPresent(image, records))) return { records, facts: undefined };
  const look = await askNode(node, images, engine, signal);
  if (look.facts !== undefined) await keepSetup(node, { ...look.facts, startedAt }, engine, signal);
  return look;
}

async function askNode(
  node: string,
  images: readonly Pick<HostImage, "name" | "id">[],
  engine: Pick<ContainerEngine, "exec">,
  signal: AbortSignal | undefined,
): Promise<NodeLook> {
  const wanted = images.map(({ name, id }) => `${name} ${id}`).join("\n");
  const command = [
    "sh",
    "-c",
    `${lookScript}${factsScript}`,
    "sh",
    defaultSnapshotter,
    wanted,
    ...filtersOf(images),
  ];
  const text = await runOnNode(engine, node, command, { signal });
  const [list = "", ...rest] = text.split(`${separator}\n`);
  const facts = rest.length === 0 ? undefined : parseNodeFacts(rest.join(`${separator}\n`));
  return { records: parseImageList(list), facts: isUsual(facts) ? facts : undefined };
}

/** Beside containerd's data: what it tells of itself takes a command in the node, and is the same until it is started again. */
const setupFile = "/var/lib/airfield/containerd.json";

interface KeptSetup extends NodeSetup {
  /** Of the node: what was kept before is of no use. */
  readonly startedAt: string;
}

async function readSetup(
  node: string,
  engine: Pick<ContainerEngine, "readFile">,
  signal: AbortSignal | undefined,
): Promise<KeptSetup | undefined> {
  const text = await engine.readFile(node, setupFile, signal === undefined ? {} : { signal });
  try {
    return text === undefined ? undefined : (JSON.parse(text) as KeptSetup);
  } catch {
    // Another command is writing it.
    return undefined;
  }
}

async function keepSetup(
  node: string,
  { startedAt, platform, snapshotter, importFlags, labelsImports }: KeptSetup,
  engine: Pick<ContainerEngine, "putFiles">,
  signal: AbortSignal | undefined,
): Promise<void> {
  const kept: KeptSetup = { startedAt, platform, snapshotter, importFlags, labelsImports };
  await engine.putFiles(
    node,
    [{ path: setupFile, content: JSON.stringify(kept) }],
    signal === undefined ? {} : { signal },
  );
}

/** Throws when the node's containerd does not answer. */
export async function readNodeFacts(
  node: string,
  engine: Pick<ContainerEngine, "exec">,
  signal?: AbortSignal,
): Promise<NodeFacts> {
  const read = (snapshotter: string) =>
    runOnNode(engine, node, ["sh", "-c", factsScript, "sh", snapshotter], { signal });
  const facts = parseNodeFacts(await read(defaultSnapshotter));
  if (isUsual(facts)) return facts;
  return parseNodeFacts(await read(facts.snapshotter));
}

/** Another snapshotter than kind's default is rare enough to ask a second time for. */
function isUsual(facts: NodeFacts | undefined): boolean {
  return facts?.snapshotter === defaultSnapshotter;
}

/** The node's records of these images: by their names, and by what identifies them under any name. */
export async function readNodeImages(
  node: string,
  images: readonly { readonly name: string; readonly id: string }[],
  engine: Pick<ContainerEngine, "exec">,
  signal?: AbortSignal,
): Promise<readonly NodeImage[]> {
  const command = ["ctr", "-n", criNamespace, "images", "ls", ...filtersOf(images)];
  return parseImageList(await runOnNode(engine, node, command, { signal }));
}

function filtersOf(
  images: readonly { readonly name: string; readonly id: string }[],
): readonly string[] {
  return images.flatMap(({ name, id }) => [
    `name==${name}`,
    `name==${id}`,
    `target.digest==${id}`,
    `labels."${sourceLabel}"~=^${id}`,
  ]);
}

export function parseNodeFacts(text: string): NodeFacts {
  const [machine = "", snapshots = "", config = "", importHelp = ""] = text.split(`${separator}\n`);
  return {
    platform: `linux/${goArchitecture(machine.trim())}`,
    snapshotter: parseSnapshotter(config),
    importFlags: importFlagsOf(config),
    labelsImports: /^\s*--label\b/m.test(importHelp),
    chainIds: new Set(parseSnapshotKeys(snapshots)),
  };
}

/** From `ctr snapshots ls`: KEY PARENT KIND; containers' own (active) snapshots are left out. */
function parseSnapshotKeys(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => /\sCommitted\s*$/.test(line))
    .flatMap((line) => /^sha256:[0-9a-f]{64}(?=\s)/.exec(line)?.[0] ?? []);
}

/**
 * The snapshotter of CRI in `containerd config dump`: the table moved with version 3 of the config
 * (https://github.com/containerd/containerd/blob/main/docs/cri/config.md); version 4 has it where 3 has.
 */
export function parseSnapshotter(configDump: string): string {
  const config: unknown = parse(configDump);
  const plugins = at(config, "plugins");
  const version2 = at(at(plugins, "io.containerd.grpc.v1.cri"), "containerd");
  const version3 = at(plugins, "io.containerd.cri.v1.images");
  const snapshotter = at(version3, "snapshotter") ?? at(version2, "snapshotter");
  return typeof snapshotter === "string" && snapshotter !== "" ? snapshotter : defaultSnapshotter;
}

/**
 * From containerd 2.0 on, `ctr images import` hands the archive to containerd's transfer service, which takes
 * three times the processor time: 16 s for 400 MB where it is 6 s. 1.6 always imports by itself and does not
 * know the flag. The config's version is 2 up to 1.7. Not `--discard-unpacked-layers`: when a node is stopped
 * while it unpacks, CRI unpacks from the layers what is missing.
 */
function importFlagsOf(configDump: string): readonly string[] {
  const version = at(parse(configDump), "version");
  return typeof version === "number" && version >= 3 ? ["--local"] : [];
}

function at(table: unknown, key: string): unknown {
  return typeof table === "object" && table !== null
    ? (table as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** `uname -m` in Go's words, which images are labelled with. */
function goArchitecture(machine: string): string {
  const names: Readonly<Record<string, string>> = {
    x86_64: "amd64",
    aarch64: "arm64",
    armv7l: "arm",
  };
  return names[machine] ?? machine;
}
