import { isToolError, ToolError } from "../../errors/tool-error.ts";
import { warningOf } from "../../errors/warning-of.ts";
import { lastWordsOf } from "../../nodes/bootstrap/component-logs.ts";
import type { Ports } from "../../ports/ports.ts";
import { formatDuration } from "../../progress/format-duration.ts";
import { withDeadline } from "../../steps/wait-until.ts";
import { inParallel } from "./in-parallel.ts";
import { importOnNode, tagOnNode } from "./import-on-node.ts";
import { lookAtNode, readNodeFacts } from "../node-store/node-facts.ts";
import type { NodeMemory } from "./node-memory.ts";
import type { OpenImages } from "./arriving-images.ts";
import {
  layersToSend,
  planFullLoad,
  planLoad,
  type ImagePlan,
  type LoadPlan,
} from "./plan-load.ts";
import type { HostImage } from "../host-image.ts";
import { isPresent } from "../node-store/node-records.ts";
import { whenAnswering } from "./when-answering.ts";

/** One image on one node. */
export interface LoadedImage {
  readonly node: string;
  readonly image: string;
  readonly action: "present" | "tagged" | "sent";
  /** What was sent for it; layers shared with an image before it count there. */
  readonly bytes: number;
  /** From the beginning of the command until the node had all its images. */
  readonly ms: number;
}

export interface LoadReport {
  readonly images: readonly LoadedImage[];
}

/** Images and the nodes that are to have them. */
export interface Delivery {
  readonly images: readonly HostImage[];
  readonly nodes: readonly string[];
  /** When the command began, on the monotonic clock. */
  readonly startedMs: number;
  /** Given where the images are new, so that nodes which are remembered need not be asked for them. */
  readonly memory?: NodeMemory;
  /** How long it may take until all nodes have them; 10 minutes unless said. */
  readonly timeoutMs?: number | undefined;
  /** Gets at the bytes; called only when some node lacks something, and disposed of afterwards. */
  open(plans: readonly LoadPlan[], signal: AbortSignal): Promise<OpenImages>;
}

/** Far above what an image of a few gigabytes takes on a slow disk. */
const timeoutMs = 10 * 60_000;

/** Importing unpacks, and that is bound by the disk: more nodes at once gain nothing. */
const nodesAtOnce = 4;

/**
 * Brings images onto nodes, wherever their bytes come from, sending each node only what it lacks. Every
 * node is served at its own pace; one that fails holds nobody back. Throws `image-load-failed` with the
 * reason for each node that failed, after all others have what they need; `image-load-timed-out` when some node has
 * not all of them in time.
 */
export async function deliverImages(
  delivery: Delivery,
  ports: Pick<Ports, "engine" | "clock" | "reporter">,
  signal?: AbortSignal,
): Promise<LoadReport> {
  const withinMs = delivery.timeoutMs ?? timeoutMs;
  const waiting = new Set(delivery.nodes);
  return withDeadline((until) => deliver(delivery, waiting, ports, until), {
    ...{ clock: ports.clock, withinMs, signal },
    async onDeadline() {
      const [node = ""] = waiting;
      const details = await lastWordsOf(node, "containerd", ports);
      const waited = formatDuration(withinMs);
      return new ToolError("image-load-timed-out", { nodes: [...waiting], waited, details });
    },
  });
}

