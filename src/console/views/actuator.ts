import { healthOf, type HealthPart } from "../facts/actuator/health-tree.ts";
import {
  httpRoutes,
  jvmFigures,
  latencyText,
  type JvmFigures,
} from "../facts/actuator/metric-figures.ts";
import { fit } from "../lines/cells.ts";
import { bytesText, count, percentText } from "../lines/format.ts";
import { bar, sparkline } from "../lines/glyphs.ts";
import { clipLine, emptyLine, line, span, type Line, type Tone } from "../lines/line.ts";
import type { ActuatorAnswer } from "../model/events.ts";
import {
  actuatorIndex,
  actuatorPod,
  actuatorRows,
  actuatorTabs,
  answersOf,
  curves,
  endpointOfTab,
  tabOf,
  type ActuatorRow,
  type ActuatorTab,
} from "../state/actuator-state.ts";
import { currentPlace, type ConsoleState, type Place } from "../state/console-state.ts";
import type { Frame } from "./frame.ts";
import { padded, windowTop } from "./list.ts";

const titles: Readonly<Record<ActuatorTab, string>> = {
  overview: "health",
  loggers: "loggers",
  threads: "threads",
  mappings: "mappings",
  properties: "properties",
  startup: "start-up",
};

const columns: Readonly<Record<ActuatorTab, readonly string[]>> = {
  overview: [],
  loggers: ["LOGGER", "LEVEL", ""],
  threads: ["STATE", "THREAD", "WAITS FOR, OR IS AT"],
  mappings: ["METHODS", "PATH", "HANDLER"],
  properties: ["PROPERTY", "VALUE", "FROM"],
  startup: ["MS", "OWN MS", "STEP"],
};

/** What Spring Boot's actuator says of one pod, tab by tab. */
export function drawActuator(state: ConsoleState, frame: Frame): readonly Line[] {
  const place = currentPlace(state);
  const tab = tabOf(place);
  const head = [drawTabs(tab), emptyLine];
  const answer = answersOf(place, state.actuator).get(endpointOfTab[tab]);
  const rest = { ...frame, rows: Math.max(0, frame.rows - head.length) };
  const body =
    tab === "overview"
      ? overviewLines(state, place, rest)
      : (whyNot(answer, endpointOfTab[tab]) ?? drawRows(state, place, rest));
  return padded(
    [...head, ...body].map((each) => clipLine(each, frame.columns, frame.glyphs.ellipsis)),
    frame,
  );
}

function drawTabs(shown: ActuatorTab): Line {
  return line(
    "  ",
    ...actuatorTabs.flatMap((tab, index) => [
      span(`${index + 1} `, "key"),
      // Colour alone would not say which one it is.
      tab === shown ? span(`[${titles[tab]}]`, "heading") : span(titles[tab], "dim"),
      span("  "),
    ]),
  );
}

/** Why there is nothing to show, with what changes that; undefined when there is. */
function whyNot(answer: ActuatorAnswer | undefined, endpoint: string): readonly Line[] | undefined {
  if (answer === undefined) return [line("  ", span(`Asking the pod for ${endpoint}.`))];
  if (answer.state === "answered") return undefined;
  const remedy = (answer.remedy ?? "").split("\n").filter((text) => text !== "");
  const what = {
    "not-exposed": `The application does not expose ${endpoint}.`,
    refused: `The application refuses to tell ${endpoint}.`,
    "no-answer": `The pod does not answer; it is asked again every five seconds.`,
  }[answer.state];
  return [
    line(span("! ", "bad"), span(what, "warn")),
    ...(remedy.length === 0 ? [] : [emptyLine]),
    ...remedy.map((text) => line("  ", span(text))),
  ];
}

function overviewLines(state: ConsoleState, place: Place, frame: Frame): readonly Line[] {
  const answers = answersOf(place, state.actuator);
  const health = answers.get("health");
  const memory = answers.get(curves.heap);
  const isMeasured = memory?.state === "answered";
  const pod = place.of === undefined ? "" : actuatorPod(place.of);
  return [
    ...(whyNot(health, "health") ?? healthLines(health?.body, frame)),
    emptyLine,
    ...(isMeasured
      ? figureLines(jvmFigures(answers), { state, pod, frame })
      : (whyNot(memory, "metrics") ?? [])),
    ...(isMeasured ? routeLines(answers, frame) : []),
  ];
}

