import type { LogLine, LogStream } from "../model/events.ts";
import type { LogInterest } from "../model/requests.ts";
import type { LogLevel } from "../facts/logs/log-statement.ts";
import { readLogLine, type ReadLine } from "./read-log-line.ts";

/** More would cost memory that the JVMs beside it need; what goes is counted and said. */
const keptLines = 5000;
const keptBytes = 8 * 1024 * 1024;

export interface LogsState {
  readonly interest: LogInterest;
  readonly title: string;
  /** By the time of the container runtime. */
  readonly lines: readonly KeptLine[];
  /** How many were dropped at the beginning. */
  readonly dropped: number;
  readonly streams: readonly LogStream[];
  /** How many lines from the end the last shown one is; 0 follows. */
  readonly fromEnd: number;
  readonly isFollowing: boolean;
  readonly wraps: boolean;
  readonly showsTime: boolean;
  readonly showsStream: boolean;
  readonly foldsTraces: boolean;
  /** JSON as it came. */
  readonly showsRaw: boolean;
  readonly search: string;
  /** Only lines that match, with `context` lines around each. */
  readonly onlyMatches: boolean;
  /** Only lines of this level and above, with what belongs to them. */
  readonly level: LogLevel | undefined;
  /** First column shown of lines that are not wrapped. */
  readonly left: number;
  /** Number of the newest line, so that a line keeps its number. */
  readonly nextNumber: number;
}

export interface KeptLine extends ReadLine {
  readonly number: number;
  readonly stream: string;
  readonly at: string;
  readonly raw: string;
  readonly skipped: number;
}

export function openLogs(interest: LogInterest, title: string): LogsState {
  return {
    interest,
    title,
    lines: [],
    dropped: 0,
    streams: [],
    fromEnd: 0,
    isFollowing: true,
    wraps: true,
    showsTime: false,
    showsStream: true,
    foldsTraces: true,
    showsRaw: false,
    search: "",
    onlyMatches: false,
    level: undefined,
    left: 0,
    nextNumber: 0,
  };
}

/** Adds lines in the order of their times; those of one stream keep their order. */
export function addLogLines(logs: LogsState, lines: readonly LogLine[]): LogsState {
  if (lines.length === 0) return logs;
  const added = lines.map((each, index) => ({
    ...readLogLine(each.text),
    number: logs.nextNumber + index,
    stream: each.stream,
    at: each.at,
    raw: each.text,
    skipped: each.skipped ?? 0,
  }));
  const [oldest] = added;
  const isLater = (oldest?.at ?? "") >= (logs.lines.at(-1)?.at ?? "");
  const isSorted = added.every((each, index) => each.at >= (added[index - 1]?.at ?? ""));
  const all = [...logs.lines, ...added];
  // Sorting is stable: lines of the same moment stay as they came.
  const sorted =
    isLater && isSorted ? all : all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const kept = newest(sorted);
  return {
    ...logs,
    lines: kept,
    dropped: logs.dropped + sorted.length - kept.length,
    nextNumber: logs.nextNumber + added.length,
    // What is looked at stays where it is while lines come below it.
    fromEnd: logs.isFollowing ? 0 : Math.min(kept.length, logs.fromEnd + added.length),
  };
}

function newest(lines: readonly KeptLine[]): readonly KeptLine[] {
  const last = lines.slice(-keptLines);
  let bytes = 0;
  for (let index = last.length - 1; index >= 0; index--) {
    bytes += last[index]?.raw.length ?? 0;
    if (bytes > keptBytes) return last.slice(index + 1);
  }
  return last;
}

export function setLogStream(logs: LogsState, stream: LogStream): LogsState {
  const others = logs.streams.filter((each) => each.stream !== stream.stream);
  return { ...logs, streams: [...others, stream] };
}

/** A line of the screen's list: a line of the log, or one that says what is not there. */
export type ShownLine =
  | { readonly type: "line"; readonly line: KeptLine; readonly isContext: boolean }
  | { readonly type: "folded"; readonly count: number; readonly line: KeptLine }
  | { readonly type: "skipped"; readonly count: number }
  | { readonly type: "gap" };

/** Lines around a match. */
const context = 3;

/** The lines that the settings leave, in order. */
export function shownLines(logs: LogsState): readonly ShownLine[] {
  const chosen = chooseLines(logs);
  const shown: ShownLine[] = [];
  if (logs.dropped > 0) shown.push({ type: "skipped", count: logs.dropped });
  let folded = 0;
  let before: number | undefined;
  const unfold = (line: KeptLine | undefined) => {
    if (folded > 0 && line !== undefined) shown.push({ type: "folded", count: folded, line });
    folded = 0;
  };
  let lastFolded: KeptLine | undefined;
  for (const { line, isContext } of chosen) {
    if (line.skipped > 0) {
      unfold(lastFolded);
      shown.push({ type: "skipped", count: line.skipped });
    }
    if (logs.onlyMatches && before !== undefined && line.number !== before + 1) {
      unfold(lastFolded);
      shown.push({ type: "gap" });
    }
    before = line.number;
    if (logs.foldsTraces && line.isFrame && !line.isOwnFrame) {
      folded++;
      lastFolded = line;
      continue;
    }
    unfold(lastFolded);
    shown.push({ type: "line", line, isContext });
  }
  unfold(lastFolded);
  return shown;
}

function chooseLines(
  logs: LogsState,
): readonly { readonly line: KeptLine; readonly isContext: boolean }[] {
  const byLevel = logs.level === undefined ? logs.lines : ofLevel(logs.lines, logs.level);
  if (!logs.onlyMatches || logs.search === "") {
    return byLevel.map((line) => ({ line, isContext: false }));
  }
  const matches = matcher(logs.search);
  const hits = byLevel.map(({ raw }) => matches(raw));
  const near = new Set<number>();
  for (const [index, isHit] of hits.entries()) {
    if (!isHit) continue;
    for (let each = index - context; each <= index + context; each++) near.add(each);
  }
  return byLevel.flatMap((line, index) =>
    near.has(index) ? [{ line, isContext: hits[index] !== true }] : [],
  );
}

const ranks: Readonly<Record<LogLevel, number>> = {
  trace: 0,
  debug: 1,
  info: 2,
  warn: 3,
  error: 4,
};

/** Lines without a level, as those of a stack trace, belong to the line of their stream before them. */
function ofLevel(lines: readonly KeptLine[], least: LogLevel): readonly KeptLine[] {
  const isIn = new Map<string, boolean>();
  return lines.filter((line) => {
    if (line.level !== undefined) isIn.set(line.stream, ranks[line.level] >= ranks[least]);
    return isIn.get(line.stream) ?? false;
  });
}

/** Whether a text is what was typed: a regular expression where it is one, with `!` for all others. */
export function matcher(typed: string): (text: string) => boolean {
  const isInverse = typed.startsWith("!") && typed.length > 1;
  const expression = expressionOf(isInverse ? typed.slice(1) : typed);
  return (text) => expression.test(text) !== isInverse;
}

/** Without regard to case, unless a capital letter is among what was typed. */
export function expressionOf(typed: string, flags = ""): RegExp {
  const all = flags + (/\p{Lu}/u.test(typed) ? "" : "i");
  try {
    return new RegExp(typed, all);
  } catch {
    return new RegExp(typed.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), all);
  }
}
