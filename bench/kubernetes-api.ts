import { Agent, request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { parse } from "yaml";
import { linesOf } from "./lines.ts";

/** Of every node image of the contract, on each control plane. */
const apiServerPort = 6443;

/** Where an API server is and who we are there. Without credentials one may only knock. */
export interface ApiAccess {
  readonly address: string;
  readonly credentials?: Credentials;
}

export interface Credentials {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface WatchEvent<Item> {
  readonly type: string;
  readonly object: Item;
}

/**
 * An API server, asked from the host at the node's own address. A kubectl in the node would take processor time from
 * what is measured, and its memory would count as the node's.
 */
export class KubernetesApi implements Disposable {
  private readonly agent: Agent;
  private readonly address: string;

  constructor({ address, credentials }: ApiAccess) {
    this.address = address;
    this.agent = new Agent({
      keepAlive: true,
      // Names in certificates are the tools' business; the CA says that it is the right server.
      ...(credentials === undefined
        ? { rejectUnauthorized: false }
        : { ...credentials, checkServerIdentity: () => undefined }),
    });
  }

  /** @returns the status code and the body */
  async ask(
    method: string,
    path: string,
    { body, signal }: { readonly body?: object; readonly signal: AbortSignal },
  ): Promise<{ readonly status: number; readonly text: string }> {
    const response = await this.send({ method, path, signal }, body);
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += String(chunk);
    return { status: response.statusCode ?? 0, text };
  }

  /** The objects at this path as they are now, then every change, until the server ends the answer. */
  async *watch<Item>(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent<Item>> {
    const separator = path.includes("?") ? "&" : "?";
    const response = await this.send(
      { method: "GET", path: `${path}${separator}watch=true`, signal },
      undefined,
    );
    if (response.statusCode !== 200) {
      response.resume();
      throw new Error(`watch of ${path}: status ${response.statusCode}`);
    }
    for await (const line of linesOf(response)) yield JSON.parse(line) as WatchEvent<Item>;
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }

  private async send(options: RequestOptions, body: object | undefined): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          ...options,
          host: this.address,
          port: apiServerPort,
          agent: this.agent,
          headers: { accept: "application/json", "content-type": "application/json" },
        },
        resolve,
      );
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** The credentials of a kubeconfig that has exactly one cluster and one user, as kubeadm writes it. */
export function readCredentials(kubeconfig: string): Credentials {
  const { clusters, users } = parse(kubeconfig) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const decoded = (from: Record<string, string>, field: string) =>
    Buffer.from(from[field] ?? "", "base64");
  return {
    ca: decoded(clusters[0].cluster, "certificate-authority-data"),
    cert: decoded(users[0].user, "client-certificate-data"),
    key: decoded(users[0].user, "client-key-data"),
  };
}
