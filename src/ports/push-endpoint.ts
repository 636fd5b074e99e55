import type { WaitOptions } from "./container-engine.ts";

/** What the engine tells of an image, as far as nodes need it. */
export interface ImageDescription {
  /**
   * An OCI image config with all that starting a container takes. Not byte for byte the engine's own
   * (which no call gives out), so its digest is not the image's id.
   */
  readonly config: Uint8Array;
  /** The layers' size together. */
  readonly sizeBytes: number;
}

/** A layer on its way, compressed as the engine sends it. */
export interface PushedLayer extends AsyncIterable<Uint8Array> {
  /** Nobody needs this layer: refuses it, so that the engine stops compressing it. Its reader must stop reading then. */
  refuse(): void;
}

/**
 * Single layers out of an engine with the classic store. Its `save` writes the whole image to disk
 * before the first byte comes out; its `push` takes the topmost layers first and streams.
 */
export interface PushEndpoint {
  /**
   * Has the engine push the image to a registry on 127.0.0.1 that exists for this push only and has
   * nothing. `receive` gets each layer, several at a time, small ones before big ones. Resolves when all have been
   * received; a caller who has enough aborts the signal. Throws the engine's reason when the push fails, also when a
   * layer was refused, or the engine cannot reach this machine.
   */
  pushLayers(
    image: string,
    receive: (layer: PushedLayer) => Promise<void>,
    options: WaitOptions,
  ): Promise<void>;
  describeImage(image: string, options: WaitOptions): Promise<ImageDescription>;
}
