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
}
