import type { ContainerEngine } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { familiarName, parseImageReference } from "../formats/image-reference.ts";
import { askNodes } from "../nodes/ask-nodes.ts";
import { findControlPlane, findNodeNames } from "../nodes/find-nodes.ts";
import {
  bytesOf,
  readNodeContents,
  type NodeContents,
  type StoredImage,
} from "./list-node-images.ts";
import { kubectl, runOnNode } from "../nodes/run-on-node.ts";
import { criNamespace } from "./node-store/node-records.ts";
import removeScript from "./remove-images.sh";

export interface PruneRequest {
  readonly cluster: string;
  /** Reports what would be removed, and removes nothing. */
  readonly isDryRun: boolean;
  /** How long the nodes may take for it. */
  readonly timeoutMs: number;
}

export interface PruneReport {
  readonly isDryRun: boolean;
  readonly removed: readonly PrunedImage[];
  readonly freedBytes: number;
}

export interface PrunedImage {
  readonly node: string;
  readonly image: string;
  /** What went with it: the layers that no image that stays has. */
  readonly bytes: number;
}

/** Kinds whose pods may come back: what they name is in use even while no pod of theirs runs. */
const users = "pods,deployments,statefulsets,daemonsets,replicasets,jobs,cronjobs";

/**
 * Removes from the nodes what Airfield brought there and nothing uses: images that no pod, no template of
 * a workload and no container names, and those that lost their names to newer ones. What came with the
 * node image stays, the kubelet's own garbage collection takes care of what was pulled.
 *
 * @throws ToolError `cluster-not-found`, `nodes-not-answering`
 */
export async function pruneImages(
  { cluster, isDryRun, timeoutMs: withinMs }: PruneRequest,
  ports: Pick<Ports, "engine" | "clock">,
  signal?: AbortSignal,
): Promise<PruneReport> {
  const { engine } = ports;
  const [nodes, controlPlane] = await Promise.all([
    findNodeNames({ cluster }, engine),
    findControlPlane(cluster, engine),
  ]);
  const [named = []] = await askNodes(
    [controlPlane.name],
    (node, until) => imagesNamedInCluster(node, engine, until),
    { action: "tell what the cluster's objects name", ports, signal, withinMs },
  );
  const perNode = await askNodes(
    nodes,
    async (node, until) => {
      const contents = await readNodeContents(node, engine, until);
      const inContainers = await imagesOfContainers(node, engine, until);
      const unused = findUnused(contents, new Set([...named, ...inContainers]));
      if (!isDryRun) await remove(node, unused, engine, until);
      return reportRemoved(node, unused, contents);
    },
    { action: "remove images that nothing uses", ports, signal, withinMs },
  );
  return {
    isDryRun,
    removed: perNode.flatMap(({ removed }) => removed),
    freedBytes: perNode.reduce((sum, { freedBytes }) => sum + freedBytes, 0),
  };
}

/** Pure: what of a node's images may go. `used` has full names and ids. */
export function findUnused(
  { images }: NodeContents,
  used: ReadonlySet<string>,
): readonly StoredImage[] {
  return images.filter(
    ({ names, id, isLoaded }) =>
      (isLoaded || names.length === 0) && ![...names, id].some((name) => used.has(name)),
  );
}

async function imagesNamedInCluster(
  controlPlane: string,
  engine: Pick<ContainerEngine, "exec">,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // Each "image" field at any depth: of containers, init and ephemeral ones, and of their states.
  const what = ["get", users, "--all-namespaces", "--output", "jsonpath={..image}"];
  const text = await runOnNode(engine, controlPlane, kubectl(...what), { signal });
  const names = text.split(/\s+/);
  return names.flatMap((name) => [name, ...fullNameOf(name)]);
}

/** What nothing could be pulled by is no image's name; the API takes any text. */
function fullNameOf(name: string): readonly string[] {
  try {
    return [parseImageReference(name).full];
  } catch {
    return [];
  }
}

/** From `ctr containers ls`: CONTAINER IMAGE RUNTIME; sandboxes, whose pause image CRI does not list, too. */
async function imagesOfContainers(
  node: string,
  engine: Pick<ContainerEngine, "exec">,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const command = ["ctr", "-n", criNamespace, "containers", "ls"];
  const [, ...lines] = (await runOnNode(engine, node, command, { signal })).split("\n");
  return lines.flatMap((line) => line.split(/\s+/)[1] ?? []);
}

async function remove(
  node: string,
  unused: readonly StoredImage[],
  engine: Pick<ContainerEngine, "exec">,
  signal: AbortSignal,
): Promise<void> {
  const names = unused.flatMap((image) => [...image.names, image.id]);
  if (names.length === 0) return;
  const command = ["sh", "-c", removeScript, "sh", ...names];
  await runOnNode(engine, node, command, { signal });
}

/** Pure: each name that goes. What an image takes is said beside the first of its names. */
export function reportRemoved(
  node: string,
  unused: readonly StoredImage[],
  { images, sizes }: NodeContents,
): { readonly removed: readonly PrunedImage[]; readonly freedBytes: number } {
  const staying = images.filter((image) => !unused.includes(image));
  const freed = (gone: readonly StoredImage[], left: readonly StoredImage[]) =>
    bytesOf([...gone, ...left], sizes) - bytesOf(left, sizes);
  return {
    // One after the other, so that a layer of two that go counts once.
    removed: unused.flatMap((image, i) => {
      const bytes = freed([image], [...staying, ...unused.slice(i + 1)]);
      const names = image.names.length === 0 ? [image.id] : image.names;
      return names.map((name, j) => ({
        node,
        image: familiarName(name),
        bytes: j === 0 ? bytes : 0,
      }));
    }),
    freedBytes: freed(unused, staying),
  };
}
