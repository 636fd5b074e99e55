import { AnyToolError, ToolError } from "../../errors/tool-error.ts";

/** What was asked of the engine; the words of the error come from here. */
export interface RequestContext {
  /** How the engine is reached: "unix:///var/run/docker.sock". */
  readonly address: string;
  /** Completes "The container engine refused to …": "create the network airfield-dev". */
  readonly action: string;
  /** Whether the engine has answered anything before: a silent engine then is a lost one. */
  readonly hasAnswered: boolean;
  readonly container?: string;
  readonly image?: string;
  readonly network?: string;
  readonly subnet?: string;
}

/** A failure as docker-modem, node:http or the engine's own progress stream report it. */
interface RawFailure {
  /** errno name: "ENOENT". */
  readonly errno: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The engine's words, without what docker-modem puts around them. */
  readonly reason: string;
}

interface Rule {
  matches(failure: RawFailure, context: RequestContext): boolean;
  error(failure: RawFailure, context: RequestContext, cause: unknown): ToolError;
}

/** First match wins; what no rule knows becomes `engine-request-failed` with the engine's own words. */
const rules: readonly Rule[] = [
  {
    matches: ({ errno }) => errno === "EACCES" || errno === "EPERM",
    error: (_, { address }, cause) =>
      new ToolError("engine-permission-denied", { address }, { cause }),
  },
  {
    matches: ({ errno }) => notReachable.has(errno),
    error: (_, { address, hasAnswered }, cause) =>
      new ToolError(
        hasAnswered ? "engine-connection-lost" : "engine-not-running",
        { address },
        { cause },
      ),
  },
  {
    matches: ({ errno, status, reason }) =>
      status === 0 && (hungUp.has(errno) || reason.includes("socket hang up")),
    error: (_, { address }, cause) =>
      new ToolError("engine-connection-lost", { address }, { cause }),
  },
  {
    matches: ({ reason }) => /no space left on device/i.test(reason),
    error: (_, { action }, cause) => new ToolError("disk-full", { action }, { cause }),
  },
  {
    matches: ({ reason }) => takenPort(reason) !== undefined,
    error: ({ reason }, _, cause) =>
      new ToolError(
        "port-taken",
        { port: takenPort(reason) ?? 0, owner: portOwner(reason) },
        { cause },
      ),
  },
  {
    // Docker 20 to 29 word it so; "could not find an available … address pool" is about pools of its own, not ours.
    matches: ({ reason }) => /pool overlaps with other one/i.test(reason),
    error: (_, { subnet }, cause) =>
      new ToolError("subnet-taken", { subnet: subnet ?? "" }, { cause }),
  },
  {
    matches: ({ status, reason }) =>
      status === 409 && /container name .* is already in use/i.test(reason),
    error: ({ reason }, { container }, cause) =>
      new ToolError("container-name-taken", { container: container ?? quoted(reason) }, { cause }),
  },
  {
    matches: ({ status, reason }, { network }) =>
      status === 409 && network !== undefined && /network .*already exists/i.test(reason),
    error: (_, { network }, cause) =>
      new ToolError("network-name-taken", { network: network ?? "" }, { cause }),
  },
  {
    // Docker 26 answers 409 to an exec in a stopped container, older ones 500.
    matches: ({ status, reason }) =>
      status >= 400 && /container .*is (not running|paused)/i.test(reason),
    error: ({ reason }, { container }, cause) =>
      new ToolError(
        "container-not-running",
        {
          container: container ?? quoted(reason),
          ...(/is paused/i.test(reason) ? { state: "paused" } : {}),
        },
        { cause },
      ),
  },
  {
    matches: ({ status, reason }) => status === 404 && /no such container/i.test(reason),
    error: (_, { container }, cause) =>
      new ToolError("container-not-found", { container: container ?? "" }, { cause }),
  },
  {
    matches: ({ status, reason }, { image }) =>
      image !== undefined &&
      (status === 404 || /no such image|manifest unknown|invalid reference format/i.test(reason)),
    error: ({ reason }, { image }, cause) =>
      new ToolError(
        "image-not-found",
        { image: image ?? "", reason: imageReason(reason) },
        { cause },
      ),
  },
];

/** No socket, nobody behind it, no such host, no way there. */
const notReachable = new Set([
  "ENOENT",
  "ECONNREFUSED",
  "ENOTSOCK",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
]);

/** The connection was there and ended before the answer did. */
const hungUp = new Set([
  "ECONNRESET",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "HPE_INVALID_EOF_STATE",
]);

/** A failure told in the middle of an answer that began with 200. */
export class RefusedInStream extends Error {
  readonly statusCode = 200;
}

/** The catalogue's error for a failed request. What is not the engine's (a bug, a ToolError) passes as it is. */
export function translateError(cause: unknown, context: RequestContext): unknown {
  const failure = rawFailure(cause);
  if (failure === undefined) return cause;
  const rule = rules.find((each) => each.matches(failure, context));
  if (rule !== undefined) return rule.error(failure, context, cause);
  return new ToolError(
    "engine-request-failed",
    { action: context.action, status: failure.status, reason: failure.reason },
    { cause },
  );
}

function rawFailure(cause: unknown): RawFailure | undefined {
  if (!(cause instanceof Error) || cause instanceof AnyToolError) return undefined;
  const { code, statusCode, json } = cause as {
    code?: unknown;
    statusCode?: unknown;
    json?: { message?: unknown } | null;
  };
  const errno = typeof code === "string" ? code : "";
  const status = typeof statusCode === "number" ? statusCode : 0;
  if (errno === "" && status === 0) return undefined;
  const said = typeof json?.message === "string" ? json.message : cause.message;
  return { errno, status, reason: oneLine(withoutModemWords(said)) };
}

/** docker-modem writes "(HTTP code 404) no such container - No such container: x ". */
function withoutModemWords(message: string): string {
  return message.replace(/^\(HTTP code \d+\) [^-]* - /, "");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().replace(/\.$/, "");
}

/**
 * The host port in what engines say when one is taken. "Address already in use" alone is about a
 * container's IP address, so a port is wanted in the text.
 * - Bind for 127.0.0.1:8080 failed: port is already allocated
 * - Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use
 * - failed to bind host port for 127.0.0.1:8080:172.18.0.2:80/tcp: address already in use (27)
 * - failed to bind host port 127.0.0.1:8080/tcp: address already in use (28 and later)
 * - Ports are not available: exposing port TCP 127.0.0.1:8080 -> … (Docker Desktop)
 */
function takenPort(reason: string): number | undefined {
  if (!/already allocated|already in use|not available|forbidden by its access/i.test(reason)) {
    return undefined;
  }
  const match =
    /(?:Bind for|listen \w+|bind host port(?: for)?|exposing port \w+) (?:[\d.]+|\[[^\]]*\]|[\da-f:]*:)?:?(\d+)\b/i.exec(
      reason,
    );
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function portOwner(reason: string): string {
  return /already allocated/i.test(reason) ? "another container" : "another program";
}

function quoted(reason: string): string {
  return /"\/?([^"]+)"/.exec(reason)?.[1] ?? "";
}

function imageReason(reason: string): string {
  return /no such image/i.test(reason) ? "the engine does not have it" : reason;
}
