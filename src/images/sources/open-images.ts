import type { Ports } from "../../ports/ports.ts";
import type { PushEndpoint } from "../../ports/push-endpoint.ts";
import { chooseSource } from "./choose-source.ts";
import type { OpenImages } from "../deliver/arriving-images.ts";
import type { LoadPlan } from "../deliver/plan-load.ts";
import { openPushedImages } from "./pushed-images.ts";

type OpenPorts = Pick<Ports, "engine" | "files" | "clock"> & {
  readonly pushEndpoint?: PushEndpoint;
};

/** Gets images out of the engine in the fastest way it supports; falling back to a slower one is no error. */
export function openEngineImages(
  plans: readonly LoadPlan[],
  ports: OpenPorts,
  signal?: AbortSignal,
): OpenImages {
  const { pushEndpoint } = ports;
  return openAhead(async (stop) => {
    const engine = await ports.engine.info();
    if (pushEndpoint !== undefined && chooseSource(engine, plans) === "push") {
      const pushed = await openPushedImages(plans, { ...ports, pushEndpoint }, stop);
      if (pushed !== undefined) return pushed;
    }
    // Reading archives takes a while to load.
    const { openSavedImages } = await import("./saved-images.ts");
    return openSavedImages(plans, engine, ports, stop);
  }, signal);
}

/** Images that may be given to nodes before they are there, so that a node is ready when they are. */
function openAhead(
  open: (signal: AbortSignal) => Promise<OpenImages>,
  signal: AbortSignal | undefined,
): OpenImages {
  const abort = new AbortController();
  const coming = open(
    signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]),
  );
  let failure: { readonly error: unknown } | undefined;
  let opened: OpenImages | undefined;
  const settled = coming.then(
    (images) => {
      opened = images;
    },
    (error: unknown) => {
      failure = { error };
    },
  );
  const images = coming.then((each) => each.images);
  const arrival = coming.then((each) => each.arrival);
  // Callers get the rejection; without a caller it must not be unhandled.
  for (const asked of [images, arrival]) asked.catch(() => undefined);
  return {
    title: "What the container engine gave",
    blobs: {
      async *[Symbol.asyncIterator]() {
        yield* (await coming).blobs;
      },
    },
    images,
    arrival,
    throwIfFailed: () => {
      if (failure !== undefined) throw failure.error;
      opened?.throwIfFailed();
    },
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await settled;
      await opened?.[Symbol.asyncDispose]();
    },
  };
}
