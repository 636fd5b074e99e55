import type {
  ClientTls,
  Http,
  HttpAnswer,
  HttpOptions,
  HttpRequest,
  HttpStream,
} from "../../src/ports/http.ts";

type Answer = Partial<HttpAnswer> | undefined;

/** Answers by URL; nothing answers anywhere else. */
export class FakeHttp implements Http {
  /** The URLs asked, in order. */
  readonly asked: string[] = [];
  readonly #tls = new Map<string, ClientTls | undefined>();
  readonly #answers = new Map<string, () => Answer>();

  /** By what that URL was asked last. */
  tlsOf(url: string): ClientTls | undefined {
    return this.#tls.get(url);
  }

  /** A function is asked each time: for a service that becomes ready. */
  answer(url: string, answer: Answer | (() => Answer)): this {
    this.#answers.set(url, typeof answer === "function" ? answer : () => answer);
    return this;
  }

  get(url: string, options: HttpOptions): Promise<HttpAnswer | undefined> {
    this.asked.push(url);
    return this.#ask(url, options);
  }

  /** What `send` was given, in order. */
  readonly requests: (HttpRequest & { readonly url: string })[] = [];

  /** Answers of "METHOD URL" go before those of the URL. */
  send(url: string, request: HttpRequest, options: HttpOptions): Promise<HttpAnswer | undefined> {
    this.requests.push({ url, ...request });
    const withMethod = `${request.method} ${url}`;
    return this.#ask(this.#answers.has(withMethod) ? withMethod : url, options);
  }

  /** Bodies that go on, by URL. */
  readonly streams = new Map<string, (signal: AbortSignal | undefined) => AsyncIterable<string>>();

  async open(url: string, options: HttpOptions): Promise<HttpStream | undefined> {
    this.asked.push(url);
    options.signal?.throwIfAborted();
    const stream = this.streams.get(url);
    if (stream !== undefined) return { status: 200, lines: stream(options.signal) };
    const answer = await this.#ask(url, options);
    if (answer === undefined) return undefined;
    const text = answer.body.replace(/\n$/, "");
    async function* lines(): AsyncGenerator<string, void> {
      for (const line of text.split("\n")) {
        options.signal?.throwIfAborted();
        if (text !== "") yield line;
        await Promise.resolve();
      }
    }
    return { status: answer.status, lines: lines() };
  }

  /** The messages that come back, by URL; what is asked elsewhere is refused. */
  readonly conversations = new Map<string, readonly Uint8Array[]>();
  /** What was sent last. */
  sent: readonly Uint8Array[] = [];

  converse(
    url: string,
    {
      messages,
      onMessage,
    }: {
      readonly messages: readonly Uint8Array[];
      readonly onMessage: (message: Uint8Array) => void;
    },
  ): Promise<"closed" | "broken" | "refused"> {
    const answers = this.conversations.get(url);
    if (answers === undefined) return Promise.resolve("refused");
    this.sent = messages;
    for (const answer of answers) onMessage(answer);
    return Promise.resolve("closed");
  }

  async #ask(url: string, { signal, tls }: HttpOptions): Promise<HttpAnswer | undefined> {
    signal?.throwIfAborted();
    this.#tls.set(url, tls);
    const answer = this.#answers.get(url)?.();
    if (answer === undefined) return Promise.resolve(undefined);
    return Promise.resolve({ status: 200, contentType: "text/plain", body: "", ...answer });
  }
}
