import { apiServerPort } from "../kubernetes/api-server-port.ts";
import { planApply, planPatch } from "../kubernetes/plan-apply.ts";
import { ExecOutput, planExec } from "../kubernetes/plan-exec.ts";
import { planFollow } from "../kubernetes/plan-follow.ts";
import { planReads, toKubectlOutput, type ReadPlan } from "../kubernetes/plan-reads.ts";
import type { ExecResult } from "../ports/container-engine.ts";
import type { ClientTls, HttpOptions } from "../ports/http.ts";
import type { Ports } from "../ports/ports.ts";

interface Connection {
  /** "https://127.0.0.1:PORT" */
  readonly server: string;
  readonly tls: ClientTls;
}

const ADMIN_CONFIG = "/etc/kubernetes/admin.conf";
/** As kubectl says it: https://kubernetes.io/docs/reference/using-api/server-side-apply/#patch-requests */
const CLIENT_SIDE = {
  manager: "kubectl-client-side-apply",
  contentType: "application/strategic-merge-patch+json",
};
const SERVER_SIDE = { contentType: "application/apply-patch+yaml" };
const TIMEOUT_MS = 5_000;
const MAX_BODY_BYTES = 64 * 1024 ** 2;

/**
 * Does without a kubectl what kubectl is asked again and again: a program in the node takes a third of a second of the
 * processor, a request a few milliseconds.
 */
export class ApiClient {
  readonly #ports: Pick<Ports, "engine" | "http">;
  readonly #connections = new Map<string, Promise<Connection | undefined>>();
  /** The engine is on another machine, say. */
  #isOutOfReach = false;

  constructor(ports: Pick<Ports, "engine" | "http">) {
    this.#ports = ports;
  }

  /** What kubectl would print; undefined where only kubectl can say it, or say why not. */
  async read(
    controlPlane: string,
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const plan = planReads(args);
    const connection = plan === undefined ? undefined : await this.#connectionTo(controlPlane);
    if (plan === undefined || connection === undefined) return undefined;
    const answers = await Promise.all(
      plan.reads.map(({ path }) => this.#get(connection, path, signal)),
    );
    return printed(plan, answers);
  }

  /**
   * Whether what `kubectl apply` was asked to do is done. Where it is not, perhaps in part, kubectl is to do it: an apply
   * may be repeated.
   */
  async apply(
    controlPlane: string,
    { args, stdin }: { readonly args: readonly string[]; readonly stdin: string | undefined },
    signal?: AbortSignal,
  ): Promise<boolean> {
    const plan = planApply(args, stdin);
    const connection = plan === undefined ? undefined : await this.#connectionTo(controlPlane);
    if (plan === undefined || connection === undefined) return false;
    const patches = await Promise.all(
      plan.objects.map(async ({ path, wanted }) => {
        if (plan.manager !== undefined) return wanted;
        const answer = await this.#get(connection, path, signal);
        return answer?.status === OK ? planPatch(JSON.parse(answer.body), wanted) : undefined;
      }),
    );
    if (patches.includes(undefined)) return false;
    const query = `?fieldManager=${plan.manager ?? CLIENT_SIDE.manager}`;
    const { contentType } = plan.manager === undefined ? CLIENT_SIDE : SERVER_SIDE;
    for (const [i, { path }] of plan.objects.entries()) {
      const patch = patches[i];
      if (patch === "nothing") continue;
      const answer = await this.#ports.http.patch(
        `${connection.server}${path}${query}${plan.manager === undefined ? "" : "&force=true"}`,
        { body: JSON.stringify(patch), contentType },
        optionsOf(connection, signal),
      );
      if (answer?.status !== OK && answer?.status !== CREATED) return false;
    }
    return true;
  }

