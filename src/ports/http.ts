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
  /** For an application of the user's at 127.0.0.1, whose certificate is its own or for another name. */
  readonly acceptsAnyCertificate?: boolean;
  /** Bodies are cut there; 64 KiB when nothing is said. */
  readonly maxBodyBytes?: number;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: string;
  readonly contentType?: string;
}

export interface HttpStream {
  readonly status: number;
  /**
   * Each line of the body as it comes. To be read once; ending the loop closes the connection. Throws when the connection
   * breaks, and the signal's reason when it aborts.
   */
  readonly lines: AsyncIterable<string>;
}

/** HTTP requests to addresses on this machine. */
export interface Http {
  /** Undefined when nothing answers within `timeoutMs` (refused, reset, no answer). */
  get(url: string, options: HttpOptions): Promise<HttpAnswer | undefined>;
  /**
   * Undefined as for `get`; what was asked for may have been done all the same. A kept connection that the server had
   * closed is no failure, except for a POST, which may not be sent twice.
   */
  send(url: string, request: HttpRequest, options: HttpOptions): Promise<HttpAnswer | undefined>;
  /**
   * An answer whose body may go on for long, as soon as it begins. Undefined when it does not begin within `timeoutMs`.
   * On a connection of its own.
   */
  open(url: string, options: HttpOptions): Promise<HttpStream | undefined>;
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
