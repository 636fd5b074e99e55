import { Readable } from "node:stream";
import { splitReference } from "../../formats/image-reference.ts";
import type {
  ImageInfo,
  ImageSummary,
  SaveOptions,
  WaitOptions,
} from "../../ports/container-engine.ts";
import { ignoring } from "./containers.ts";
import { imageSummaries } from "./image-summary.ts";
import { releaseStreamed } from "../release-streamed.ts";
import type { EngineConnection, EngineRequest } from "./engine-connection.ts";
import { progressMessages } from "./progress-messages.ts";
import { RefusedInStream } from "./translate-error.ts";

export async function inspectImage(
  connection: EngineConnection,
  ref: string,
): Promise<ImageInfo | undefined> {
  const found = await connection.call(
    { action: `inspect the image ${ref}`, image: ref },
    (docker) => ignoring([404], docker.getImage(imagePath(ref)).inspect()),
  );
  if (found === undefined) return undefined;
  return {
    id: found.Id,
    tags: found.RepoTags ?? [],
    repoDigests: found.RepoDigests ?? [],
    os: found.Os,
    arch: found.Architecture,
    sizeBytes: found.Size,
    layers: found.RootFS.Layers ?? [],
    labels: found.Config.Labels ?? {},
    env: found.Config.Env ?? [],
  };
}

export async function listImages(connection: EngineConnection): Promise<readonly ImageSummary[]> {
  const found = await connection.call({ action: "list the images" }, (docker) =>
    docker.listImages(),
  );
  return found.flatMap(imageSummaries);
}

export async function tagImage(
  connection: EngineConnection,
  ref: string,
  tag: string,
): Promise<void> {
  const { repository, tag: name } = splitReference(tag);
  await connection.call({ action: `tag the image ${ref} as ${tag}`, image: ref }, (docker) =>
    docker.getImage(imagePath(ref)).tag({ repo: repository, tag: name ?? "latest" }),
  );
}

export async function commitContainer(
  connection: EngineConnection,
  container: string,
  { tag, labels }: { readonly tag: string; readonly labels: Readonly<Record<string, string>> },
  { signal }: WaitOptions = {},
): Promise<string> {
  const { repository, tag: name } = splitReference(tag);
  const request: EngineRequest = {
    action: `make the image ${tag} of ${container}`,
    container,
    signal,
  };
  const answer: unknown = await connection.call(request, (docker, abortSignal) =>
    docker.getContainer(encodeURIComponent(container)).commit({
      repo: repository,
      tag: name ?? "latest",
      // Read as lines of a Dockerfile: words in quotes, in which $ begins a variable.
      changes: Object.entries(labels)
        .map(([key, value]) =>
          `LABEL ${JSON.stringify(key)}=${JSON.stringify(value)}`.replaceAll("$", "\\$"),
        )
        .join("\n"),
      ...(abortSignal === undefined ? {} : { abortSignal }),
    }),
  );
  return (answer as { readonly Id: string }).Id;
}

export async function removeImage(connection: EngineConnection, ref: string): Promise<void> {
  await connection.call({ action: `remove the image ${ref}`, image: ref }, (docker) =>
    ignoring([404], docker.getImage(imagePath(ref)).remove()),
  );
}

export async function* saveImages(
  connection: EngineConnection,
  refs: readonly string[],
  { platform, signal }: SaveOptions = {},
): AsyncIterable<Uint8Array> {
  const request: EngineRequest = {
    action: `save ${refs.join(", ")}`,
    image: refs.join(", "),
    signal,
  };
  const stream = await connection.open(request, {
    path: "/images/get",
    query: { names: refs, ...(platform === undefined ? {} : { platform: platformJson(platform) }) },
  });
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      yield piece;
      releaseStreamed(piece.length);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw connection.translate(error, request);
  } finally {
    stream.destroy();
  }
}

export async function loadImages(
  connection: EngineConnection,
  tar: AsyncIterable<Uint8Array>,
  { signal }: WaitOptions = {},
): Promise<readonly string[]> {
  const source = new WatchedSource(tar);
  const body = Readable.from(source.chunks(), { objectMode: false });
  try {
    return await connection.call({ action: "load images", signal }, async (docker, abortSignal) => {
      const answer = await docker.loadImage(body, {
        quiet: true,
        ...(abortSignal === undefined ? {} : { abortSignal }),
      });
      const loaded: string[] = [];
      for await (const { stream, error } of progressMessages(answer)) {
        if (error !== undefined) throw new RefusedInStream(error);
        const name = /^Loaded image(?: ID)?: (.+)$/m.exec(stream ?? "")?.[1];
        if (name !== undefined) loaded.push(name.trim());
      }
      return loaded;
    });
  } catch (error) {
    throw source.failure === undefined ? error : source.failure.reason;
  } finally {
    // The engine may answer without reading to the end; the source must not wait for ever then.
    body.destroy();
  }
}

/** Tells a failure of the source from one of the engine: it breaks the request all the same. */
class WatchedSource {
  failure: { readonly reason: unknown } | undefined;
  readonly #source: AsyncIterable<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    try {
      yield* this.#source;
    } catch (reason) {
      this.failure = { reason };
      throw reason;
    }
  }
}

/** Names go into the URL's path unescaped but for what would end it. */
export function imagePath(ref: string): string {
  return encodeURIComponent(ref)
    .replaceAll("%2F", "/")
    .replaceAll("%3A", ":")
    .replaceAll("%40", "@");
}

function platformJson(platform: string): string {
  const [os = "linux", architecture = "", variant] = platform.split("/");
  return JSON.stringify({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}
