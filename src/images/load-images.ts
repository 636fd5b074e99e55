import { ToolError } from "../errors/tool-error.ts";
import type { ImageInfo } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import type { PushEndpoint } from "../ports/push-endpoint.ts";
import { deliverImages, type LoadReport } from "./deliver/deliver-images.ts";
import { familiarName, isFullId, parseImageReference } from "../formats/image-reference.ts";
import { findNodeNames } from "../nodes/find-nodes.ts";
import { readNodeImages } from "./node-store/node-facts.ts";
import { readNodeStore } from "./node-store/node-store.ts";
import type { LoadPlan } from "./deliver/plan-load.ts";
import type { HostImage } from "./host-image.ts";
import { isPresent } from "./node-store/node-records.ts";

export interface LoadRequest {
  readonly cluster: string;
  /** Names as the user writes them. */
  readonly images: readonly string[];
  /** Names of nodes; all of the cluster's when left out. */
  readonly nodes?: readonly string[];
  /** How long it may take; 10 minutes unless said. */
  readonly timeoutMs?: number;
}

export type LoadPorts = Pick<Ports, "engine" | "files" | "clock" | "reporter"> & {
  readonly pushEndpoint?: PushEndpoint;
};

/** Brings images of the host's engine onto nodes of a cluster; see `deliverImages`. */
export async function loadImages(
  { images, timeoutMs, ...request }: LoadRequest,
  ports: LoadPorts,
  signal?: AbortSignal,
): Promise<LoadReport> {
  const nodes = findNodeNames(request, ports.engine);
  return loadOnNodes({ images, nodes, timeoutMs }, ports, signal);
}

/** The same for containers of a node image that belong to no cluster. */
export async function loadOnNodes(
  request: {
    readonly images: readonly string[];
    readonly nodes: readonly string[] | Promise<readonly string[]>;
    readonly timeoutMs?: number | undefined;
  },
  ports: LoadPorts,
  signal?: AbortSignal,
): Promise<LoadReport> {
  const startedMs = ports.clock.monotonicMs();
  const inspected = inspectHostImages(request.images, ports.engine);
  // Both run at once; when the cluster and the image are both wrong, the error names the cluster.
  inspected.catch(() => {});
  const nodes = await request.nodes;
  const images = await inspected;
  // Mostly the nodes have the image, and reading archives takes a while to load.
  const open = async (plans: readonly LoadPlan[], until: AbortSignal) =>
    (await import("./sources/open-images.ts")).openEngineImages(plans, ports, until);
  const { timeoutMs } = request;
  return deliverImages({ images, nodes, startedMs, timeoutMs, open }, ports, signal);
}

/** Whether every node (or each of `nodes`) has the image as the engine has it now. */
export async function hasImageOnNodes(
  request: { readonly cluster: string; readonly image: string; readonly nodes?: readonly string[] },
  ports: Pick<Ports, "engine">,
  signal?: AbortSignal,
): Promise<boolean> {
  const [images, nodes] = await Promise.all([
    inspectHostImages([request.image], ports.engine),
    findNodeNames(request, ports.engine),
  ]);
  const has = await Promise.all(
    nodes.map(async (node) => {
      const store = await readNodeStore(node, ports.engine, signal);
      const records = store?.records ?? (await readNodeImages(node, images, ports.engine, signal));
      return images.every((image) => isPresent(image, records));
    }),
  );
  return has.every(Boolean);
}

async function inspectHostImages(
  refs: readonly string[],
  engine: Ports["engine"],
): Promise<readonly HostImage[]> {
  const byName = new Map(refs.map((ref) => [nameOf(ref), ref]));
  const inspected = await Promise.all(
    [...byName].map(async ([name, ref]) => ({ name, ref, found: await engine.inspectImage(ref) })),
  );
  for (const { ref, name, found } of inspected) {
    if (isFullId(ref) || isFoundById(ref, name, found))
      throw new ToolError("image-named-by-id", { image: ref, names: found?.tags ?? [] });
  }
  const missing = inspected.flatMap(({ ref, found }) => (found === undefined ? [ref] : []));
  const [first] = missing;
  if (first !== undefined)
    throw new ToolError("image-not-found", {
      image: first,
      images: missing,
      reason: `the container engine does not have ${missing.length === 1 ? "it" : "them"}`,
    });
  return inspected.flatMap(({ name, ref, found }): readonly HostImage[] => {
    if (found === undefined) return [];
    const { id, os, arch, layers } = found;
    return [{ ref, name, id, platform: `${os}/${arch}`, layers }];
  });
}

/** A full id is looked up as it is, so that the error can list the image's names. */
function nameOf(ref: string): string {
  return isFullId(ref) ? ref : parseImageReference(ref).full;
}

/**
 * Engines find an image by the beginning of its id, too, but only where no image has that text as its name: a name of
 * hexadecimal digits is a name like any other.
 * https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Image/operation/ImageInspect
 */
function isFoundById(ref: string, name: string, found: ImageInfo | undefined): boolean {
  const digits = /^(?:sha256:)?([0-9a-f]+)$/.exec(ref)?.[1];
  if (found === undefined || digits === undefined) return false;
  const hasName = found.tags.some((tag) => familiarName(tag) === familiarName(name));
  return !hasName && found.id.replace(/^sha256:/, "").startsWith(digits);
}
