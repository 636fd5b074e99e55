import { gzipSync } from "node:zlib";
import type { WaitOptions } from "../../../src/ports/container-engine.ts";
import type {
  ImageDescription,
  PushedLayer,
  PushEndpoint,
} from "../../../src/ports/push-endpoint.ts";
import type { FakeImageEngine } from "./fake-image-engine.ts";
import { json, type SampleImage } from "./sample-image.ts";

const pieceBytes = 64 * 1024;

/** Pushes as Docker does: topmost layer first, if chance wants it so. */
export class FakePushEndpoint implements PushEndpoint {
  readonly pushes: { readonly image: string; layers: number; end?: "aborted" | "complete" }[] = [];
  /** Layers (diffIDs) that were refused. */
  readonly refused: string[] = [];
  failure: Error | undefined;
  isStuck = false;
  isTopmostFirst = true;
  /** Happens before each piece of a layer. */
  beforePiece: () => Promise<void> = () => Promise.resolve();
  contentOf: (layer: SampleImage["layers"][number]) => Uint8Array = ({ bytes }) => bytes;
  compress: (bytes: Uint8Array) => Uint8Array = (bytes) => gzipSync(bytes);
  readonly #engine: FakeImageEngine;

  constructor(engine: FakeImageEngine) {
    this.#engine = engine;
  }

  async pushLayers(
    image: string,
    receive: (layer: PushedLayer) => Promise<void>,
    { signal }: WaitOptions,
  ): Promise<void> {
    const push: FakePushEndpoint["pushes"][number] = { image, layers: 0 };
    this.pushes.push(push);
    if (this.failure !== undefined) throw this.failure;
    if (this.isStuck)
      await new Promise((_, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason as Error)),
      );
    const { layers } = this.#image(image);
    let isRefused = false;
    for (const layer of this.isTopmostFirst ? layers.toReversed() : layers) {
      if (signal?.aborted === true) {
        push.end = "aborted";
        throw signal.reason;
      }
      push.layers += 1;
      const compressed = this.compress(this.contentOf(layer));
      const { beforePiece } = this;
      const bytes = (async function* () {
        for (let at = 0; at < compressed.length; at += pieceBytes) {
          await beforePiece();
          yield compressed.subarray(at, at + pieceBytes);
        }
      })();
      const refuse = () => void (isRefused = this.refused.push(layer.diffId) > 0);
      await receive({ refuse, [Symbol.asyncIterator]: () => bytes });
    }
    if (isRefused) throw new Error("denied");
    push.end = "complete";
  }

  describeImage(image: string): Promise<ImageDescription> {
    const { config, layers } = this.#image(image);
    const known = JSON.parse(Buffer.from(config.bytes).toString()) as object;
    const sizeBytes = layers.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    return Promise.resolve({ config: json({ ...known, created: "2026" }), sizeBytes });
  }

  #image(ref: string): SampleImage {
    const found = this.#engine.images.get(ref);
    if (found === undefined) throw new Error(`no image ${ref}`);
    return found;
  }
}
