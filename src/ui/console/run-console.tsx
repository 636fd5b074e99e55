import { PassThrough } from "node:stream";
import { render } from "ink";
import type { CommandDefinition } from "../../console/commands/command.ts";
import { createKeyDecoder, FLUSH_AFTER_MS } from "../../console/keys/key-decoder.ts";
import { asciiGlyphs, unicodeGlyphs } from "../../console/lines/glyphs.ts";
import type { ColourDepth } from "../../console/lines/paint.ts";
import { atWallClock } from "../../console/model/at-wall-clock.ts";
import type { ConsoleEvent } from "../../console/model/events.ts";
import type { Key } from "../../console/model/key.ts";
import type { ConsoleSource } from "../../console/console-source.ts";
import type { ConsoleRequest, Interests } from "../../console/model/requests.ts";
import { initialState } from "../../console/state/console-state.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Terminal } from "../../ports/terminal.ts";
import { ConsoleScreen, type LendTerminal } from "./console-screen.tsx";
import { createConsoleStore } from "./console-store.ts";

/** Where a second matters on the screen, and where only ages grow. */
const TICK_MS = 1000;
const QUIET_TICK_MS = 10_000;

export interface ConsoleOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly commands: readonly CommandDefinition[];
  readonly depth: ColourDepth;
  readonly isAscii: boolean;
  readonly cluster: string | undefined;
  readonly signal: AbortSignal;
  /** Called after the first frame: what it loads must not hold that up. `lend` gives it the terminal for a while. */
  readonly open: (
    emit: (event: ConsoleEvent) => void,
    lend: LendTerminal,
  ) => Promise<ConsoleSource>;
  /** Every event, in the order in which it was taken. */
  readonly onEvent?: (event: ConsoleEvent) => void;
  readonly onFrame?: (metrics: { readonly renderTime: number }) => void;
}

/** The terminal UI, until one leaves it or the signal aborts (then it throws the signal's reason). */
export async function runConsole(options: ConsoleOptions): Promise<void> {
  const { terminal, clock, commands, signal } = options;
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<undefined>();
  let source: ConsoleSource | undefined;
  let interests: Interests | undefined;
  const store = createConsoleStore({
    initial: initialState({
      ...terminal.size(),
      cluster: options.cluster,
    }),
    commands,
    glyphs: options.isAscii ? asciiGlyphs : unicodeGlyphs,
    depth: options.depth,
    onRequests: (requests) => requests.forEach(handle),
    onInterests(wanted) {
      interests = wanted;
      source?.want(wanted);
      setTicks(wanted.ticks);
    },
    onFailure: fail,
  });

  const dispatch = (event: ConsoleEvent) => {
    const stamped = atWallClock(event, clock);
    options.onEvent?.(stamped);
    store.dispatch(stamped);
  };

  let ticker: NodeJS.Timeout | undefined;
  let tickMs = 0;
  function setTicks(isQuick: boolean): void {
    const wanted = isQuick ? TICK_MS : QUIET_TICK_MS;
    if (wanted === tickMs) return;
    tickMs = wanted;
    clearInterval(ticker);
    ticker = setInterval(() => dispatch({ type: "tick", atMs: clock.monotonicMs() }), wanted);
  }

  dispatch({ type: "tick", atMs: clock.monotonicMs() });
  store.flush();
  const ready = Promise.withResolvers<LendTerminal>();
  const view = render(<ConsoleScreen store={store} onReady={ready.resolve} />, {
    stdout: terminal.output,
    // Keys are read by the decoder below; ink would take several of one burst for one.
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 30,
    ...(options.onFrame === undefined ? {} : { onRender: options.onFrame }),
  });
  // A mistake in drawing is told here, too.
  view.waitUntilExit().catch(fail);

  const clear = () => {
    view.clear();
    terminal.write("\u001b[H\u001b[2J");
  };
  const decoder = createKeyDecoder();
  let flushing: NodeJS.Timeout | undefined;
  const press = (keys: readonly Key[]) => {
    for (const key of keys) dispatch({ type: "key", key, atMs: clock.monotonicMs() });
  };
  terminal.enter({
    onBytes(bytes) {
      clearTimeout(flushing);
      press(decoder.push(bytes));
      if (decoder.isWaiting) flushing = setTimeout(() => press(decoder.flush()), FLUSH_AFTER_MS);
    },
    onResize() {
      // What wide letters leave behind at the old edge is not known to ink's comparison of lines.
      clear();
      dispatch({ type: "resize", ...terminal.size() });
    },
  });
  const lend: LendTerminal = async (work) => {
    const suspend = await ready.promise;
    await suspend(() => terminal.lend(work));
    dispatch({ type: "resize", ...terminal.size() });
  };

  function handle(request: ConsoleRequest): void {
    switch (request.type) {
      case "quit":
        return end(undefined);
      case "redraw":
        clear();
        return view.rerender(<ConsoleScreen store={store} onReady={ready.resolve} />);
      case "suspend":
        return void lend(() => terminal.stopJob()).catch(fail);
      default:
        source?.ask(request);
    }
  }

  const onAbort = () => fail(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await view.waitUntilRenderFlush();
    // It may still be on its way when one leaves again.
    void options.open(dispatch, lend).then((opened) => {
      source = opened;
      if (interests !== undefined) opened.want(interests);
    }, fail);
    await ended;
  } finally {
    signal.removeEventListener("abort", onAbort);
    store.close();
    clearInterval(ticker);
    clearTimeout(flushing);
    terminal.leave();
    view.unmount();
    terminal.leave();
    await source?.close();
  }
}
