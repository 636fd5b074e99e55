import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Ports } from "../../ports/ports.ts";
import type { ImageDescription, PushedLayer, PushEndpoint } from "../../ports/push-endpoint.ts";
import { headBytes, headOf, LayerHeads } from "./layer-heads.ts";
import { digestOf, manifestOf, mediaTypes, type ImageBlob, type OciImage } from "../oci.ts";
import type { OpenImages } from "../deliver/arriving-images.ts";
import type { LoadPlan } from "../deliver/plan-load.ts";
import type { HostImage } from "../host-image.ts";
import { ReplayFeed } from "./replay-feed.ts";

/**
 * Getting a byte by a push, compressed and uncompressed again, takes about four times the work of saving
 * it. So a push that has brought a quarter of the image ends, and the image is saved. Bytes and not seconds
 * decide: on a busy machine a save takes longer, too.
 */
const mostPushed = 1 / 4;

/** Always allowed: about what a few refused layers cost. */
const smallBytes = 16 * 1024 ** 2;

/** Without a byte for this long, the engine cannot reach us. */
const longestSilenceMs = 10_000;

type PushPorts = Pick<Ports, "files" | "clock"> & { readonly pushEndpoint: PushEndpoint };

/**
 * Gets only the missing layers out of the engine, by a push that ends as soon as they have come.
 * Each is uncompressed and checked against the diffID that the engine named. Undefined when the push
 * fails, and when saving the image is less work.
 */
