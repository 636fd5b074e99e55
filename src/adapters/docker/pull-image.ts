import { splitReference } from "../../formats/image-reference.ts";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import type { PullOptions } from "../../ports/container-engine.ts";
import type { EngineConnection, EngineRequest } from "./engine-connection.ts";
import type { RegistryCredentials } from "./registry-credentials.ts";
import { RefusedInStream } from "./translate-error.ts";
import { progressMessages, type ProgressMessage } from "./progress-messages.ts";

/**
 * Until the engine has reached the registry it says nothing. Docker itself gives up after 15 s to minutes,
 * depending on how the network fails; a registry that is there answers in a second or two.
 */
const FIRST_WORD_MS = 30_000;

/** Pulls an image; whatever keeps it from coming is `image-not-found` with a short reason. */
export async function pullImage(
  connection: EngineConnection,
  ref: string,
  {
    platform,
    onProgress,
    signal,
    credentials,
  }: PullOptions & { readonly credentials?: RegistryCredentials | undefined } = {},
): Promise<void> {
  const request: EngineRequest = { action: `pull ${ref}`, image: ref, signal };
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), FIRST_WORD_MS);
  const abortSignal =
    signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  const { repository, tag, digest } = splitReference(ref);
  try {
    await connection.call(request, async (docker) => {
      const answer = await docker.createImage({
        // Without a tag the engine would pull all of them.
        ...(digest === undefined
          ? { fromImage: repository, tag: tag ?? "latest" }
          : { fromImage: ref }),
        ...(platform === undefined ? {} : { platform }),
        ...(credentials === undefined ? {} : { authconfig: credentials }),
        abortSignal,
      });
      const progress = new PullProgress();
      for await (const message of progressMessages(answer)) {
        clearTimeout(timer);
        if (message.error !== undefined) throw new RefusedInStream(message.error);
        const detail = progress.detail(message);
        if (detail !== undefined) onProgress?.(detail);
      }
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (silence.signal.aborted) {
      const reason = `no registry answered within ${FIRST_WORD_MS / 1000} s`;
      throw new ToolError("image-not-found", { image: ref, reason }, { cause: error });
    }
    if (!isToolError(error, "engine-request-failed") && !isToolError(error, "image-not-found")) {
      throw error;
    }
    const reason = pullFailureReason(error.facts.reason);
    throw new ToolError("image-not-found", { image: ref, reason }, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** A short reason from the engine's long one. */
export function pullFailureReason(reason: string): string {
  const registry = /(?:Get|Head) "?https?:\/\/([^/"]+)/.exec(reason)?.[1];
  const rule = pullFailures.find(([pattern]) => pattern.test(reason));
  return rule?.[1](registry === undefined ? "the registry" : `the registry ${registry}`) ?? reason;
}

const pullFailures: readonly (readonly [RegExp, (registry: string) => string])[] = [
  [/no such host|server misbehaving|lookup .* on /i, (it) => `${it} is not known to DNS`],
  [/connection refused/i, (it) => `${it} refuses connections`],
  [
    /i\/o timeout|deadline exceeded|Client\.Timeout|TLS handshake timeout|network is unreachable|no route to host|EOF$|proxyconnect/i,
    (it) => `${it} does not answer`,
  ],
  [/x509|certificate/i, (it) => `the certificate of ${it} is not trusted by the engine`],
  [/HTTP response to HTTPS client/i, (it) => `${it} speaks plain HTTP, which the engine refuses`],
  [/toomanyrequests|rate limit/i, (it) => `${it} has had too many requests`],
  [
    /no matching manifest|does not match the specified platform/i,
    () => "it is not built for this platform",
  ],
  [
    /pull access denied|unauthorized|authentication required|denied/i,
    () => "it does not exist or needs a login (docker login)",
  ],
  [/manifest unknown|not found/i, (it) => `${it} has no such image`],
  [/invalid reference format/i, () => "that is not an image name"],
];

/** Adds up the layers: "12.3 of 65.0 MB". */
class PullProgress {
  readonly #layers = new Map<string, { readonly current: number; readonly total: number }>();

  detail({ status, id, progressDetail }: ProgressMessage): string | undefined {
    if (id === undefined) return status;
    if (status === "Downloading" && progressDetail?.total !== undefined) {
      const { current = 0, total } = progressDetail;
      this.#layers.set(id, { current, total });
    } else if (status === "Download complete") {
      const total = this.#layers.get(id)?.total ?? 0;
      this.#layers.set(id, { current: total, total });
    } else {
      return undefined;
    }
    const sum = { current: 0, total: 0 };
    for (const { current, total } of this.#layers.values()) {
      sum.current += current;
      sum.total += total;
    }
    return `${megabytes(sum.current)} of ${megabytes(sum.total)} MB`;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
