/** One question to an application's URL. */
export interface Answer {
  /** When it was asked, monotonic. */
  readonly atMs: number;
  /** How long the answer took; undefined: there was none. */
  readonly ms?: number;
  readonly status?: number;
}

export interface Gap {
  /** From the last good answer before to the first one after, or to the last question where there is none yet. */
  readonly ms: number;
  readonly fromMs: number;
  readonly isOver: boolean;
}

/** What a user would see as working: an answer, and not one of a server that has failed. */
export function isGood({ ms, status }: Answer): boolean {
  return ms !== undefined && (status ?? 0) < 500;
}

/** The longest time without a good answer; undefined where all were good. In the order of the questions. */
export function longestGap(answers: readonly Answer[]): Gap | undefined {
  let longest: Gap | undefined;
  let lastGood: number | undefined;
  let failedSince: number | undefined;
  const close = (untilMs: number, isOver: boolean): void => {
    if (failedSince === undefined) return;
    const fromMs = lastGood ?? failedSince;
    const ms = untilMs - fromMs;
    if (longest === undefined || ms > longest.ms) longest = { ms, fromMs, isOver };
    failedSince = undefined;
  };
  for (const answer of answers) {
    if (!isGood(answer)) {
      failedSince ??= answer.atMs;
      continue;
    }
    close(answer.atMs, true);
    lastGood = answer.atMs;
  }
  close(answers.at(-1)?.atMs ?? 0, false);
  return longest;
}

/** The time within which 95 of 100 good answers came; undefined where there is none. */
export function p95Of(answers: readonly Answer[]): number | undefined {
  const times = answers
    .filter(isGood)
    .map(({ ms = 0 }) => ms)
    .toSorted((a, b) => a - b);
  return times[Math.ceil(times.length * 0.95) - 1];
}
