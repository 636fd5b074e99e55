import type { NamedEvent } from "./events.ts";

/** Where progress goes. Never throws and never slows the work. */
export interface Reporter {
  report(event: NamedEvent): void;
  /** Flushes what is still to be drawn; no report follows. */
  close(): Promise<void>;
}
