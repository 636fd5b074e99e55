import { findingsOf } from "../lists/findings.ts";
import { bytesText, count, percentText, spanText } from "../lines/format.ts";
import { sparkline } from "../lines/glyphs.ts";
import { line, span, spread, type Line, type Span } from "../lines/line.ts";
import { rowsOf, type ConsoleState } from "../state/console-state.ts";
import type { Frame } from "./frame.ts";

/** Which cluster this is, how it is, and how fresh everything below is. */
export function drawHeader(state: ConsoleState, frame: Frame): Line {
  const { dot } = frame.glyphs;
  const cluster = state.clusters?.find(({ name }) => name === state.cluster);
  const left: Span[] = [span(" "), span(state.cluster ?? "airfield", "strong")];
  const add = (text: string) => left.push(span(` ${dot} `, "dim"), span(text));
  if (cluster !== undefined) {
    const controlPlanes = cluster.nodes.filter(({ role }) => role === "control-plane").length;
    const workers = cluster.nodes.filter(({ role }) => role === "worker").length;
    add(`${controlPlanes} cp${workers === 0 ? "" : ` + ${count(workers, "worker")}`}`);
    const version = rowsOf(state, "Node")[0]?.version ?? cluster.version;
    if (version !== undefined) add(version);
  } else if (state.cluster === undefined && state.clusters !== undefined) {
    add(count(state.clusters.length, "cluster"));
  }
  const use = usage(state, frame);
  if (use !== undefined) add(use);
  return spread(
    line(...left),
    line(...freshness(state, frame), " "),
    frame.columns,
    frame.glyphs.ellipsis,
  );
}

/** How busy all nodes are together; undefined where nobody measures it. */
function usage(state: ConsoleState, { glyphs, columns }: Frame): string | undefined {
  const nodes = rowsOf(state, "Node").filter(({ name }) => state.figures.has(name));
  if (nodes.length === 0) return undefined;
  const [first] = nodes;
  // Nodes are containers of one machine: each of them says that it has all of its processors and memory.
  const cores = first?.cpuCores ?? 0;
  const memory = first?.memoryBytes ?? 0;
  const histories = nodes.flatMap(({ name }) => state.figures.get(name) ?? []);
  const now = histories.reduce((sum, { newest }) => sum + newest.cpuCores, 0);
  const used = histories.reduce((sum, { newest }) => sum + newest.memoryBytes, 0);
  const recent = Array.from({ length: 8 }, (_, back) =>
    histories.reduce((sum, { cpuCores }) => sum + (cpuCores.at(back - 8) ?? 0), 0),
  );
  const curve = columns < 100 ? "" : ` ${sparkline(recent, { glyphs, most: cores })}`;
  const share = cores === 0 ? 0 : now / cores;
  return `cpu${curve} ${percentText(share)} ${glyphs.dot} mem ${bytesText(used)} of ${bytesText(memory)}`;
}

/** What keeps the screen from being true, the worst first; "live" when nothing does. */
function freshness(state: ConsoleState, { glyphs }: Frame): readonly Span[] {
  const { engine, clusters, cluster, feeds, nowMs } = state;
  if (engine.state === "lost") return [span("! engine lost, asking again", "bad")];
  if (engine.state === "asking") return [span("asking the engine", "dim")];
  if (cluster === undefined) return [span("live", "good")];
  const present = clusters?.find(({ name }) => name === cluster);
  if (present === undefined) return [span("! this cluster is gone", "bad")];
  if (present.state !== "running" && present.state !== "partly") {
    return [span(`! cluster ${present.state}`, "bad")];
  }
  const wrong = findingsOf(state).filter(({ severity }) => severity === "bad").length;
  const warning: readonly Span[] =
    wrong === 0 ? [] : [span(`! ${wrong} wrong`, "bad"), span(` ${glyphs.dot} `, "dim")];
  const told = Object.values(feeds);
  const broken = told.filter((feed) => feed.state === "interrupted");
  if (broken.length > 0) {
    const since = Math.min(...broken.map(({ atMs }) => atMs));
    return [...warning, span(`! no news for ${spanText(nowMs - since)}`, "warn")];
  }
  if (told.length === 0 || told.some((feed) => feed.state === "connecting")) {
    return [...warning, span("connecting", "dim")];
  }
  return [...warning, span("live", "good")];
}
