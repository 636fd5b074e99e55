export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** HTTP requests to addresses on this machine. */
export interface Http {
  /** Undefined when nothing answers within `timeoutMs` (refused, reset, no answer). Bodies are cut at 64 KiB. */
  get(
    url: string,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<HttpAnswer | undefined>;
}
