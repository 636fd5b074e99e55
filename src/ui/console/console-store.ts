import type { CommandDefinition } from "../../console/commands/command.ts";
import type { Glyphs } from "../../console/lines/glyphs.ts";
import { paint, type ColourDepth } from "../../console/lines/paint.ts";
import type { ConsoleEvent } from "../../console/model/events.ts";
import type { ConsoleRequest, Interests } from "../../console/model/requests.ts";
import type { ConsoleState } from "../../console/state/console-state.ts";
import { interestsOf } from "../../console/state/interests.ts";
import { reduce } from "../../console/state/reduce.ts";
import { drawScreen } from "../../console/views/screen.ts";

/** News of the cluster are drawn together; a reader sees no difference, the processor does. */
const GATHER_MS = 250;
/** A terminal that nobody looks at. */
const GATHER_UNFOCUSED_MS = 1000;

/** The state of the terminal UI and the lines that show it. Keys are drawn at once, everything else a little later. */
export interface ConsoleStore {
  dispatch(event: ConsoleEvent): void;
  /** What is on the screen, as a terminal takes it. */
  lines(): readonly string[];
  state(): ConsoleState;
  subscribe(listener: () => void): () => void;
  /** Draws what is known, also where nothing has changed. */
  flush(): void;
  /** No event is taken any more. */
  close(): void;
}

export function createConsoleStore({
  initial,
  commands,
  glyphs,
  depth,
  onRequests,
  onInterests,
  onFailure,
}: {
  readonly initial: ConsoleState;
  readonly commands: readonly CommandDefinition[];
  readonly glyphs: Glyphs;
  readonly depth: ColourDepth;
  readonly onRequests: (requests: readonly ConsoleRequest[]) => void;
  readonly onInterests: (interests: Interests) => void;
  /** A mistake of ours, in a view or in the reducer: the terminal is to be given back before it is told. */
  readonly onFailure: (error: unknown) => void;
}): ConsoleStore {
  let state = initial;
  let waiting: ConsoleEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let interests = "";
  const listeners = new Set<() => void>();
  let lines = paintAll(state);

  function paintAll(of: ConsoleState): readonly string[] {
    const { columns } = of.size;
    return drawScreen(of, { glyphs, commands }).map((each) =>
      paint(each, { depth, columns, isAscii: glyphs.isAscii }),
    );
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isClosed) return;
    try {
      const events = waiting;
      waiting = [];
      const asked: ConsoleRequest[] = [];
      for (const event of events) {
        state = reduce(state, event, commands);
        asked.push(...state.requests);
      }
      const drawn = paintAll(state);
      const isSame =
        drawn.length === lines.length && drawn.every((each, index) => each === lines[index]);
      if (!isSame) {
        lines = drawn;
        for (const listener of listeners) listener();
      }
      tellInterests();
      if (asked.length > 0) onRequests(asked);
    } catch (error) {
      isClosed = true;
      onFailure(error);
    }
  }

  function tellInterests(): void {
    const wanted = interestsOf(state);
    const text = JSON.stringify(wanted);
    if (text === interests) return;
    interests = text;
    onInterests(wanted);
  }

  return {
    dispatch(event) {
      if (isClosed) return;
      waiting.push(event);
      if (event.type === "key" || event.type === "resize") return flush();
      timer ??= setTimeout(flush, state.isFocused ? GATHER_MS : GATHER_UNFOCUSED_MS);
    },
    lines: () => lines,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
