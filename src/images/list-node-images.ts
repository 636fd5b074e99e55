import type { ContainerEngine } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { familiarName } from "../formats/image-reference.ts";
import listScript from "./list-contents.sh";
import { askNodes } from "../nodes/ask-nodes.ts";
import { findNodeNames } from "../nodes/find-nodes.ts";
import { runOnNode } from "../nodes/run-on-node.ts";
import { readNodeFacts } from "./node-store/node-facts.ts";
import { loadedLabel } from "./node-store/node-records.ts";

/** An image on a node. */
export interface ImageOnNode {
  readonly node: string;
  /** "sha256:…" when the image lost its names to a newer one. */
  readonly image: string;
  readonly id: string;
  /** What it takes unpacked. */
  readonly sizeBytes: number;
  /** The part of it that other images of the node have, too. */
  readonly sharedBytes: number;
  /** Airfield brought it; the others came with the node or were pulled. */
  readonly isLoaded: boolean;
}

/** Printed by the script between answers. */
const separator = "--8<--";

/** Images of a cluster's nodes, node by node, by name. Throws `nodes-not-answering` after a minute. */
export async function listImagesOnNodes(
  request: { readonly cluster: string; readonly nodes?: readonly string[] },
  ports: Pick<Ports, "engine" | "clock">,
  signal?: AbortSignal,
): Promise<readonly ImageOnNode[]> {
  const { engine } = ports;
  const nodes = await findNodeNames(request, engine);
  const lists = await askNodes(
    nodes,
    async (node, until) => imagesOf(node, await readNodeContents(node, engine, until)),
    { action: "list its images", ports, signal },
  );
  return lists.flat();
}

/** What a node's containerd keeps. */
export interface NodeContents {
  readonly images: readonly StoredImage[];
  /** Bytes of each unpacked layer, by chain ID. */
  readonly sizes: ReadonlyMap<string, number>;
}

export interface StoredImage {
  /** Without the record named after its id. */
  readonly names: readonly string[];
  /** The config's digest, as CRI has it. */
  readonly id: string;
  readonly chainIds: readonly string[];
  readonly isLoaded: boolean;
}

export async function readNodeContents(
  node: string,
  engine: Pick<ContainerEngine, "exec">,
  signal?: AbortSignal,
): Promise<NodeContents> {
  const { snapshotter } = await readNodeFacts(node, engine, signal);
  const command = ["sh", "-c", listScript, "sh", snapshotter];
  return parseNodeContents(await runOnNode(engine, node, command, { signal }));
}

/**
 * What an image consists of stands in labels of its content, which containerd's garbage collection goes by: from
 * manifest to config, from config to the topmost snapshot.
 * https://github.com/containerd/containerd/blob/main/docs/garbage-collection.md
 */
export function parseNodeContents(text: string): NodeContents {
  const [list = "", content = "", snapshots = "", usage = ""] = text.split(`${separator}\n`);
  const references = parseReferences(content);
  const parents = parseParents(snapshots);
  const targets = new Map<string, { readonly names: string[]; isLoaded: boolean }>();
  for (const line of list.split("\n")) {
    const [, name, target] = /^(\S+)\s+\S+\s+(sha256:[0-9a-f]{64})\s/.exec(line) ?? [];
    if (name === undefined || target === undefined) continue;
    const known = targets.get(target) ?? { names: [], isLoaded: false };
    if (!name.startsWith("sha256:")) known.names.push(name);
    targets.set(target, {
      names: known.names,
      isLoaded: known.isLoaded || line.includes(`${loadedLabel}=`),
    });
  }
  const images = [...targets].flatMap(([target, { names, isLoaded }]): readonly StoredImage[] => {
    const found = findUnpacked(target, references);
    if (found === undefined) return [];
    const chainIds = stackOf(found.snapshot, parents);
    return [{ names: names.sort(), id: found.config, chainIds, isLoaded }];
  });
  return { images, sizes: parseUsage(usage) };
}

