/** Aborts when the user stops the benchmark, which then ends with exit code 130. */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      process.exitCode = 130;
      controller.abort();
    });
  return controller.signal;
}
