import { type Glyphs, sparkline } from "../lines/glyphs.ts";
import type { Answer } from "./console-state.ts";

/** A minute of questions, four a second. */
export const keptAnswers = 240;

/** The newest answers as a line: how long each took, `x` for none. */
export function answerLine(answers: readonly Answer[], columns: number, glyphs: Glyphs): string {
  const newest = answers.slice(-columns);
  const most = Math.max(50, ...newest.map(({ ms }) => ms ?? 0));
  return newest
    .map((answer) => (isFailure(answer) ? "x" : sparkline([answer.ms], { glyphs, most })))
    .join("");
}

export function isFailure({ ms, status }: Answer): boolean {
  return ms === undefined || (status !== undefined && status >= 500);
}

/** Of those that came; undefined when none did. */
export function p95Of(answers: readonly Answer[] | undefined): number | undefined {
  const times = (answers ?? [])
    .flatMap(({ ms }) => (ms === undefined ? [] : [ms]))
    .sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * 0.95))];
}

/** The longest time without an answer: from the last one before to the first one after, or to now. */
export function longestGapMs(answers: readonly Answer[]): number {
  let longest = 0;
  let since: number | undefined;
  for (const [index, answer] of answers.entries()) {
    if (isFailure(answer)) since ??= answers[index - 1]?.atMs ?? answer.atMs;
    else if (since !== undefined) {
      longest = Math.max(longest, answer.atMs - since);
      since = undefined;
    }
  }
  const last = answers.at(-1);
  return since === undefined || last === undefined ? longest : Math.max(longest, last.atMs - since);
}
