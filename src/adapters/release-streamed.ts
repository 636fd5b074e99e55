import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What may lie about of what has been streamed. */
const keptBytes = 16 * 1024 ** 2;

type Collect = (options: { readonly type: "minor" }) => void;

let streamedBytes = 0;
let collect: Collect | undefined;

/**
 * To be told of each piece of a long stream, when it has been passed on. V8 sees the handles of Buffers, which are
 * small, and collects them when 64 MB have come together behind them: half of what a command takes. The young ones
 * are therefore collected earlier, which takes a few milliseconds.
 * https://nodejs.org/api/v8.html#v8setflagsfromstringflags, https://nodejs.org/api/globals.html (`gc` of --expose-gc)
 */
export function releaseStreamed(bytes: number): void {
  streamedBytes += bytes;
  if (streamedBytes < keptBytes) return;
  streamedBytes = 0;
  collect ??= exposeCollector();
  collect({ type: "minor" });
}

function exposeCollector(): Collect {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as Collect;
}
