/**
 * V8 sizes its heap by the machine, and lets the garbage of frames that are drawn again and again grow to hundreds of
 * megabytes. The UI stands open beside a JVM and an editor all day: its live heap is a quarter of this.
 */
const heapFlags = ["--max-semi-space-size=2", "--max-old-space-size=128"];

/**
 * Begins this process again as a program with a small heap, where Node can and it is not one already; else returns. V8 takes
 * these flags only at its start. The terminal and the process id stay.
 * https://nodejs.org/api/process.html#processexecvefile-args-env
 */
export function continueWithSmallHeap(): void {
  const { execve, execPath, execArgv, argv, env } = process;
  // Node 22.15 and 23.11 brought it; Windows has none.
  if (typeof execve !== "function" || execArgv.includes(heapFlags[0] ?? "")) return;
  try {
    execve.call(process, execPath, [execPath, ...execArgv, ...heapFlags, ...argv.slice(1)], env);
  } catch {
    // It goes on as it is.
  }
}
