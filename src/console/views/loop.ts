import { sparkline } from "../lines/glyphs.ts";
import { clipLine, line, span, type Line, type Span } from "../lines/line.ts";
import type { ConsoleState } from "../state/console-state.ts";
import type { LoopState } from "../state/loop-state.ts";
import { formatDuration } from "../../progress/format-duration.ts";
import type { Frame } from "./frame.ts";

/** The development loop in two lines: what is under way or was last, and how long the ones before took. */
export function drawLoopLine(state: ConsoleState, loop: LoopState, frame: Frame): readonly Line[] {
  const times = loop.iterations.map(({ ms }) => ms);
  const head = line(
    span("  LOOP ", "dim"),
    span(loop.application, "strong"),
    span(times.length < 2 ? "" : `  last ${times.length}: ${sparkline(times, frame)}`, "dim"),
  );
  return [
    head,
    clipLine(line("  ", ...newest(state, loop, frame)), frame.columns, frame.glyphs.ellipsis),
  ];
}

function newest(
  state: ConsoleState,
  { current, iterations }: LoopState,
  frame: Frame,
): readonly Span[] {
  const between = span(` ${frame.glyphs.vertical} `, "dim");
  if (current !== undefined) {
    const phases = current.phases.flatMap(({ name, atMs }, index) => {
      const end = current.phases[index + 1]?.atMs ?? state.nowMs;
      return [between, span(`${name} ${formatDuration(end - atMs)}`)];
    });
    return [span(filesText(current.files), "accent"), ...phases];
  }
  const last = iterations.at(-1);
  if (last === undefined) return [span("waits for a change", "dim")];
  if (last.with === "failed") {
    return [
      span("! ", "bad"),
      span(filesText(last.files), "strong"),
      span(`  ${last.error?.split("\n")[0] ?? ""}`, "bad"),
    ];
  }
  const slowest = Math.max(0, ...last.phases.map(({ ms }) => ms));
  const phases = last.phases.flatMap(({ name, ms }) => [
    between,
    span(`${name} ${formatDuration(ms)}`, ms === slowest ? "warn" : "plain"),
  ]);
  return [
    span(filesText(last.files), "strong"),
    ...phases,
    between,
    span(`${last.with} ${formatDuration(last.ms)}`, "good"),
  ];
}

function filesText(files: readonly string[]): string {
  const [first = ""] = files;
  const name = first.slice(first.lastIndexOf("/") + 1);
  return files.length > 1 ? `${name} and ${files.length - 1} more` : name;
}
