import type { LogLine } from "../model/events.ts";

/** Lines of different streams that come within this time are put into the order of their times. */
export const MERGE_WINDOW_MS = 300;
/** What may wait of one stream, and of all. Beyond that the oldest lines are left out and counted. */
const MOST = { lines: 5_000, bytes: 2 * 1024 ** 2, bytesOfAll: 8 * 1024 ** 2 };

interface Waiting {
  readonly line: LogLine;
  readonly arrivedMs: number;
}

interface Held {
  lines: Waiting[];
  /** Where the first line is that is still there: taking from an array's front is slow. */
  from: number;
  bytes: number;
  skipped: number;
}

/** Lines of several streams on their way to the screen. */
export class LogMerge {
  readonly #streams = new Map<string, Held>();
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  add(line: LogLine, arrivedMs: number): void {
    const held = this.#streams.get(line.stream) ?? { lines: [], from: 0, bytes: 0, skipped: 0 };
    this.#streams.set(line.stream, held);
    const bytes = bytesOf(line);
    held.lines.push({ line, arrivedMs });
    held.bytes += bytes;
    this.#bytes += bytes;
    while (held.lines.length - held.from > MOST.lines || held.bytes > MOST.bytes) this.#skip(held);
    while (this.#bytes > MOST.bytesOfAll) this.#skip(this.#largest());
  }

  /**
   * The lines that wait for no others any more, in the order of their times. With one stream only there is nothing to
   * wait for. The first line after some that were left out says how many.
   */
  take(nowMs: number, hasOneStream: boolean): readonly LogLine[] {
    const waiting: Waiting[] = [];
    for (const [stream, held] of this.#streams) {
      const rest = held.lines.slice(held.from);
      const [first] = rest;
      if (first !== undefined && held.skipped > 0) {
        rest[0] = { ...first, line: { ...first.line, skipped: held.skipped } };
      }
      waiting.push(...rest);
      this.#streams.delete(stream);
    }
    this.#bytes = 0;
    // Stable: lines of a stream that have the same time stay as they came.
    waiting.sort((a, b) => compareTimes(a.line.at, b.line.at));
    const last = hasOneStream
      ? waiting.length - 1
      : waiting.findLastIndex(({ arrivedMs }) => arrivedMs <= nowMs - MERGE_WINDOW_MS);
    for (const { line, arrivedMs } of waiting.slice(last + 1)) this.#putBack(line, arrivedMs);
    return waiting.slice(0, last + 1).map(({ line }) => line);
  }

  #putBack(line: LogLine, arrivedMs: number): void {
    const { skipped = 0, ...plain } = line;
    this.add(plain, arrivedMs);
    const held = this.#streams.get(line.stream);
    if (held !== undefined) held.skipped += skipped;
  }

  #skip(held: Held): void {
    const first = held.lines[held.from];
    if (first === undefined) return;
    const bytes = bytesOf(first.line);
    held.from += 1;
    held.bytes -= bytes;
    held.skipped += 1;
    this.#bytes -= bytes;
    if (held.from < MOST.lines) return;
    held.lines = held.lines.slice(held.from);
    held.from = 0;
  }

  #largest(): Held {
    let largest: Held = { lines: [], from: 0, bytes: 0, skipped: 0 };
    for (const held of this.#streams.values()) if (held.bytes > largest.bytes) largest = held;
    return largest;
  }
}

/** What V8 takes for a text of letters that are not all ASCII, and for the rest of a line. */
function bytesOf({ text }: LogLine): number {
  return text.length * 2 + 100;
}

/** Of ISO 8601, with fractions of whatever length. */
export function compareTimes(a: string, b: string): number {
  if (a.length === b.length && a.endsWith("Z") && b.endsWith("Z")) return a < b ? -1 : +(a > b);
  return Date.parse(a) - Date.parse(b) || 0;
}