export async function openPushedImages(
  plans: readonly LoadPlan[],
  ports: PushPorts,
  signal?: AbortSignal,
): Promise<OpenImages | undefined> {
  const folder = await ports.files.makeTemporaryDirectory("airfield-images-");
  const pushes: Promise<unknown>[] = [];
  const heads = new LayerHeads(ports.files);
  const remove = async () => {
    // The engine takes its time to forget a push.
    await Promise.all(pushes);
    await Promise.all([ports.files.remove(folder), heads.save()]);
  };
  try {
    const layers = new LayerCollector(folder, ports.files, heads);
    const images: OciImage[] = [];
    for (const [image, missing] of imagesToSend(plans)) {
      const others = await headsOfOthers(image, missing, heads);
      const describing = ports.pushEndpoint.describeImage(
        image.ref,
        signal === undefined ? {} : { signal },
      );
      const wanted = { ref: image.ref, missing, others, describing };
      const push = pushMissing(wanted, layers, ports, signal);
      pushes.push(push.ended);
      const [hasAll, description] = await Promise.all([push.hasAll, describing]);
      if (!hasAll) {
        await remove();
        return undefined;
      }
      images.push(describe(image, description, layers));
    }
    const blobs = new ReplayFeed<ImageBlob>();
    for (const blob of layers.collected.values()) blobs.push(blob);
    blobs.end();
    return {
      title: "What the container engine pushed",
      blobs,
      images: Promise.resolve(images),
      arrival: Promise.resolve({ areIdsKept: false, areImagesFirst: true }),
      throwIfFailed: () => {},
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The images, each with the layers (diffIDs) that some node lacks. */
function imagesToSend(plans: readonly LoadPlan[]): ReadonlyMap<HostImage, readonly string[]> {
  const byName = new Map<string, { readonly image: HostImage; missing: readonly string[] }>();
  for (const entry of plans.flatMap(({ images }) => images)) {
    if (entry.action !== "send") continue;
    const known = byName.get(entry.image.name);
    // Missing layers are the last ones of the image, so the longest list holds the others.
    if (known === undefined || known.missing.length < entry.missing.length)
      byName.set(entry.image.name, { image: entry.image, missing: entry.missing });
  }
  return new Map([...byName.values()].map(({ image, missing }) => [image, missing]));
}

/** By which the layers that nobody waits for are known, as far as they have been seen and none of the missing begins so. */
async function headsOfOthers(
  { layers }: HostImage,
  missing: readonly string[],
  heads: LayerHeads,
): Promise<ReadonlySet<string>> {
  const [others, wanted] = await Promise.all([
    heads.of(layers.filter((layer) => !missing.includes(layer))),
    heads.of(missing),
  ]);
  return new Set([...others].filter((head) => !wanted.has(head)));
}

/** A push under way: whether all layers have come, which is known before it has ended. */
interface Push {
  readonly hasAll: Promise<boolean>;
  /** Never rejects. */
  readonly ended: Promise<unknown>;
}

function pushMissing(
  {
    ref,
    missing,
    others,
    describing,
  }: {
    readonly ref: string;
    readonly missing: readonly string[];
    /** Heads of the image's layers that are not needed. */
    readonly others: ReadonlySet<string>;
    readonly describing: Promise<ImageDescription>;
  },
  layers: LayerCollector,
  { pushEndpoint, clock }: PushPorts,
  signal: AbortSignal | undefined,
): Push {
  if (layers.hasAll(missing)) return { hasAll: Promise.resolve(true), ended: Promise.resolve() };
  const enough = new AbortController();
  const together = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]);
  const before = layers.receivedBytes;
  const watching = waitForSilence(layers, clock, together).then(
    () => enough.abort(),
    () => undefined,
  );
  const complete = Promise.withResolvers<boolean>();
  let hasRefused = false;
  const pushWithout = async (heads: ReadonlySet<string>) => {
    try {
      await pushEndpoint.pushLayers(
        ref,
        async (layer) => {
          try {
            const { sizeBytes } = await describing;
            const mostBytes = before + Math.max(sizeBytes * mostPushed, smallBytes);
            const wishes = { missing, others: heads, mostBytes, signal: together };
            if ((await layers.collect(layer, wishes)) === "refused") hasRefused = true;
            if (!layers.hasAll(missing)) return;
            complete.resolve(true);
            enough.abort();
          } catch (error) {
            // Engines try again and again what failed.
            enough.abort();
            throw error;
          }
        },
        { signal: together },
      );
    } catch {
      // Our own end of it, or a failed push: what has come decides, and `save` says what is wrong.
      signal?.throwIfAborted();
    }
  };
  const push = async () => {
    try {
      await pushWithout(others);
      // One of the missing begins as another layer does, and was refused in its place.
      const isMistaken = hasRefused && !enough.signal.aborted && !layers.hasAll(missing);
      if (isMistaken) await pushWithout(new Set());
    } finally {
      enough.abort();
      await watching;
    }
    return layers.hasAll(missing);
  };
  const pushing = push();
  return {
    hasAll: Promise.race([complete.promise, pushing]),
    ended: pushing.catch(() => undefined),
  };
}

/** Resolves when nothing has come between two looks. */
async function waitForSilence(
  layers: Pick<LayerCollector, "receivedBytes">,
  clock: Ports["clock"],
  signal: AbortSignal,
): Promise<void> {
  for (let before = -1; before !== layers.receivedBytes;) {
    before = layers.receivedBytes;
    await clock.sleep(longestSilenceMs, signal);
  }
}

/** Puts wanted layers aside, uncompressed. */
class LayerCollector {
  readonly collected = new Map<string, ImageBlob>();
  /** Of all layers, wanted or not, uncompressed. */
  receivedBytes = 0;
  readonly #folder: string;
  readonly #files: Ports["files"];
  readonly #heads: LayerHeads;
  #received = 0;

  constructor(folder: string, files: Ports["files"], heads: LayerHeads) {
    this.#folder = folder;
    this.#files = files;
    this.#heads = heads;
  }

  hasAll(diffIds: readonly string[]): boolean {
    return diffIds.every((diffId) => this.collected.has(diffId));
  }

  /** A layer that begins like one that nobody waits for is refused. */
  async collect(
    layer: PushedLayer,
    {
      missing,
      others,
      mostBytes,
      signal,
    }: {
      readonly missing: readonly string[];
      readonly others: ReadonlySet<string>;
      readonly mostBytes: number;
      readonly signal: AbortSignal;
    },
  ): Promise<"received" | "refused"> {
    const path = `${this.#folder}/${(this.#received += 1)}`;
    const hash = createHash("sha256");
    let sizeBytes = 0;
    let beginning = Buffer.alloc(0);
    let head: string | undefined;
    let isRefused = false;
    const source = Readable.from(layer, { objectMode: false });
    const receiving = pipeline(
      source,
      createGunzip(),
      async (content: AsyncIterable<Uint8Array>) => {
        const counted = (bytes: number) => {
          sizeBytes += bytes;
          this.receivedBytes += bytes;
          if (this.receivedBytes > mostBytes) throw new Error("saving the image is less work");
        };
        const look = (chunk: Uint8Array) => {
          if (head !== undefined) return;
          beginning = Buffer.concat([beginning, chunk.subarray(0, headBytes)]);
          if (beginning.length < headBytes) return;
          head = headOf(beginning);
          if (!others.has(head)) return;
          isRefused = true;
          layer.refuse();
          throw new Error("nobody waits for this layer");
        };
        const hashed = async function* () {
          for await (const chunk of content) {
            hash.update(chunk);
            counted(chunk.byteLength);
            look(chunk);
            yield chunk;
          }
        };
        await this.#files.writeBytes(path, hashed());
      },
      { signal },
    );
    try {
      await receiving;
    } catch (error) {
      if (!isRefused) throw error;
      await this.#files.remove(path);
      return "refused";
    }
    const digest = `sha256:${hash.digest("hex")}`;
    if (missing.includes(digest)) {
      const open = () => this.#files.readStream(path);
      await this.#heads.learn(digest, head ?? headOf(beginning));
      this.collected.set(digest, { digest, sizeBytes, open });
    } else await this.#files.remove(path);
    return "received";
  }
}

function describe(
  image: HostImage,
  described: ImageDescription,
  { collected }: LayerCollector,
): OciImage {
  const config = { digest: digestOf(described.config), bytes: described.config };
  const sent = image.layers.reduce((sum, id) => sum + (collected.get(id)?.sizeBytes ?? 0), 0);
  const layers = image.layers.map((diffId, i) => ({
    diffId,
    digest: diffId,
    mediaType: mediaTypes.ociLayer,
    // Single sizes of layers that stay where they are cannot be had; their sum, which tools show, is right.
    sizeBytes:
      collected.get(diffId)?.sizeBytes ?? (i === 0 ? Math.max(0, described.sizeBytes - sent) : 0),
  }));
  return {
    names: [image.name],
    ids: [image.id],
    platform: image.platform,
    manifest: manifestOf({ ...config, sizeBytes: config.bytes.byteLength }, layers),
    config,
    layers,
  };
}
