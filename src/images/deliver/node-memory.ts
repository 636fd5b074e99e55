import { chainIdsOf } from "./chain-ids.ts";
import type { NodeFacts } from "../node-store/node-facts.ts";
import type { LoadPlan } from "./plan-load.ts";

/**
 * What nodes had when they were last asked, and what they were sent since: for callers that load one image after another and
 * would ask each time. It may be out of date: then the import fails, and the node is asked after all.
 */
export class NodeMemory {
  readonly #facts = new Map<string, NodeFacts>();

  recall(node: string): NodeFacts | undefined {
    return this.#facts.get(node);
  }

  keep(node: string, facts: NodeFacts): void {
    this.#facts.set(node, facts);
  }

  /** The images of the plan have reached the node. */
  add({ node, images }: LoadPlan): void {
    const facts = this.#facts.get(node);
    if (facts === undefined) return;
    const added = images.flatMap(({ image }) => chainIdsOf(image.layers));
    this.#facts.set(node, { ...facts, chainIds: new Set([...facts.chainIds, ...added]) });
  }

  forget(node: string): void {
    this.#facts.delete(node);
  }
}
