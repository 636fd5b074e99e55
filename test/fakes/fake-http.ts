import type { ClientTls, Http, HttpAnswer, HttpOptions } from "../../src/ports/http.ts";

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

  async get(url: string, { signal, tls }: HttpOptions): Promise<HttpAnswer | undefined> {
    signal?.throwIfAborted();
    this.#tls.set(url, tls);
    this.asked.push(url);
    const answer = this.#answers.get(url)?.();
    if (answer === undefined) return Promise.resolve(undefined);
    return Promise.resolve({ status: 200, contentType: "text/plain", body: "", ...answer });
  }
}
