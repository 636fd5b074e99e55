import { ageText, bytesText, coresText, count } from "../lines/format.ts";
import { span, type Span } from "../lines/line.ts";
import type {
  ClaimRow,
  IngressRow,
  NamespaceRow,
  PodRow,
  ServiceRow,
  WorkloadRow,
} from "../model/rows.ts";
import {
  rowsOf,
  urlOf,
  type ConsoleState,
  type ListViewId,
  type Place,
} from "../state/console-state.ts";
import { p95Of } from "../facts/answers.ts";
import { answerLine } from "../state/answers.ts";
import { applicationsOf } from "./applications.ts";
import { findingsOf } from "./findings.ts";
import { defineList, type CellContext, type ListDefinition } from "./list-definition.ts";
import { nodeHealth, nodesOf } from "./nodes.ts";
import type {
  ActionSubject,
  ApplicationSubject,
  ClusterSubject,
  ContainerSubject,
  NodeSubject,
  Subject,
} from "./subject.ts";

/** Namespaces are told from here on; before, a list has no room for what is mostly "default". */
const wide = 100;

export const lists: Readonly<Record<ListViewId, ListDefinition>> = {
  home: defineList<ApplicationSubject>({
    view: "home",
    title: "Home",
    kinds: ["Pod", "Deployment", "StatefulSet", "ReplicaSet", "Node", "Event"],
    hasFigures: true,
    subjects: applicationsOf,
    columns: [
      { title: "APPLICATION", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      { title: "NAMESPACE", fromColumns: wide, cell: ({ namespace }) => span(namespace, "dim") },
      {
        title: "READY",
        cell: ({ ready, wanted }) => readiness(ready, wanted),
        sortBy: ({ ready, wanted }) => ready - wanted,
      },
      { title: "VERSION", cell: ({ version }) => span(version) },
      { title: "ANSWERS", cell: (app, context) => answers(app, context) },
      {
        title: "P95",
        align: "right",
        cell: ({ name }, { state }) => {
          const p95 = p95Of(state.answers.get(name) ?? []);
          return span(p95 === undefined ? "" : `${Math.round(p95)} ms`);
        },
      },
      {
        title: "RESTARTS",
        align: "right",
        cell: ({ restarts }) => span(`${restarts}`, restarts > 0 ? "warn" : "plain"),
        sortBy: ({ restarts }) => restarts,
      },
      ageColumn<ApplicationSubject>(({ createdAt }) => createdAt),
      { title: "URL", fromColumns: wide, cell: ({ url }) => span(url ?? "", "accent") },
    ],
    whenEmpty: (state) =>
      state.feeds.Pod?.state === "live"
        ? [
            "No application of Airfield's runs here yet.",
            "In the folder of a Spring Boot project: airfield up",
          ]
        : ["Asking the cluster what runs on it."],
  }),
  clusters: defineList<ClusterSubject>({
    view: "clusters",
    title: "Clusters",
    kinds: [],
    subjects: ({ clusters }) =>
      (clusters ?? []).map((cluster) => ({
        ...{ kind: "Cluster", uid: cluster.name, name: cluster.name, namespace: "" },
        cluster,
      })),
    columns: [
      { title: "CLUSTER", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      {
        title: "STATE",
        cell: ({ cluster }) =>
          span(
            cluster.state === "partly" ? "partly running" : cluster.state,
            cluster.state === "running" ? "good" : cluster.state === "stopped" ? "dim" : "warn",
          ),
      },
      { title: "NODES", cell: ({ cluster }) => span(nodesText(cluster.nodes)) },
      { title: "KUBERNETES", cell: ({ cluster }) => span(cluster.version ?? "") },
      ageColumn<ClusterSubject>(({ cluster }) => cluster.createdAt ?? ""),
      {
        title: "IMAGE",
        fromColumns: wide,
        cell: ({ cluster }) => span(cluster.image ?? "", "dim"),
      },
    ],
    whenEmpty: ({ engine, clusters }) => {
      if (engine.state === "lost")
        return [
          `The engine does not answer: ${engine.reason ?? "no reason given"}`,
          "It is asked again until it does.",
        ];
      if (clusters === undefined) return ["Asking the engine which clusters there are."];
      return [
        "There is no cluster yet.",
        "n creates one: a few seconds when the images are there.",
      ];
    },
  }),
  nodes: defineList({
    view: "nodes",
    title: "Nodes",
    kinds: ["Node", "Pod"],
    hasFigures: true,
    subjects: nodesOf,
    columns: [
      { title: "NODE", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      {
        title: "STATUS",
        cell: (node) => {
          const { text, isWell } = nodeHealth(node);
          return span(text, isWell ? "good" : text === "cordoned" ? "warn" : "bad");
        },
      },
      { title: "ROLE", cell: ({ role }) => span(role) },
      { title: "ZONE", cell: ({ row }) => span(row?.zone ?? "") },
      {
        title: "PODS",
        align: "right",
        cell: ({ name }, { state }) => span(`${podsOn(state, name).length}`),
        sortBy: ({ name }, state) => podsOn(state, name).length,
      },
      {
        title: "CPU",
        align: "right",
        cell: ({ name, row }, { state }) => {
          const figures = state.figures.get(name)?.newest;
          if (figures === undefined || row === undefined) return span("");
          return span(`${Math.round((figures.cpuCores / row.cpuCores) * 100)} %`);
        },
        sortBy: ({ name }, state) => state.figures.get(name)?.newest.cpuCores ?? 0,
      },
      {
        title: "MEMORY",
        align: "right",
        cell: ({ name }, { state }) => {
          const figures = state.figures.get(name)?.newest;
          return span(figures === undefined ? "" : bytesText(figures.memoryBytes));
        },
        sortBy: ({ name }, state) => state.figures.get(name)?.newest.memoryBytes ?? 0,
      },
      { title: "VERSION", fromColumns: wide, cell: ({ row }) => span(row?.version ?? "") },
      ageColumn<NodeSubject>(({ row }) => row?.createdAt ?? ""),
    ],
    whenEmpty: () => ["The cluster has no nodes."],
  }),
  workloads: defineList<WorkloadRow>({
    view: "workloads",
    title: "Workloads",
    kinds: ["Deployment", "StatefulSet", "DaemonSet", "Job", "Pod"],
    subjects: (state) =>
      byName([
        ...rowsOf(state, "Deployment"),
        ...rowsOf(state, "StatefulSet"),
        ...rowsOf(state, "DaemonSet"),
        ...rowsOf(state, "Job"),
      ]),
    columns: [
      { title: "NAMESPACE", fromColumns: wide, cell: ({ namespace }) => span(namespace, "dim") },
      { title: "WORKLOAD", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      { title: "KIND", cell: ({ kind }) => span(kind) },
      {
        title: "READY",
        cell: ({ ready, wanted }) => readiness(ready, wanted),
        sortBy: ({ ready, wanted }) => ready - wanted,
      },
      {
        title: "UPDATED",
        align: "right",
        fromColumns: wide,
        cell: ({ updated }) => span(`${updated}`),
      },
      { title: "VERSION", cell: ({ version }) => span(version ?? "") },
      ageColumn<WorkloadRow>(({ createdAt }) => createdAt),
      { title: "WHY", fromColumns: wide, cell: ({ why }) => span(why ?? "", "warn") },
    ],
    whenEmpty: whileListing("Deployment", "There are no workloads."),
  }),
  pods: defineList<PodRow>({
    view: "pods",
    title: "Pods",
    kinds: ["Pod", "ReplicaSet", "Node", "Event"],
    hasFigures: true,
    subjects: (state, place) => byName(rowsOf(state, "Pod").filter((pod) => isOf(pod, place))),
    columns: [
      { title: "NAMESPACE", fromColumns: wide, cell: ({ namespace }) => span(namespace, "dim") },
      { title: "POD", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      {
        title: "READY",
        cell: ({ containers, isReady, status }) => {
          const own = containers.filter(({ isInit }) => !isInit);
          const ready = own.filter((each) => each.isReady).length;
          return status === "Succeeded" || status === "Completed"
            ? span(`${ready}/${own.length}`, "dim")
            : span(`${ready}/${own.length}`, isReady ? "plain" : "warn");
        },
      },
      { title: "STATUS", cell: (pod) => span(pod.status, podTone(pod)) },
      {
        title: "RESTARTS",
        align: "right",
        cell: ({ restarts }) => span(`${restarts}`, restarts > 0 ? "warn" : "plain"),
        sortBy: ({ restarts }) => restarts,
      },
      {
        title: "CPU",
        align: "right",
        cell: (pod, { state }) => {
          const figures = podFigures(state, pod);
          return span(figures === undefined ? "" : coresText(figures.cpuCores));
        },
        sortBy: (pod, state) => podFigures(state, pod)?.cpuCores ?? 0,
      },
      {
        title: "MEMORY",
        align: "right",
        cell: (pod, { state }) => {
          const figures = podFigures(state, pod);
          return span(figures === undefined ? "" : bytesText(figures.memoryBytes));
        },
        sortBy: (pod, state) => podFigures(state, pod)?.memoryBytes ?? 0,
      },
      ageColumn<PodRow>(({ createdAt }) => createdAt),
      { title: "NODE", fromColumns: wide, cell: ({ node }) => span(node ?? "") },
      { title: "WHY", fromColumns: wide, cell: ({ why }) => span(why ?? "", "warn") },
    ],
    whenEmpty: whileListing("Pod", "There are no pods here."),
  }),
  containers: defineList<ContainerSubject>({
    view: "containers",
    title: "Containers",
    kinds: ["Pod"],
    subjects: (state, { of }) => {
      const pod = of === undefined ? undefined : state.rows.Pod?.get(of.uid);
      return (pod?.containers ?? []).map((container) => ({
        kind: "Container",
        uid: `${pod?.uid ?? ""}/${container.name}`,
        name: container.name,
        namespace: pod?.namespace ?? "",
        // There is one when it has containers.
        pod: pod as PodRow,
        container,
      }));
    },
    columns: [
      { title: "CONTAINER", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      { title: "TYPE", cell: ({ container }) => span(container.isInit ? "init" : "", "dim") },
      {
        title: "STATE",
        cell: ({ container }) =>
          span(
            container.state,
            container.isReady || (container.isInit && container.state.startsWith("ended"))
              ? "good"
              : "warn",
          ),
      },
      {
        title: "RESTARTS",
        align: "right",
        cell: ({ container }) =>
          span(`${container.restarts}`, container.restarts > 0 ? "warn" : "plain"),
        sortBy: ({ container }) => container.restarts,
      },
      {
        title: "LIMITS",
        cell: ({ container: { memoryLimitBytes, cpuLimitCores } }) =>
          span(
            [
              memoryLimitBytes === undefined ? "" : bytesText(memoryLimitBytes),
              cpuLimitCores === undefined ? "" : `${coresText(cpuLimitCores)} cpu`,
            ]
              .filter((part) => part !== "")
              .join(" "),
          ),
      },
      {
        title: "PORTS",
        cell: ({ container: { ports } }) =>
          span(
            ports
              .map(({ name, port }) => (name === undefined ? `${port}` : `${name} ${port}`))
              .join(" "),
          ),
      },
      { title: "IMAGE", fromColumns: wide, cell: ({ container }) => span(container.image, "dim") },
    ],
    whenEmpty: () => ["The pod is gone. esc goes back."],
  }),
  services: defineList({
    view: "services",
    title: "Services",
    kinds: ["Service"],
    subjects: (state) => byName(rowsOf(state, "Service")),
    columns: [
      { title: "NAMESPACE", fromColumns: wide, cell: ({ namespace }) => span(namespace, "dim") },
      { title: "SERVICE", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      { title: "TYPE", cell: ({ type }) => span(type) },
      { title: "CLUSTER IP", cell: ({ clusterIp }) => span(clusterIp) },
      { title: "PORTS", isFlexible: true, cell: ({ ports }) => span(ports.join(", ")) },
      {
        title: "URL",
        cell: (service, { state }) => span(urlOf(state, service) ?? "", "accent"),
      },
      ageColumn<ServiceRow>(({ createdAt }) => createdAt),
    ],
    whenEmpty: whileListing("Service", "There are no services."),
  }),
  ingresses: defineList({
    view: "ingresses",
    title: "Ingresses",
    kinds: ["Ingress"],
    subjects: (state) => byName(rowsOf(state, "Ingress")),
    columns: [
      { title: "NAMESPACE", fromColumns: wide, cell: ({ namespace }) => span(namespace, "dim") },
      { title: "INGRESS", cell: ({ name }) => span(name, "strong") },
      { title: "CLASS", cell: ({ className }) => span(className) },
      { title: "RULES", isFlexible: true, cell: ({ rules }) => span(rules.join(", ")) },
      ageColumn<IngressRow>(({ createdAt }) => createdAt),
    ],
    whenEmpty: whileListing("Ingress", "There are no ingresses."),
  }),
  storage: defineList({
    view: "storage",
    title: "Storage",
    kinds: ["PersistentVolumeClaim"],
    subjects: (state) => byName(rowsOf(state, "PersistentVolumeClaim")),
    columns: [
      { title: "NAMESPACE", fromColumns: wide, cell: ({ namespace }) => span(namespace, "dim") },
      { title: "CLAIM", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      { title: "STATUS", cell: ({ status }) => span(status, status === "Bound" ? "good" : "warn") },
      { title: "CAPACITY", align: "right", cell: ({ capacity }) => span(capacity) },
      { title: "CLASS", cell: ({ storageClass }) => span(storageClass) },
      ageColumn<ClaimRow>(({ createdAt }) => createdAt),
    ],
    whenEmpty: whileListing("PersistentVolumeClaim", "There are no claims of storage."),
  }),
  events: defineList({
    view: "events",
    title: "Events",
    kinds: ["Event"],
    subjects: (state, { of }) =>
      rowsOf(state, "Event")
        .filter(({ about }) => of === undefined || about.uid === of.uid || isOfName(about, of))
        .sort((a, b) => (a.lastAt < b.lastAt ? 1 : a.lastAt > b.lastAt ? -1 : 0)),
    columns: [
      {
        title: "LAST",
        align: "right",
        cell: ({ lastAt }, { state }) => span(ageText(lastAt, state.nowMs)),
        sortBy: ({ lastAt }) => lastAt,
      },
      {
        title: "TYPE",
        cell: ({ type }) => span(type, type === "Warning" ? "warn" : "dim"),
      },
      {
        title: "TIMES",
        align: "right",
        cell: ({ count }) => span(`${count}`),
        sortBy: ({ count }) => count,
      },
      { title: "REASON", cell: ({ reason }) => span(reason, "strong") },
      { title: "OBJECT", cell: ({ about }) => span(`${about.kind}/${about.name}`) },
      { title: "MESSAGE", isFlexible: true, cell: ({ message }) => span(message) },
    ],
    whenEmpty: whileListing("Event", "Kubernetes has said nothing for an hour."),
  }),
  namespaces: defineList({
    view: "namespaces",
    title: "Namespaces",
    kinds: ["Namespace", "Pod"],
    subjects: (state) => byName(rowsOf(state, "Namespace")),
    columns: [
      { title: "NAMESPACE", isFlexible: true, cell: ({ name }) => span(name, "strong") },
      {
        title: "STATUS",
        cell: ({ status }) => span(status, status === "Active" ? "good" : "warn"),
      },
      {
        title: "PODS",
        align: "right",
        cell: ({ name }, { state }) =>
          span(`${rowsOf(state, "Pod").filter(({ namespace }) => namespace === name).length}`),
      },
      ageColumn<NamespaceRow>(({ createdAt }) => createdAt),
    ],
    whenEmpty: whileListing("Namespace", "There are no namespaces."),
  }),
  findings: defineList({
    view: "findings",
    title: "What is wrong",
    kinds: ["Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "Node", "Event"],
    subjects: findingsOf,
    columns: [
      {
        title: "",
        cell: ({ severity }) => span(severity === "bad" ? "!" : " ", "bad"),
      },
      { title: "OBJECT", cell: ({ name }) => span(name, "strong") },
      {
        title: "REASON",
        isFlexible: true,
        cell: ({ text, severity }) => span(text, severity === "bad" ? "bad" : "warn"),
      },
      { title: "WHAT TO DO", fromColumns: 120, cell: ({ advice }) => span(advice) },
    ],
    whenEmpty: (state) => [
      state.feeds.Pod?.state === "live" ? "Nothing is wrong." : "Asking the cluster.",
    ],
  }),
  actions: defineList<ActionSubject>({
    view: "actions",
    title: "Commands",
    kinds: [],
    subjects: ({ actions }) =>
      [...actions].reverse().map((action) => ({
        ...{ kind: "Action", uid: `${action.id}`, name: action.line, namespace: "" },
        action,
      })),
    columns: [
      {
        title: "WHEN",
        align: "right",
        cell: ({ action }, { state }) =>
          span(ageText(new Date(action.startedAtMs).toISOString(), state.nowMs)),
        sortBy: ({ action }) => action.startedAtMs,
      },
      {
        title: "STATE",
        cell: ({ action }) =>
          action.endedAtMs === undefined
            ? span("runs", "accent")
            : action.error === undefined
              ? span("done", "good")
              : span("failed", "bad"),
      },
      { title: "COMMAND", cell: ({ name }) => span(name, "strong") },
      {
        title: "NEWS",
        isFlexible: true,
        cell: ({ action }) =>
          span(action.error ?? action.progress, action.error === undefined ? "plain" : "bad"),
      },
    ],
    whenEmpty: () => [
      "Nothing was done yet.",
      "What you do here is listed as the command that would do the same.",
    ],
  }),
};

function readiness(ready: number, wanted: number): Span {
  return ready < wanted ? span(`${ready}/${wanted} !`, "warn") : span(`${ready}/${wanted}`, "good");
}

function answers({ name }: ApplicationSubject, { state, glyphs }: CellContext): Span {
  const told = state.answers.get(name);
  return told === undefined ? span("") : span(answerLine(told, 12, glyphs));
}

function ageColumn<S extends Subject>(createdAt: (subject: S) => string) {
  return {
    title: "AGE",
    align: "right",
    cell: (subject: S, { state }: CellContext) => span(ageText(createdAt(subject), state.nowMs)),
    // The youngest first when it is sorted upwards, as the ages say.
    sortBy: (subject: S) => -Date.parse(createdAt(subject)),
  } as const;
}

function byName<R extends { readonly namespace: string; readonly name: string }>(
  rows: readonly R[],
): readonly R[] {
  return [...rows].sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isOf(pod: PodRow, { of }: Place): boolean {
  if (of === undefined) return true;
  switch (of.kind) {
    case "Application":
      return pod.application === of.name && pod.namespace === of.namespace;
    case "Node":
      return pod.node === of.name;
    case "Namespace":
      return pod.namespace === of.name;
    case "Deployment":
      // Its ReplicaSets are named after it, with a hash behind.
      return (
        pod.namespace === of.namespace &&
        (pod.owner?.uid === of.uid ||
          (pod.owner?.kind === "ReplicaSet" && pod.owner.name.replace(/-[^-]+$/, "") === of.name))
      );
    default:
      return pod.owner?.uid === of.uid;
  }
}

function isOfName(
  about: { readonly kind: string; readonly name: string },
  of: { readonly kind: string; readonly name: string },
): boolean {
  // The uid that Kubernetes' events about nodes have is the node's name.
  return about.kind === of.kind && about.name === of.name;
}

function podTone({ status, isReady, isTerminating }: PodRow): "good" | "dim" | "warn" | "bad" {
  if (isTerminating || status === "Completed" || status === "Succeeded") return "dim";
  if (isReady) return "good";
  return /Error|Crash|BackOff|OOM|Failed|Evicted|Invalid/.test(status) ? "bad" : "warn";
}

function podsOn(state: ConsoleState, node: string): readonly PodRow[] {
  return rowsOf(state, "Pod").filter((pod) => pod.node === node);
}

function podFigures({ figures }: ConsoleState, { node, uid }: PodRow) {
  return node === undefined
    ? undefined
    : figures.get(node)?.newest.pods.find((each) => each.uid === uid);
}

function nodesText(nodes: readonly { readonly role: string }[]): string {
  const controlPlanes = nodes.filter(({ role }) => role === "control-plane").length;
  const workers = nodes.filter(({ role }) => role === "worker").length;
  return workers === 0
    ? `${controlPlanes} cp`
    : `${controlPlanes} cp + ${count(workers, "worker")}`;
}

function whileListing(kind: keyof ConsoleState["feeds"], none: string) {
  return ({ feeds }: ConsoleState): readonly string[] => {
    const feed = feeds[kind];
    if (feed?.state === "refused")
      return [`The cluster refuses to list them: ${feed.reason ?? ""}`];
    return [feed?.state === "live" ? none : "Asking the cluster."];
  };
}
