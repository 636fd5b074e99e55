import type { EngineInfo } from "../../ports/container-engine.ts";
import type { LoadPlan } from "../deliver/plan-load.ts";

/** Ways to get an image's bytes out of an engine. `push` is tried, `save` always works. */
export type ImageSource = "push" | "save";

export type SourceFacts = Pick<
  EngineInfo,
  "isLocal" | "hasContainerdStore" | "isRootless" | "isVirtualMachine"
>;

/**
 * `save` of the classic store writes the whole image to disk before the first byte comes out, so a
 * few layers are better pushed; when most are missing, compressing them for a push takes longer. The
 * containerd store saves without staging. A push needs an engine that reaches our 127.0.0.1: not one in
 * a virtual machine, on another machine, or rootless, which has a network of its own.
 */
export function chooseSource(engine: SourceFacts, plans: readonly LoadPlan[]): ImageSource {
  const reachesUs = engine.isLocal && !engine.isVirtualMachine && !engine.isRootless;
  const isUpdate = plans.every(({ images }) =>
    images.every(
      (entry) => entry.action !== "send" || entry.missing.length < entry.image.layers.length,
    ),
  );
  return reachesUs && !engine.hasContainerdStore && isUpdate ? "push" : "save";
}
