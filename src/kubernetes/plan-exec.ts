import type { PodName } from "../ports/cluster-api.ts";
import { knownResource, resourcePath } from "./resources.ts";

/** A program in a pod, started by a request to the API server. */
interface ExecPlan {
  readonly path: string;
  /** The WebSocket protocol by which its streams go: the first one that can end stdin alone. */
  readonly protocol: string;
  readonly messages: readonly Uint8Array[];
}

/**
 * Each message begins with the number of its channel. In protocol 5 a message of channel 255 ends the one that it names.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
const protocol = "v5.channel.k8s.io";
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 };

/** As kubectl sends it. */
const messageBytes = 32 * 1024;

/** https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#execaction-v1-core and PodExecOptions there. */
export function planExecInPod(
  { name, namespace, container }: PodName,
  command: readonly string[],
  stdin: string | undefined,
): ExecPlan {
  const query = new URLSearchParams({ stdout: "true", stderr: "true" });
  if (stdin !== undefined) query.set("stdin", "true");
  if (container !== undefined) query.set("container", container);
  for (const word of command) query.append("command", word);
  const messages =
    stdin === undefined
      ? []
      : [...pieces(Buffer.from(stdin)), Uint8Array.of(channels.close, channels.stdin)];
  const path = `${resourcePath(knownResource("Pod"), { namespace, name })}/exec`;
  return { path: `${path}?${query.toString()}`, protocol, messages };
}

function* pieces(stdin: Buffer): Iterable<Uint8Array> {
  for (let at = 0; at < stdin.length; at += messageBytes)
    yield Buffer.concat([Uint8Array.of(channels.stdin), stdin.subarray(at, at + messageBytes)]);
}

/** Puts together what comes back. */
export class ExecOutput {
  readonly #streams = new Map<number, Uint8Array[]>();

  add(message: Uint8Array): void {
    const channel = message[0] ?? channels.close;
    this.#streams.set(channel, [...(this.#streams.get(channel) ?? []), message.subarray(1)]);
  }

  /** Undefined where the program's end was not told. */
  get result():
    { readonly exitCode: number; readonly stdout: string; readonly stderr: string } | undefined {
    const exitCode = exitCodeOf(this.#text(channels.status));
    if (exitCode === undefined) return undefined;
    return { exitCode, stdout: this.#text(channels.stdout), stderr: this.#text(channels.stderr) };
  }

  /** Why the program was not run (there is none of that name, say); undefined where it was, or that was not told. */
  get refusal(): string | undefined {
    const text = this.#text(channels.status);
    if (text === "" || this.result !== undefined) return undefined;
    return (JSON.parse(text) as { readonly message?: string }).message;
  }

  #text(channel: number): string {
    return Buffer.concat(this.#streams.get(channel) ?? []).toString("utf8");
  }
}

/** Of a `Status`: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function exitCodeOf(text: string): number | undefined {
  if (text === "") return undefined;
  const { status, details } = JSON.parse(text) as {
    readonly status?: string;
    readonly details?: {
      readonly causes?: readonly { readonly reason?: string; readonly message?: string }[];
    };
  };
  if (status === "Success") return 0;
  const code = details?.causes?.find(({ reason }) => reason === "ExitCode")?.message;
  return code === undefined ? undefined : Number(code);
}
