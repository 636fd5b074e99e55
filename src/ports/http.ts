export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What a server and its client know each other by, in PEM. */
export interface ClientTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface HttpOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** For https: the connection is kept for the next request with the same. */
  readonly tls?: ClientTls;
  /** Bodies are cut there; 64 KiB when nothing is said. */
  readonly maxBodyBytes?: number;
}

/** HTTP requests to addresses on this machine. */
export interface Http {
  /** Undefined when nothing answers within `timeoutMs` (refused, reset, no answer). */
  get(url: string, options: HttpOptions): Promise<HttpAnswer | undefined>;
  /** Undefined as for `get`; what was asked for may have been done all the same. */
  patch(
    url: string,
    content: { readonly body: string; readonly contentType: string },
    options: HttpOptions,
  ): Promise<HttpAnswer | undefined>;
  /**
   * Tells each line of an answer's body as it comes, until it ends; of an answer other than 200 none. Undefined when
   * nothing answers or the answer breaks off. Rejects with the signal's reason when it aborts.
   */
  follow(
    url: string,
    options: {
      readonly signal: AbortSignal;
      readonly tls?: ClientTls;
      readonly onLine: (line: string) => void;
    },
  ): Promise<{ readonly status: number } | undefined>;
  /**
   * Talks by a WebSocket: sends the messages and tells those that come, until the server has closed. "refused": it was
   * never opened, or without this protocol; "broken": it was not closed but ended. Rejects with the signal's reason.
   */
  converse(
    url: string,
    options: {
      readonly protocol: string;
      readonly messages: readonly Uint8Array[];
      readonly onMessage: (message: Uint8Array) => void;
      readonly tls?: ClientTls;
      readonly signal?: AbortSignal;
    },
  ): Promise<"closed" | "broken" | "refused">;
}
