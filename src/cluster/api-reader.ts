import { apiServerPort } from "../kubernetes/api-server-port.ts";
import { planReads, toKubectlOutput, type ReadPlan } from "../kubernetes/plan-reads.ts";
import type { ClientTls } from "../ports/http.ts";
import type { Ports } from "../ports/ports.ts";

interface Connection {
  /** "https://127.0.0.1:PORT" */
  readonly server: string;
  readonly tls: ClientTls;
}

const ADMIN_CONFIG = "/etc/kubernetes/admin.conf";
const TIMEOUT_MS = 5_000;
const MAX_BODY_BYTES = 64 * 1024 ** 2;

/**
 * Answers what is read of a cluster's objects without a kubectl: a program in the node takes a third of a second of the
 * processor, a request a few milliseconds.
 */
export class ApiReader {
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
    const plan = this.#isOutOfReach ? undefined : planReads(args);
    if (plan === undefined) return undefined;
    const connecting = this.#connections.get(controlPlane) ?? this.#connect(controlPlane);
    this.#connections.set(controlPlane, connecting);
    // An engine that failed once may answer the next time.
    connecting.catch(() => this.#connections.delete(controlPlane));
    const connection = await connecting;
    if (connection === undefined) return undefined;
    const answers = await Promise.all(
      plan.reads.map(({ path }) => this.#get(connection, path, signal)),
    );
    return printed(plan, answers);
  }

  async #get(
    { server, tls }: Connection,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly status: number; readonly body: string } | undefined> {
    const answer = await this.#ports.http.get(`${server}${path}`, {
      ...{ tls, timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES },
      ...(signal === undefined ? {} : { signal }),
    });
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

const OK = 200;
const NOT_FOUND = 404;

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
