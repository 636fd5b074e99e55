import type { NamedEvent } from "../ports/events.ts";
import { initialState, type ProgressState, reduceProgress } from "../progress/progress-state.ts";

/** A build tool prints thousands of lines; the screen shows a state at most this often. */
const REDRAW_MS = 50;

/** The state of a live view, and news of it for React (useSyncExternalStore). */
export interface ProgressStore {
  add(event: NamedEvent): void;
  /** Tells now what is waiting to be told. */
  flush(): void;
  state(): ProgressState;
  subscribe(listener: () => void): () => void;
}

export function createProgressStore(): ProgressStore {
  let newest = initialState;
  let shown = initialState;
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    shown = newest;
    for (const listener of listeners) listener();
  };
  return {
    add(event) {
      newest = reduceProgress(newest, event);
      timer ??= setTimeout(flush, REDRAW_MS);
    },
    flush,
    state: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
