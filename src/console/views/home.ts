import { applicationsOf } from "../lists/applications.ts";
import { findingsOf } from "../lists/findings.ts";
import { lists } from "../lists/lists.ts";
import { nodeHealth, nodesOf } from "../lists/nodes.ts";
import type { NodeSubject } from "../lists/subject.ts";
import { fit } from "../lines/cells.ts";
import { ageText, count } from "../lines/format.ts";
import { bar } from "../lines/glyphs.ts";
import { clipLine, emptyLine, line, span, type Line, type Span } from "../lines/line.ts";
import { longestGap } from "../facts/answers.ts";
import { answerLine } from "../state/answers.ts";
import { rowsOf, type ConsoleState, type Place } from "../state/console-state.ts";
import type { Frame } from "./frame.ts";
import { drawList, padded } from "./list.ts";
import { drawLoopLine } from "./loop.ts";

/** A node is full of pods at Kubernetes' own limit; a development cluster shows its few pods on a finer scale. */
const fullNodePods = 20;

/** Applications first, then what is wrong with them, then where they run, then what was said lately. */
export function drawHome(state: ConsoleState, place: Place, frame: Frame): readonly Line[] {
  const { rows } = frame;
  const sections = [
    drawLoop(state, frame),
    drawAnswers(state, frame),
    drawWrong(state, frame),
    drawNodes(state, frame),
    drawEvents(state, frame),
  ];
  const found = applicationsOf(state).length;
  const applications = found === 0 ? 3 : found + 1;
  const below: Line[] = [];
  // Each section as long as there is room for it and the list keeps what it needs, or half of the screen.
  const listNeeds = Math.min(applications, Math.ceil(rows / 2));
  for (const section of sections) {
    const room = rows - listNeeds - below.length - 1;
    // A heading alone says nothing.
    if (section.length === 0 || room < 2) continue;
    below.push(emptyLine, ...section.slice(0, room));
  }
  const listRows = Math.min(Math.max(listNeeds, rows - below.length), applications);
  return padded(
    [...drawList(state, place, lists.home, { ...frame, rows: listRows }), ...below],
    frame,
  );
}

function drawLoop(state: ConsoleState, frame: Frame): readonly Line[] {
  return state.loop === undefined ? [] : drawLoopLine(state, state.loop, frame);
}

/** Each answer of the application that is asked all the time, and the longest time without one. */
function drawAnswers(state: ConsoleState, { glyphs, columns }: Frame): readonly Line[] {
  const { probed } = state;
  const told = probed === undefined ? undefined : state.answers.get(probed.application);
  if (probed === undefined || told === undefined) return [];
  const gap = longestGap(told)?.ms ?? 0;
  return [
    line(
      span("  ANSWERS ", "dim"),
      span(probed.application, "strong"),
      gap === 0 ? span("  none was missing", "good") : span(`  longest gap ${gap} ms`, "bad"),
    ),
    line("  ", span(answerLine(told, columns - 4, glyphs))),
  ];
}

function title(text: string, rest = ""): Line {
  return line("  ", span(text, "dim"), ...(rest === "" ? [] : [span(`  ${rest}`, "dim")]));
}

/** The worst five, each with what to do. */
function drawWrong(state: ConsoleState, frame: Frame): readonly Line[] {
  const findings = findingsOf(state);
  if (findings.length === 0) return [];
  const most = findings.length === 6 ? 6 : 5;
  const shown = frame.isStill === true ? findings : findings.slice(0, most);
  const width = Math.min(36, Math.max(...shown.map(({ name }) => name.length)));
  return [
    title(
      "WHAT IS WRONG",
      findings.length > shown.length ? `${shown.length} of ${findings.length}, ! shows all` : "",
    ),
    ...shown.map(({ severity, name, text, advice }) =>
      clipLine(
        line(
          span(severity === "bad" ? "! " : "  ", "bad"),
          span(fit(shortName(name, width), width, frame.glyphs), "strong"),
          "  ",
          span(text, severity),
          ...(advice === "" || frame.columns < 120 || frame.isStill === true
            ? []
            : [span(`  ${frame.glyphs.arrow} ${advice}`, "dim")]),
        ),
        frame.columns,
        frame.glyphs.ellipsis,
      ),
    ),
  ];
}

