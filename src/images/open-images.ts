import type { Ports } from "../ports/ports.ts";
import type { PushEndpoint } from "../ports/push-endpoint.ts";
import { chooseSource } from "./choose-source.ts";
import type { ArrivingImages } from "./node-layout.ts";
import type { NodePlan } from "./plan-load.ts";
import { openPushedImages } from "./pushed-images.ts";

/** Images on their way to nodes; disposing of them ends that and frees what they take. */
export interface OpenImages extends ArrivingImages, AsyncDisposable {
  /** Throws what ended the transfer out of the engine early, if anything did. */
  throwIfFailed(): void;
}

/** Gets images out of the engine in the quickest way that it has; the slower way is no error. */
export async function openEngineImages(
  plans: readonly NodePlan[],
  ports: Pick<Ports, "engine" | "files" | "clock"> & { readonly pushEndpoint?: PushEndpoint },
  signal?: AbortSignal,
): Promise<OpenImages> {
  const engine = await ports.engine.info();
  const { pushEndpoint } = ports;
  const pushed =
    pushEndpoint !== undefined && chooseSource(engine, plans) === "push"
      ? await openPushedImages(plans, { ...ports, pushEndpoint }, signal)
      : undefined;
  if (pushed !== undefined) return pushed;
  const { openSavedImages } = await import("./saved-images.ts");
  return openSavedImages(plans, engine, ports, signal);
}
