/**
 * Waits for all, also when one fails, so that nothing goes on behind a rollback; then throws the one failure
 * (or the first of several that say the same), or all of them joined.
 */
export async function allDone<Value>(work: readonly Promise<Value>[]): Promise<readonly Value[]> {
  const outcomes = await Promise.allSettled(work);
  const failures = new Map<string, unknown>();
  for (const outcome of outcomes)
    if (outcome.status === "rejected" && !failures.has(String(outcome.reason)))
      failures.set(String(outcome.reason), outcome.reason);
  const [[, first] = []] = failures;
  if (failures.size === 1) throw first;
  if (failures.size > 1)
    throw new AggregateError(failures.values(), [...failures.keys()].join("\n"));
  return outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
}
