/**
 * Waits for all, also when one fails, so that nothing goes on behind a rollback; then throws the one
 * failure, or all of them joined.
 */
export async function allDone<Value>(work: readonly Promise<Value>[]): Promise<readonly Value[]> {
  const outcomes = await Promise.allSettled(work);
  const failures = outcomes
    .filter((outcome) => outcome.status === "rejected")
    .map(({ reason }) => reason as unknown);
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join("\n"));
  return outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
}
