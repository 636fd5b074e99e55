/**
 * Values that arrive over time, for several readers at their own pace: each gets all of them from the
 * start. The values are kept, so they are to be small (what is big lies in files).
 */
export class ReplayFeed<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => {};
  #changed = this.#nextChange();

  push(value: T): void {
    this.#values.push(value);
    this.#announce();
  }

  end(): void {
    this.#end ??= {};
    this.#announce();
  }

  /** Readers get the values that came before, then the error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#announce();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (let next = 0; ;) {
      const changed = this.#changed;
      while (next < this.#values.length) yield this.#values[next++] as T;
      if (changed !== this.#changed) continue;
      if (this.#end !== undefined) {
        if ("error" in this.#end) throw this.#end.error;
        return;
      }
      await changed;
    }
  }

  #announce(): void {
    const wake = this.#wake;
    this.#changed = this.#nextChange();
    wake();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
