import chalk from "chalk";
import { render } from "ink";
import { useSyncExternalStore } from "react";
import type { Reporter } from "../ports/reporter.ts";
import { ProgressView } from "./components/progress-view.tsx";
import { createProgressStore, type ProgressStore } from "./progress-store.ts";

/** The 16 of every terminal; the view uses no others. */
const BASIC_COLOURS = 1;

/** A live view on a terminal: finished steps scroll by, running ones turn at the bottom. */
export function createInkReporter(
  terminal: NodeJS.WriteStream,
  { hasColour, isAscii = false }: { readonly hasColour: boolean; readonly isAscii?: boolean },
): Reporter {
  // ink colours with it. By itself it does not know NO_COLOR, and asks whether stdout is a terminal, where this is stderr.
  chalk.level = hasColour ? BASIC_COLOURS : 0;
  const store = createProgressStore();
  const view = render(<LiveView store={store} terminal={terminal} isAscii={isAscii} />, {
    stdout: terminal,
    stderr: terminal,
    interactive: terminal.isTTY,
    // Ctrl-C is a signal that main.ts turns into a cancellation; the keyboard is never read here.
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 20,
  });
  return {
    report: (event) => store.add(event),
    async close() {
      store.flush();
      await view.waitUntilRenderFlush();
      // What finished stays above; without this, an empty line would stay of what ran.
      view.clear();
      view.unmount();
      await view.waitUntilExit();
    },
  };
}

function LiveView({
  store,
  terminal,
  isAscii,
}: {
  readonly store: ProgressStore;
  readonly terminal: NodeJS.WriteStream;
  readonly isAscii: boolean;
}) {
  const state = useSyncExternalStore(store.subscribe, store.state);
  // Read for each picture: a window changes its size.
  return <ProgressView state={state} rows={terminal.rows} isAscii={isAscii} />;
}