/** The unpacked image that a manifest, or the index of several, leads to. */
function findUnpacked(
  target: string,
  references: ReadonlyMap<string, References>,
): { readonly config: string; readonly snapshot: string } | undefined {
  const { config, manifests = [] } = references.get(target) ?? {};
  const snapshot = config === undefined ? undefined : references.get(config)?.snapshot;
  if (config !== undefined && snapshot !== undefined) return { config, snapshot };
  for (const manifest of manifests) {
    const found = manifest === target ? undefined : findUnpacked(manifest, references);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stackOf(top: string, parents: ReadonlyMap<string, string>): readonly string[] {
  const stack: string[] = [];
  for (let at: string | undefined = top; at !== undefined; at = parents.get(at)) stack.push(at);
  return stack;
}

/** The bytes of the given images' layers, each layer once. */
export function bytesOf(images: readonly StoredImage[], sizes: NodeContents["sizes"]): number {
  const chainIds = new Set(images.flatMap((image) => image.chainIds));
  return [...chainIds].reduce((sum, chainId) => sum + (sizes.get(chainId) ?? 0), 0);
}

function imagesOf(node: string, { images, sizes }: NodeContents): readonly ImageOnNode[] {
  const users = new Map<string, number>();
  for (const chainId of images.flatMap((image) => image.chainIds))
    users.set(chainId, (users.get(chainId) ?? 0) + 1);
  return images
    .flatMap((image) => {
      const { id, isLoaded } = image;
      const sizeBytes = bytesOf([image], sizes);
      const shared = image.chainIds.filter((chainId) => (users.get(chainId) ?? 0) > 1);
      const sharedBytes = shared.reduce((sum, chainId) => sum + (sizes.get(chainId) ?? 0), 0);
      const names = image.names.length > 0 ? image.names : [id];
      return names.map((name) => {
        const image = familiarName(name);
        return { node, image, id, sizeBytes, sharedBytes, isLoaded };
      });
    })
    .sort((a, b) => (a.image < b.image ? -1 : 1));
}

/** From `ctr snapshots usage -b`: KEY SIZE INODES. */
function parseUsage(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split("\n").flatMap((line): readonly (readonly [string, number])[] => {
      const [, key, size] = /^(sha256:[0-9a-f]{64})\s+(\d+)\s/.exec(line) ?? [];
      return key === undefined ? [] : [[key, Number(size)]];
    }),
  );
}

/** What a blob leads to. */
interface References {
  readonly config?: string;
  readonly snapshot?: string;
  readonly manifests?: readonly string[];
}

/** From `ctr content ls`: DIGEST SIZE AGE LABELS. */
function parseReferences(text: string): ReadonlyMap<string, References> {
  return new Map(
    text.split("\n").flatMap((line): readonly (readonly [string, References])[] => {
      const [, digest, labels = ""] = /^(sha256:[0-9a-f]{64})\t(.*)$/.exec(line) ?? [];
      if (digest === undefined) return [];
      const [config] = digestsIn(labels, /gc\.ref\.content\.config=(sha256:[0-9a-f]{64})/g);
      const [snapshot] = digestsIn(labels, /gc\.ref\.snapshot\.[\w-]+=(sha256:[0-9a-f]{64})/g);
      const manifests = digestsIn(labels, /gc\.ref\.content\.m\.\d+=(sha256:[0-9a-f]{64})/g);
      return [
        [
          digest,
          {
            manifests,
            ...(config === undefined ? {} : { config }),
            ...(snapshot === undefined ? {} : { snapshot }),
          },
        ],
      ];
    }),
  );
}

function digestsIn(labels: string, pattern: RegExp): readonly string[] {
  return [...labels.matchAll(pattern)].flatMap(([, digest]) => digest ?? []);
}

/** From `ctr snapshots ls`: KEY PARENT KIND. */
function parseParents(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").flatMap((line): readonly (readonly [string, string])[] => {
      const [, key, parent] =
        /^(sha256:[0-9a-f]{64})\s+(sha256:[0-9a-f]{64})\s+Committed/.exec(line) ?? [];
      return key === undefined || parent === undefined ? [] : [[key, parent]];
    }),
  );
}