function toneOf(status: string): Tone {
  if (status === "UP") return "good";
  return status === "DOWN" || status === "OUT_OF_SERVICE" ? "bad" : "warn";
}

function healthLines(body: unknown, frame: Frame): readonly Line[] {
  const health = healthOf(body);
  const head = line("  ", span("HEALTH  ", "dim"), span(health.status, toneOf(health.status)));
  if (health.isWithoutParts) {
    return [
      head,
      line("  ", span("Its parts are shown with management.endpoint.health.show-details=always")),
    ];
  }
  const width = Math.max(
    ...health.failed.map(({ path }) => path.length),
    ...health.parts.flatMap((part) => widthsOf(part, 0)),
  );
  const failed = health.failed.map(({ path, status, details }) =>
    line(
      span("! ", "bad"),
      span(fit(path, width, frame.glyphs), "strong"),
      span(`  ${status}`, toneOf(status)),
      span(details === "" ? "" : `  ${details}`),
    ),
  );
  // What has failed stands above, with its way.
  const well = health.parts.flatMap((part) => wellLines(part, 0, width, frame));
  return [head, ...failed, ...well];
}

function widthsOf({ name, parts }: HealthPart, depth: number): readonly number[] {
  return [name.length + 2 * depth, ...parts.flatMap((part) => widthsOf(part, depth + 1))];
}

function wellLines(part: HealthPart, depth: number, width: number, frame: Frame): readonly Line[] {
  const { name, status, details, parts } = part;
  if (toneOf(status) === "bad" && parts.length === 0) return [];
  const inner = parts.flatMap((each) => wellLines(each, depth + 1, width, frame));
  if (toneOf(status) === "bad" && inner.length === 0) return [];
  return [
    line(
      "  ",
      span(fit(`${"  ".repeat(depth)}${name}`, width, frame.glyphs)),
      span(`  ${status}`, toneOf(status)),
      span(details === "" ? "" : `  ${details}`, "dim"),
    ),
    ...inner,
  ];
}

const curveColumns = 20;

function figureLines(
  { heap, nonHeapBytes, gc, threads, cpu, connections, http }: JvmFigures,
  {
    state,
    pod,
    frame,
  }: { readonly state: ConsoleState; readonly pod: string; readonly frame: Frame },
): readonly Line[] {
  const { glyphs } = frame;
  const curve = (endpoint: string, most?: number) => {
    const values = (state.actuatorCurves.get(`${pod} ${endpoint}`) ?? []).slice(-curveColumns);
    const drawn = sparkline(values, { glyphs, ...(most === undefined ? {} : { most }) });
    return span(` ${drawn.padStart(curveColumns)} `, "accent");
  };
  const none = span(" ".repeat(curveColumns + 2));
  const row = (name: string, ...spans: readonly Line["spans"][number][]) =>
    line("  ", span(name.padEnd(11), "dim"), ...spans);
  const heapText =
    heap === undefined
      ? ""
      : heap.maxBytes === undefined
        ? bytesText(heap.usedBytes)
        : `${bytesText(heap.usedBytes)} of ${bytesText(heap.maxBytes)}`;
  const share = heap?.maxBytes === undefined ? undefined : heap.usedBytes / heap.maxBytes;
  return [
    line("  ", span("JVM", "dim")),
    ...(heap === undefined
      ? []
      : [
          row(
            "heap",
            curve(curves.heap, heap.maxBytes),
            span(heapText),
            ...(share === undefined
              ? []
              : [span("  "), span(bar(share, 10, glyphs), share > 0.9 ? "bad" : "good")]),
          ),
        ]),
    ...(nonHeapBytes === undefined ? [] : [row("non-heap", none, span(bytesText(nonHeapBytes)))]),
    ...(cpu === undefined ? [] : [row("processor", curve(curves.cpu, 1), span(percentText(cpu)))]),
    ...(threads === undefined
      ? []
      : [
          row(
            "threads",
            curve(curves.threads),
            span(`${threads.live} live`),
            span(threads.daemon === undefined ? "" : `, ${threads.daemon} daemon`),
            span(threads.peak === undefined ? "" : `, peak ${threads.peak}`),
          ),
        ]),
    ...(gc === undefined
      ? []
      : [
          row(
            "collector",
            none,
            span(
              `${count(gc.count, "pause")}, ${Math.round(gc.totalMs)} ms in all, longest ${Math.round(gc.maxMs)} ms`,
            ),
          ),
        ]),
    ...(connections === undefined
      ? []
      : [
          row(
            "pool",
            span(
              ` ${bar(connections.active / Math.max(1, connections.max ?? connections.total), curveColumns, glyphs)} `,
              connections.pending > 0 ? "bad" : "good",
            ),
            span(
              `${connections.active} of ${connections.max ?? connections.total} connections in use`,
            ),
            span(
              connections.pending === 0 ? "" : `, ${connections.pending} waiting`,
              connections.pending > 0 ? "bad" : "plain",
            ),
            span(`  ${connections.pools.join(", ")}`, "dim"),
          ),
        ]),
    ...(http === undefined
      ? []
      : [row("requests", none, span(`${count(http.count, "request")}, ${latencyText(http)}`))]),
  ];
}

