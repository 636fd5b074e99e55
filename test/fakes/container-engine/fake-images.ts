import { createHash } from "node:crypto";
import { ToolError } from "../../../src/errors/tool-error.ts";
import type { ImageInfo } from "../../../src/ports/container-engine.ts";

/** What an image made for a test may leave out. */
export type ImageWishes = Partial<Omit<FakeImage, "tags">>;

/** An image, and the text of the files in it that a test cares for. */
export interface FakeImage extends ImageInfo {
  readonly files?: Readonly<Record<string, string>>;
}

/** The engine's images, by tag and id. */
export class FakeImages {
  readonly #images = new Map<string, FakeImage>();

  /** Adds an image under a name; an image of that name loses it. */
  add(ref: string, wishes: ImageWishes = {}): ImageInfo {
    const image: FakeImage = {
      id: digestOf(ref),
      repoDigests: [],
      os: "linux",
      arch: "amd64",
      sizeBytes: 1_000_000,
      layers: [digestOf(`layer of ${ref}`)],
      labels: {},
      env: ["PATH=/usr/local/bin:/usr/bin:/bin"],
      ...wishes,
      tags: [],
    };
    if (!this.#images.has(image.id)) this.#images.set(image.id, image);
    this.#addTag(image.id, ref);
    return this.get(ref, "add");
  }

  all(): readonly FakeImage[] {
    return [...this.#images.values()];
  }

  find(ref: string): FakeImage | undefined {
    const name = canonical(ref);
    const images = [...this.#images.values()];
    const named = images.find(
      ({ id, tags, repoDigests }) =>
        id === ref || tags.includes(name) || repoDigests.map(canonical).includes(name),
    );
    // By the beginning of its id, where no image has the name.
    return (
      named ??
      images.find(({ id }) => /^[0-9a-f]{4,64}$/.test(ref) && id.startsWith(`sha256:${ref}`))
    );
  }

  /** Throws `image-not-found`. */
  get(ref: string, reason = "the engine does not have it"): FakeImage {
    const image = this.find(ref);
    if (image === undefined) throw new ToolError("image-not-found", { image: ref, reason });
    return image;
  }

  tag(ref: string, tag: string): void {
    this.#addTag(this.get(ref).id, tag);
  }

  remove(ref: string): void {
    const image = this.find(ref);
    if (image === undefined) return;
    const tags = image.tags.filter((tag) => tag !== canonical(ref));
    if (tags.length > 0 && ref !== image.id) this.#images.set(image.id, { ...image, tags });
    else this.#images.delete(image.id);
  }

  #addTag(id: string, ref: string): void {
    const tag = canonical(ref);
    for (const image of this.#images.values()) {
      this.#images.set(image.id, { ...image, tags: image.tags.filter((each) => each !== tag) });
    }
    const image = this.#images.get(id);
    if (image !== undefined) this.#images.set(id, { ...image, tags: [...image.tags, tag].sort() });
  }
}

/** As Docker lists names: "docker.io/library/" left out, the tag written. */
function canonical(ref: string): string {
  const short = ref.replace(/^docker\.io\/(library\/)?/, "");
  return /[:@][^/]*$/.test(short) ? short : `${short}:latest`;
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
