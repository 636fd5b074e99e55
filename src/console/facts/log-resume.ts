/** Lines of the last seconds, so that a log that has broken off goes on without a gap and without telling a line twice. */
export class LogResume {
  /** How often each line came, by its second; of the newest second and the one before. */
  readonly #seen = new Map<string, Map<string, number>>();
  #repeats = new Map<string, number>();
  #newest = "";
  #oldest = "";
  #toldUntil = "";

  /**
   * From where on to ask: whole seconds, which is all that the API takes, and one more for lines of stdout and stderr that
   * overtake each other. Undefined: nothing was told yet.
   */
  get sinceTime(): string | undefined {
    return this.#oldest === "" ? undefined : `${this.#oldest}Z`;
  }

  /** The log is read again from `sinceTime` on. */
  begin(): void {
    this.#repeats = new Map([...this.#seen.values()].flatMap((lines) => [...lines]));
    this.#toldUntil = this.#newest;
  }

  /** Whether a line is new; one that is counts from now on. @param at "2026-01-01T00:00:00.000000000Z" */
  isNew(at: string, text: string): boolean {
    const second = at.slice(0, "2026-01-01T00:00:00".length);
    const line = `${at} ${text}`;
    if (this.#repeats.size > 0) {
      const count = this.#repeats.get(line) ?? 0;
      if (count > 0) {
        this.#repeats.set(line, count - 1);
        return false;
      }
      if (second > this.#toldUntil) this.#repeats = new Map();
    }
    this.#note(second, line);
    return true;
  }

  #note(second: string, line: string): void {
    if (second > this.#newest) {
      this.#newest = second;
      const before = new Date(Date.parse(`${second}Z`) - 1000).toISOString();
      this.#oldest = before.slice(0, second.length);
      for (const each of this.#seen.keys()) if (each < this.#oldest) this.#seen.delete(each);
    }
    if (second < this.#oldest) return;
    const lines = this.#seen.get(second) ?? new Map<string, number>();
    lines.set(line, (lines.get(line) ?? 0) + 1);
    this.#seen.set(second, lines);
  }
}
