import { listOf, numberOf, textOf } from "../json-fields.ts";

export interface ThreadGroup {
  /** "deadlocked", else as Java names the state: "BLOCKED", "RUNNABLE" … */
  readonly state: string;
  readonly threads: readonly ThreadFacts[];
}

export interface ThreadFacts {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly isDaemon: boolean;
  /** "waits for java.lang.Object@1f of pool-1" */
  readonly waitsFor?: string;
  /** As Java prints them, without "at": "dev.airfield.Shop.find(Shop.java:31)". */
  readonly frames: readonly string[];
}

/** What keeps others waiting first, what rests last. */
const ORDER = ["BLOCKED", "RUNNABLE", "WAITING", "TIMED_WAITING", "NEW", "TERMINATED"];

/**
 * Of the answer to "threaddump": threads that wait for each other first, then by state.
 * https://docs.spring.io/spring-boot/api/rest/actuator/threaddump.html
 */
export function threadGroups(body: unknown): readonly ThreadGroup[] {
  const raw = listOf(body, "threads");
  const deadlocked = deadlockedIn(raw);
  const threads = raw.map(factsOf);
  const groups = Map.groupBy(
    threads.filter(({ id }) => !deadlocked.has(id)),
    ({ state }) => state,
  );
  const dead = threads.filter(({ id }) => deadlocked.has(id));
  return [
    ...(dead.length === 0 ? [] : [{ state: "deadlocked", threads: dead }]),
    ...[...groups]
      .map(([state, of]) => ({ state, threads: of }))
      .toSorted((a, b) => placeOf(a.state) - placeOf(b.state)),
  ];
}

function placeOf(state: string): number {
  const place = ORDER.indexOf(state);
  return place === -1 ? ORDER.length : place;
}

/** Threads on a circle of who waits for a lock of whom. */
function deadlockedIn(threads: readonly unknown[]): ReadonlySet<number> {
  const waitsFor = new Map(
    threads.flatMap((thread) => {
      const id = numberOf(thread, "threadId");
      const owner = numberOf(thread, "lockOwnerId");
      return id === undefined || owner === undefined || owner < 0 ? [] : [[id, owner] as const];
    }),
  );
  const found = new Set<number>();
  for (const first of waitsFor.keys()) {
    const path = new Set<number>();
    let at: number | undefined = first;
    while (at !== undefined && !path.has(at)) {
      path.add(at);
      at = waitsFor.get(at);
    }
    if (at === first) found.add(first);
  }
  return found;
}

function factsOf(thread: unknown): ThreadFacts {
  const lock = textOf(thread, "lockName");
  const owner = textOf(thread, "lockOwnerName");
  const held = owner === undefined ? "" : ` of ${owner}`;
  return {
    id: numberOf(thread, "threadId") ?? -1,
    name: textOf(thread, "threadName") ?? "",
    state: textOf(thread, "threadState") ?? "UNKNOWN",
    isDaemon: (thread as { readonly daemon?: unknown } | null)?.daemon === true,
    ...(lock === undefined ? {} : { waitsFor: `waits for ${lock}${held}` }),
    frames: listOf(thread, "stackTrace").map(frameText),
  };
}

function frameText(frame: unknown): string {
  const file = textOf(frame, "fileName");
  const line = numberOf(frame, "lineNumber");
  const isNative = (frame as { readonly nativeMethod?: unknown } | null)?.nativeMethod === true;
  const number = line === undefined || line < 0 ? "" : `:${line}`;
  const place = isNative ? "Native Method" : `${file ?? "Unknown Source"}${number}`;
  return `${textOf(frame, "className") ?? ""}.${textOf(frame, "methodName") ?? ""}(${place})`;
}
