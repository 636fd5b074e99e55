import { ToolError } from "../../errors/tool-error.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import { openBolt, type BoltBucket } from "../../formats/bolt.ts";
import { criNamespace, sourceLabel, sourceOf, type NodeImage } from "./node-records.ts";

/** What containerd of a node has, as its own database says. */
export interface NodeStore {
  readonly records: readonly NodeImage[];
  /** The stacks of layers that a snapshotter has. */
  chainIds(snapshotter: string): ReadonlySet<string>;
  /** When the node was started last. */
  readonly startedAt: string;
}

export type StoreEngine = Pick<ContainerEngine, "inspectContainer" | "readBytes" | "modifiedAt">;

/** containerd's default root with its metadata: https://github.com/containerd/containerd/blob/main/docs/ops.md#base-configuration */
const database = "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db";

/** A database with thousands of images; asking containerd is less work then. */
const mostBytes = 16 * 1024 ** 2;

/** Between writes it is quiet for long; a node that starts pods writes a few times a second. */
const tries = 2;

/**
 * Reads containerd's database from outside of the node, which takes the engine a hundredth of a second; a command in
 * the node takes ten times as long. Undefined when it cannot be read so, or is being written: then containerd is to
 * be asked. Its layout is containerd's own and has stayed since 1.0, additions aside:
 * https://github.com/containerd/containerd/blob/main/core/metadata/buckets.go
 *
 * @throws ToolError `container-not-running`
 */
export async function readNodeStore(
  node: string,
  engine: StoreEngine,
  signal?: AbortSignal,
): Promise<NodeStore | undefined> {
  const options = signal === undefined ? {} : { signal };
  for (let i = 0; i < tries; i++) {
    const [details, file] = await Promise.all([
      engine.inspectContainer(node),
      engine.readBytes(node, database, { ...options, mostBytes }),
    ]);
    if (details === undefined) throw new ToolError("container-not-found", { container: node });
    if (details.state !== "running")
      throw new ToolError("container-not-running", { container: node });
    if (file === undefined) return undefined;
    // A page that is free is written again by the transaction after the next one, so an older write does no harm.
    if ((await engine.modifiedAt(node, database, options)) !== file.modifiedAt) continue;
    return parseStore(
      Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength),
      details.startedAt,
    );
  }
  return undefined;
}

function parseStore(bytes: Buffer, startedAt: string): NodeStore | undefined {
  try {
    const namespace = openBolt(bytes).bucket("v1", criNamespace);
    if (namespace === undefined) return undefined;
    return {
      records: recordsOf(namespace.bucket("images")),
      chainIds: (snapshotter) => chainIdsOf(namespace.bucket("snapshots", snapshotter)),
      startedAt,
    };
  } catch {
    // Of another byte order, or of a version of bolt that is not known here.
    return undefined;
  }
}

function recordsOf(images: BoltBucket | undefined): readonly NodeImage[] {
  if (images === undefined) return [];
  return [...images.buckets()].flatMap(([name, image]) => {
    const target = image.bucket("target")?.value("digest")?.toString();
    if (target === undefined) return [];
    const label = image.bucket("labels")?.value(sourceLabel)?.toString() ?? "";
    return [{ name, target, source: sourceOf(label, target) }];
  });
}

/** Snapshots of containers, and those that are being unpacked, have other names. */
function chainIdsOf(snapshots: BoltBucket | undefined): ReadonlySet<string> {
  return new Set([...(snapshots?.keys() ?? [])].filter((key) => /^sha256:[0-9a-f]{64}$/.test(key)));
}
