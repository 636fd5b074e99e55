/**
 * The lines that `work` tells, to be read in a loop. Ending the loop aborts the work's signal; a failure of the work is
 * thrown when the lines before it have been read.
 */
export async function* linesFrom(
  work: (onLine: (line: string) => void, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  const ending = new AbortController();
  const together = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  let lines: string[] = [];
  let end: { readonly failure?: unknown } | undefined;
  let wake: () => void = () => undefined;
  const working = work((line) => {
    lines.push(line);
    wake();
  }, together).then(
    () => {
      end = {};
      wake();
    },
    (failure: unknown) => {
      end = { failure };
      wake();
    },
  );
  try {
    for (;;) {
      const ready = lines;
      lines = [];
      yield* ready;
      if (lines.length > 0) continue;
      // The compiler does not see that callbacks set it.
      const ended = end as { readonly failure?: unknown } | undefined;
      if (ended === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if ("failure" in ended) throw ended.failure;
      return;
    }
  } finally {
    ending.abort(new Error("nobody reads the lines any more"));
    await working;
  }
}