/** Takes each node out of `waiting` when it has all images, or has failed. */
async function deliver(
  { images, nodes, startedMs, memory, open }: Delivery,
  waiting: Set<string>,
  ports: Pick<Ports, "engine" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<LoadReport> {
  warnOfAlwaysPulled(images, ports);

  const failures: { readonly node: string; readonly reason: string }[] = [];
  const loaded: LoadedImage[] = [];
  const fail = (node: string, error: unknown) => {
    signal.throwIfAborted();
    waiting.delete(node);
    failures.push({ node, reason: reasonOf(error) });
  };
  const succeed = (
    node: string,
    entries: readonly Pick<ImagePlan, "image" | "action">[],
    bytes: ReadonlyMap<string, number> = new Map(),
  ) => {
    const ms = Math.round(ports.clock.monotonicMs() - startedMs);
    waiting.delete(node);
    for (const { image, action } of entries)
      loaded.push({
        node,
        image: image.ref,
        action: action === "send" ? "sent" : action === "tag" ? "tagged" : "present",
        bytes: bytes.get(image.name) ?? 0,
        ms,
      });
  };

  const remembered = nodes.flatMap((node) => {
    const facts = memory?.recall(node);
    return facts === undefined ? [] : [planLoad(node, images, [], facts)];
  });
  const served = await send(remembered, (node) => {
    signal.throwIfAborted();
    memory?.forget(node);
  });

  const plans: LoadPlan[] = [];
  const asked = nodes.filter((node) => !served.imported.includes(node));
  await inParallel(asked, nodesAtOnce, async (node) => {
    try {
      const look = (until: AbortSignal) => lookAtNode(node, images, ports.engine, until);
      const { records, facts } = await whenAnswering(node, look, ports, signal);
      if (images.every((image) => isPresent(image, records))) {
        succeed(
          node,
          images.map((image) => ({ image, action: "present" })),
        );
        return;
      }
      const known = facts ?? (await readNodeFacts(node, ports.engine, signal));
      memory?.keep(node, known);
      const wanted = planLoad(node, images, records, known);
      const plan = await tagOnNode(wanted, ports.engine, signal);
      if (plan.images.some(({ action }) => action === "send")) plans.push(plan);
      else succeed(node, plan.images);
    } catch (error) {
      // An image for another platform is the user's mistake and no node's failure.
      if (isToolError(error, "image-platform-mismatch")) throw error;
      fail(node, error);
    }
  });

  const { incomplete } = await send(plans, fail);
  // Seldom: the node's garbage collection took a layer between our look and the import.
  await send(incomplete.map(planFullLoad), fail);

  if (failures.length > 0) throw new ToolError("image-load-failed", { failures });
  return { images: inOrderOf(nodes, loaded) };

  /** Incomplete are those that turned out to lack more than was sent. */
  async function send(
    toSend: readonly LoadPlan[],
    onFailure: (node: string, error: unknown) => void,
  ): Promise<{ readonly imported: readonly string[]; readonly incomplete: readonly LoadPlan[] }> {
    const imported: string[] = [];
    const incomplete: LoadPlan[] = [];
    if (toSend.length === 0) return { imported, incomplete };
    await using opened = await open(toSend, signal);
    await inParallel(toSend, nodesAtOnce, async (plan) => {
      try {
        const outcome = await importOnNode(plan, opened, ports, signal);
        if (outcome.kind === "incomplete" && layersToSend(plan).size < layerCount(plan))
          incomplete.push(plan);
        else if (outcome.kind === "imported") {
          imported.push(plan.node);
          memory?.add(plan);
          succeed(plan.node, plan.images, outcome.bytes);
        } else onFailure(plan.node, outcome.reason);
      } catch (error) {
        onFailure(plan.node, error);
      }
    });
    opened.throwIfFailed();
    return { imported, incomplete };
  }
}

/** https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting */
function warnOfAlwaysPulled(
  images: readonly HostImage[],
  { reporter }: Pick<Ports, "reporter">,
): void {
  for (const { ref, name } of images)
    if (name.endsWith(":latest")) reporter.report(warningOf("image-always-pulled", { image: ref }));
}

function layerCount({ images }: LoadPlan): number {
  return new Set(images.flatMap((entry) => (entry.action === "send" ? entry.image.layers : [])))
    .size;
}

function reasonOf(error: unknown): string {
  if (isToolError(error, "container-not-running")) return `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}

/** Nodes end in any order; reports do not. */
function inOrderOf(
  nodes: readonly string[],
  loaded: readonly LoadedImage[],
): readonly LoadedImage[] {
  return nodes.flatMap((node) => loaded.filter((entry) => entry.node === node));
}