  /** What `kubectl exec` would come to; undefined where only kubectl can do it, or say why not. */
  async exec(
    controlPlane: string,
    { args, stdin }: { readonly args: readonly string[]; readonly stdin: string | undefined },
    signal?: AbortSignal,
  ): Promise<ExecResult | undefined> {
    const plan = planExec(args, stdin);
    const connection = plan === undefined ? undefined : await this.#connectionTo(controlPlane);
    if (plan === undefined || connection === undefined) return undefined;
    const output = new ExecOutput();
    const { path, protocol, messages } = plan;
    const end = await this.#ports.http.converse(`${connection.server}${path}`, {
      ...{ protocol, messages, tls: connection.tls },
      onMessage: (message) => output.add(message),
      ...(signal === undefined ? {} : { signal }),
    });
    if (end === "refused") return undefined;
    // Not again: it has begun, and may have ended.
    return (
      output.result ?? {
        ...{ exitCode: FAILED, stdout: "" },
        stderr: "the connection to the pod ended before the program",
      }
    );
  }

  /** The exit code of a kubectl that goes on until it ends or the signal aborts; undefined where only kubectl can do it. */
  async follow(
    controlPlane: string,
    {
      args,
      signal,
      onLine,
    }: {
      readonly args: readonly string[];
      readonly signal: AbortSignal;
      readonly onLine: (line: string) => void;
    },
  ): Promise<number | undefined> {
    const plan = planFollow(args);
    const connection = plan === undefined ? undefined : await this.#connectionTo(controlPlane);
    if (plan === undefined || connection === undefined) return undefined;
    const ending = new AbortController();
    let isAtEnd = false;
    let hasTold = false;
    try {
      const answer = await this.#ports.http.follow(`${connection.server}${plan.path}`, {
        tls: connection.tls,
        signal: AbortSignal.any([signal, ending.signal]),
        onLine: (line) => {
          hasTold = true;
          if (plan.tellsLines) onLine(line);
          isAtEnd ||= plan.isEnd(line);
          if (isAtEnd) ending.abort();
        },
      });
      // Refused, or out of reach: kubectl says why. What has been told is not to be told again.
      if (answer?.status !== OK) return hasTold ? FAILED : undefined;
      return plan.tellsLines ? 0 : FAILED;
    } catch (error) {
      if (isAtEnd && !signal.aborted) return 0;
      throw error;
    }
  }

  async #connectionTo(controlPlane: string): Promise<Connection | undefined> {
    if (this.#isOutOfReach) return undefined;
    const connecting = this.#connections.get(controlPlane) ?? this.#connect(controlPlane);
    this.#connections.set(controlPlane, connecting);
    // An engine that failed once may answer the next time.
    connecting.catch(() => this.#connections.delete(controlPlane));
    return connecting;
  }

  async #get(
    connection: Connection,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly status: number; readonly body: string } | undefined> {
    const options = optionsOf(connection, signal);
    const answer = await this.#ports.http.get(`${connection.server}${path}`, options);
    if (answer === undefined) this.#isOutOfReach = true;
    return answer;
  }

  async #connect(controlPlane: string): Promise<Connection | undefined> {
    const { engine } = this.#ports;
    const [details, config = ""] = await Promise.all([
      engine.inspectContainer(controlPlane),
      engine.readFile(controlPlane, ADMIN_CONFIG),
    ]);
    const port = details?.ports.find(({ containerPort }) => containerPort === apiServerPort);
    const pem = (key: string): string | undefined => {
      // As kubeadm writes it: one cluster, one user, everything in one file.
      const [, encoded] = new RegExp(`^ +${key}: (\\S+)$`, "m").exec(config) ?? [];
      return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
    };
    const ca = pem("certificate-authority-data");
    const cert = pem("client-certificate-data");
    const key = pem("client-key-data");
    if (port === undefined || ca === undefined || cert === undefined || key === undefined) {
      return undefined;
    }
    return { server: `https://${port.hostAddress}:${port.hostPort}`, tls: { ca, cert, key } };
  }
}

/** An exit code. */
const FAILED = 1;
const OK = 200;
const CREATED = 201;
const NOT_FOUND = 404;

function optionsOf({ tls }: Connection, signal: AbortSignal | undefined): HttpOptions {
  return {
    ...{ tls, timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES },
    ...(signal === undefined ? {} : { signal }),
  };
}

function printed(
  plan: ReadPlan,
  answers: readonly ({ readonly status: number; readonly body: string } | undefined)[],
): string | undefined {
  const isAnswered = answers.every(
    (answer) => answer?.status === OK || (plan.isByName && answer?.status === NOT_FOUND),
  );
  if (!isAnswered) return undefined;
  try {
    return toKubectlOutput(
      plan,
      answers.map((answer) => (answer?.status === OK ? answer.body : undefined)),
    );
  } catch (error) {
    // Cut off, say.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