function routeLines(
  answers: ReadonlyMap<string, ActuatorAnswer>,
  { glyphs }: Frame,
): readonly Line[] {
  const routes = httpRoutes(answers);
  if (routes.length === 0) return [];
  const width = Math.min(40, Math.max(...routes.map(({ uri }) => uri.length)));
  return [
    emptyLine,
    line("  ", span("REQUESTS BY PATH", "dim"), span("  the costliest first", "dim")),
    ...routes.map((route) =>
      line(
        "  ",
        span(fit(route.uri, width, glyphs), "strong"),
        span(`  ${`${route.count}`.padStart(7)}  `),
        span(latencyText(route)),
      ),
    ),
  ];
}

/** A table whose last column takes what is left over. */
function drawRows(state: ConsoleState, place: Place, frame: Frame): readonly Line[] {
  const tab = tabOf(place);
  const rows = actuatorRows(state, place);
  const summary = tab === "threads" ? [threadSummary(rows), emptyLine] : [];
  if (rows.length === 0) {
    const text = place.filter === "" ? "It tells none." : `Nothing matches ${place.filter}.`;
    return [line("  ", span(text))];
  }
  const isNumber = tab === "startup";
  // The names of loggers differ at their ends, and little stands beside them.
  const first = tab === "loggers" ? frame.columns - 25 : Math.floor(frame.columns * 0.5);
  const most = [first, Math.floor(frame.columns * 0.3)];
  const widths = columns[tab].map((title, at) =>
    Math.min(
      most[at] ?? frame.columns,
      Math.max(title.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)),
    ),
  );
  const last = widths.length - 1;
  const taken = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 2);
  widths[last] = Math.max(0, Math.min(widths[last] ?? 0, frame.columns - taken));
  const { ellipsis } = frame.glyphs;
  const cellsOfRow = (cells: readonly string[]) =>
    cells
      .map((text, at) =>
        fit(text, widths[at] ?? 0, {
          ellipsis,
          align: isNumber && at < 2 ? "right" : "left",
        }),
      )
      .join("  ");
  const room = Math.max(0, frame.rows - 1 - summary.length);
  const selected = actuatorIndex(rows, place);
  const top = windowTop(rows.length, selected, room);
  return [
    ...summary,
    line("  ", span(cellsOfRow(columns[tab]), "dim")),
    ...rows.slice(top, top + room).map((row, offset): Line => {
      const isSelected = top + offset === selected;
      const tone: Tone = row.isWrong === true ? "bad" : toneOfCells(tab, row);
      const drawn = line(span(isSelected ? "> " : "  "), span(cellsOfRow(row.cells), tone));
      return isSelected ? { ...drawn, isSelected } : drawn;
    }),
  ];
}

function toneOfCells(tab: ActuatorTab, { cells: [, level, how] }: ActuatorRow): Tone {
  if (tab !== "loggers") return "plain";
  if (how === "changed here") return "accent";
  return level === "DEBUG" || level === "TRACE" ? "warn" : how === "set" ? "strong" : "plain";
}

function threadSummary(rows: readonly ActuatorRow[]): Line {
  const states = Map.groupBy(rows, ({ cells: [state = ""] }) => state);
  return line(
    "  ",
    ...[...states].flatMap(([state, of]) => [
      span(`${of.length}`, of[0]?.isWrong === true ? "bad" : "strong"),
      span(` ${state.toLowerCase().replace("_", " ")}   `),
    ]),
  );
}
