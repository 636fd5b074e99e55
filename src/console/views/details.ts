import { findingsOf } from "../lists/findings.ts";
import { nodeHealth } from "../lists/nodes.ts";
import type { Subject } from "../lists/subject.ts";
import { selectedSubject } from "../lists/visible.ts";
import { ageText, bytesText, count } from "../lines/format.ts";
import { sparkline } from "../lines/glyphs.ts";
import { wrap } from "../lines/cells.ts";
import { emptyLine, line, span, type Line, type Tone } from "../lines/line.ts";
import type { EventRow, PodRow } from "../model/rows.ts";
import { longestGap } from "../facts/answers.ts";
import { answerLine } from "../state/answers.ts";
import { currentPlace, rowsOf, type ConsoleState } from "../state/console-state.ts";
import type { Frame } from "./frame.ts";
import { drawRollout } from "./rollout.ts";

/** What is selected, described beside its list; undefined where the row has said everything. */
export function drawDetails(state: ConsoleState, frame: Frame): readonly Line[] | undefined {
  if (currentPlace(state).view === "actions") return undefined;
  const subject = selectedSubject(state);
  if (subject === undefined) return undefined;
  const lines = describe(subject, state, frame);
  if (lines.length === 0) return undefined;
  const room = Math.floor(frame.columns * 0.36);
  return [
    line(span(subject.name, "heading")),
    line(span(subject.kind, "dim")),
    emptyLine,
    ...lines,
    ...eventLines(subject, state, room),
  ];
}

function field(name: string, value: string, tone: Tone = "plain"): readonly Line[] {
  return value === "" ? [] : [line(span(name.padEnd(11), "dim"), span(value, tone))];
}

function describe(subject: Subject, state: ConsoleState, frame: Frame): readonly Line[] {
  switch (subject.kind) {
    case "Pod":
      return describePod(subject, state, frame);
    case "Application":
      return [
        ...field("namespace", subject.namespace),
        ...field(
          "ready",
          `${subject.ready} of ${subject.wanted}`,
          subject.ready < subject.wanted ? "warn" : "good",
        ),
        ...field("version", subject.version),
        ...field("url", subject.url ?? "", "accent"),
        ...field("image", subject.workload?.images[0] ?? ""),
        ...whyLines(subject.why, frame),
        ...answers(subject.name, state, frame),
        ...(subject.workload?.kind === "Deployment"
          ? drawRollout(subject.workload, state, frame)
          : []),
        emptyLine,
        line(span("PODS", "dim")),
        ...subject.pods.map((pod) => podLine(pod, state)),
      ];
    case "Deployment":
    case "ReplicaSet":
    case "StatefulSet":
    case "DaemonSet":
    case "Job":
      return [
        ...field("namespace", subject.namespace),
        ...field("ready", `${subject.ready} of ${subject.wanted}`),
        ...field("updated", `${subject.updated}`),
        ...field("available", `${subject.available}`),
        ...field("revision", subject.revision === undefined ? "" : `${subject.revision}`),
        ...subject.images.flatMap((image) => field("image", image)),
        ...whyLines(subject.why, frame),
        ...(subject.kind === "Deployment" ? drawRollout(subject, state, frame) : []),
      ];
    case "Node":
      return [
        ...field("state", nodeHealth(subject).text, nodeHealth(subject).isWell ? "good" : "bad"),
        ...field("role", subject.role),
        ...field("zone", subject.row?.zone ?? ""),
        ...field("version", subject.row?.version ?? ""),
        ...whyLines(subject.row?.why, frame),
        ...figures(subject.name, state, frame),
        emptyLine,
        line(span("PODS", "dim")),
        ...rowsOf(state, "Pod")
          .filter(({ node }) => node === subject.name)
          .map((pod) => podLine(pod, state)),
      ];
    case "Cluster":
      return [
        ...field("state", subject.cluster.state),
        ...field("version", subject.cluster.version ?? ""),
        ...field("image", subject.cluster.image ?? ""),
        emptyLine,
        line(span("NODES", "dim")),
        ...subject.cluster.nodes.map(({ name, role, state: now }) =>
          line(
            span(name, "strong"),
            span(`  ${role}  `),
            span(now, now === "running" ? "good" : "warn"),
          ),
        ),
      ];
    case "Container":
      return [
        ...field("image", subject.container.image),
        ...field("state", subject.container.state),
        ...field("restarts", `${subject.container.restarts}`),
        ...field("ports", subject.container.ports.map(({ port }) => `${port}`).join(", ")),
      ];
    case "Finding":
      return [
        ...wrap(subject.text, Math.floor(frame.columns * 0.34)).map((text) =>
          line(span(text, subject.severity)),
        ),
        emptyLine,
        ...wrap(subject.advice, Math.floor(frame.columns * 0.34)).map((text) => line(span(text))),
      ];
    case "Event":
      return [
        ...field("reason", subject.reason),
        ...field("object", `${subject.about.kind} ${subject.about.name}`),
        ...field("times", `${subject.count}`),
        emptyLine,
        ...wrap(subject.message, Math.floor(frame.columns * 0.34)).map((text) => line(span(text))),
      ];
    case "Service":
      return [
        ...field("namespace", subject.namespace),
        ...field("type", subject.type),
        ...field("address", subject.clusterIp),
        ...subject.ports.flatMap((port) => field("port", port)),
      ];
    case "Ingress":
      return [
        ...field("namespace", subject.namespace),
        ...subject.rules.flatMap((rule) => field("rule", rule)),
      ];
    case "PersistentVolumeClaim":
    case "Namespace":
    case "Action":
      return [];
  }
}