/** Pods are told apart by their ends. */
function shortName(name: string, width: number): string {
  return name.length <= width ? name : `${name.slice(0, width - 7)}~${name.slice(-6)}`;
}

/** A line for each zone, its nodes with how full of pods they are. */
function drawNodes(state: ConsoleState, frame: Frame): readonly Line[] {
  const nodes = nodesOf(state).filter(({ role }) => role !== "load-balancer");
  if (nodes.length === 0) return [];
  const zones = new Map<string, NodeSubject[]>();
  for (const node of nodes) {
    const zone = node.row?.zone ?? "";
    zones.set(zone, [...(zones.get(zone) ?? []), node]);
  }
  const ordered = [...zones].sort(([a], [b]) => (a < b ? -1 : 1));
  const zoneWidth = Math.max(...ordered.map(([zone]) => zone.length));
  const prefix = state.cluster === undefined ? "" : `${state.cluster}-`;
  const lines = ordered.flatMap(([zone, members]) =>
    flow(
      members.map((node) => nodeCell(node, { state, frame, prefix })),
      frame.columns - zoneWidth - 4,
    ).map((spans, index) =>
      line(
        "  ",
        ...(zoneWidth === 0
          ? []
          : [span(fit(index === 0 ? zone : "", zoneWidth + 2, frame.glyphs), "accent")]),
        ...spans,
      ),
    ),
  );
  return [title("NODES", podsText(state)), ...lines];
}

function podsText(state: ConsoleState): string {
  const pods = rowsOf(state, "Pod").length;
  return pods === 0 ? "" : count(pods, "pod");
}

interface Cell {
  readonly spans: readonly Span[];
  readonly width: number;
}

function nodeCell(
  node: NodeSubject,
  {
    state,
    frame,
    prefix,
  }: { readonly state: ConsoleState; readonly frame: Frame; readonly prefix: string },
): Cell {
  const name = node.name.startsWith(prefix) ? node.name.slice(prefix.length) : node.name;
  const { text, isWell } = nodeHealth(node);
  const pods = rowsOf(state, "Pod").filter((pod) => pod.node === node.name).length;
  const shown = isWell
    ? [span(bar(pods / fullNodePods, 8, frame.glyphs), "good"), span(` ${pods}`)]
    : [span(`! ${text}`, text === "cordoned" ? "warn" : "bad"), span(` ${pods}`)];
  const spans = [span(`${name} `), ...shown];
  return { spans, width: spans.reduce((sum, each) => sum + each.text.length, 0) };
}

/** Cells side by side, as many in a line as there is room for. */
function flow(cells: readonly Cell[], room: number): readonly (readonly Span[])[] {
  const widest = Math.max(...cells.map(({ width }) => width));
  const perLine = Math.max(1, Math.floor((room + 3) / (widest + 3)));
  const lines: Span[][] = [];
  for (const [index, { spans, width }] of cells.entries()) {
    if (index % perLine === 0) lines.push([]);
    lines.at(-1)?.push(...spans, span(" ".repeat(widest - width + 3)));
  }
  return lines;
}

/** The newest warnings, or the newest events where there are none. */
function drawEvents(state: ConsoleState, frame: Frame): readonly Line[] {
  const events = rowsOf(state, "Event");
  const warnings = events.filter(({ type }) => type === "Warning");
  const newest = [...(warnings.length > 0 ? warnings : events)]
    .sort((a, b) => (a.lastAt < b.lastAt ? 1 : -1))
    .slice(0, 8);
  if (newest.length === 0) return [];
  return [
    title("EVENTS", warnings.length === 0 ? "no warning" : count(warnings.length, "warning")),
    ...newest.map(({ lastAt, reason, about, message, count: times, type }) =>
      clipLine(
        line(
          span(`  ${ageText(lastAt, state.nowMs).padStart(4)}  `, "dim"),
          span(reason, type === "Warning" ? "warn" : "plain"),
          span(`  ${about.name}`, "strong"),
          span(times > 1 ? ` (${times} times)` : "", "dim"),
          span(`  ${message}`),
        ),
        frame.columns,
        frame.glyphs.ellipsis,
      ),
    ),
  ];
}
