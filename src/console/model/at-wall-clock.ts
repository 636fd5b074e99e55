import type { Clock } from "../../ports/clock.ts";
import type { ConsoleEvent } from "./events.ts";

/**
 * Events come with the time of the monotonic clock; ages are counted by the wall clock, which may be set while this goes
 * on.
 */
export function atWallClock(
  event: ConsoleEvent,
  clock: Pick<Clock, "monotonicMs" | "nowIso">,
): ConsoleEvent {
  if (!("atMs" in event)) return event;
  const offsetMs = Date.parse(clock.nowIso()) - clock.monotonicMs();
  return { ...event, atMs: Math.round(event.atMs + offsetMs) };
}