function describePod(pod: PodRow, state: ConsoleState, frame: Frame): readonly Line[] {
  return [
    ...field("namespace", pod.namespace),
    ...field("status", pod.status, pod.isReady ? "good" : "warn"),
    ...field("node", pod.node ?? ""),
    ...field("owner", pod.owner === undefined ? "" : `${pod.owner.kind} ${pod.owner.name}`),
    ...field("image", pod.image ?? ""),
    ...field("restarts", `${pod.restarts}`),
    ...whyLines(
      pod.why ?? findingsOf(state).find(({ about }) => about.uid === pod.uid)?.text,
      frame,
    ),
    emptyLine,
    line(span("CONTAINERS", "dim")),
    ...pod.containers.map(({ name, state: now, isReady, isInit }) =>
      line(
        span(name, "strong"),
        span(isInit ? "  init  " : "  "),
        span(now, isReady ? "good" : isInit ? "dim" : "warn"),
      ),
    ),
  ];
}

function podLine(pod: PodRow, { nowMs }: ConsoleState): Line {
  return line(
    span(pod.name, "strong"),
    span(`  ${pod.status}`, pod.isReady ? "good" : pod.isTerminating ? "dim" : "warn"),
    span(`  ${ageText(pod.createdAt, nowMs)}`, "dim"),
  );
}

function whyLines(why: string | undefined, frame: Frame): readonly Line[] {
  if (why === undefined) return [];
  return [
    emptyLine,
    ...wrap(why, Math.floor(frame.columns * 0.34)).map((text) => line(span(text, "bad"))),
  ];
}

function answers(
  application: string,
  state: ConsoleState,
  { glyphs, columns }: Frame,
): readonly Line[] {
  const told = state.answers.get(application);
  if (told === undefined) return [];
  const gap = longestGap(told)?.ms ?? 0;
  return [
    emptyLine,
    line(
      span("ANSWERS  ", "dim"),
      span(gap === 0 ? "none was missing" : `longest gap ${gap} ms`, gap === 0 ? "good" : "bad"),
    ),
    line(span(answerLine(told, Math.floor(columns * 0.34), glyphs))),
  ];
}

function figures(node: string, state: ConsoleState, { glyphs }: Frame): readonly Line[] {
  const history = state.figures.get(node);
  const row = rowsOf(state, "Node").find(({ name }) => name === node);
  if (history === undefined || row === undefined) return [];
  return [
    emptyLine,
    line(
      span("cpu        ", "dim"),
      span(sparkline(history.cpuCores, { glyphs, most: row.cpuCores })),
      span(` ${history.newest.cpuCores.toFixed(2)} of ${count(row.cpuCores, "core")}`),
    ),
    line(
      span("memory     ", "dim"),
      span(sparkline(history.memoryBytes, { glyphs, most: row.memoryBytes })),
      span(` ${bytesText(history.newest.memoryBytes)} of ${bytesText(row.memoryBytes)}`),
    ),
  ];
}

function eventLines(subject: Subject, state: ConsoleState, room: number): readonly Line[] {
  const uids = new Set([
    subject.uid,
    ...(subject.kind === "Application"
      ? [subject.workload?.uid ?? "", ...subject.pods.map(({ uid }) => uid)]
      : []),
  ]);
  const own = rowsOf(state, "Event").filter(({ about }) => uids.has(about.uid));
  if (own.length === 0 || subject.kind === "Event") return [];
  const newest: readonly EventRow[] = own
    .sort((a, b) => (a.lastAt < b.lastAt ? 1 : -1))
    .slice(0, 10);
  return [
    emptyLine,
    line(span("EVENTS", "dim")),
    ...newest.flatMap(({ lastAt, reason, message, type, count: times }) => {
      const texts = wrap(`${message}${times > 1 ? ` (${times} times)` : ""}`, room - 7).slice(0, 3);
      return [
        line(
          span(ageText(lastAt, state.nowMs).padStart(5), "dim"),
          "  ",
          span(reason, type === "Warning" ? "warn" : "strong"),
        ),
        ...texts.map((text) => line("       ", span(text))),
      ];
    }),
  ];
}
