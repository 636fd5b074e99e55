import type { Target } from "../model/requests.ts";
import { actuatorTabs, type ActuatorTab } from "../state/actuator-state.ts";
import {
  currentPlace,
  rowsOf,
  type ConsoleState,
  type ListViewId,
  type ViewId,
} from "../state/console-state.ts";
import { count } from "../lines/format.ts";
import { airfieldLine } from "../acting/airfield-line.ts";
import type { CommandDefinition } from "./command.ts";

export const listViews = [
  "home",
  "clusters",
  "nodes",
  "workloads",
  "pods",
  "containers",
  "services",
  "ingresses",
  "storage",
  "events",
  "namespaces",
  "findings",
  "actions",
] as const satisfies readonly ListViewId[];

/** What is read line by line. */
const texts = ["document"] as const satisfies readonly ViewId[];
const scrolled = [...listViews, "logs", "document", "loop", "answers", "actuator"] as const;
const workloads = ["Application", "Deployment", "StatefulSet"] as const;
const objects = [
  "Pod",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "Service",
  "Ingress",
  "PersistentVolumeClaim",
] as const;

/** Views by the number that leads to them. */
export const numbered: readonly (readonly [string, ListViewId])[] = [
  ["1", "home"],
  ["2", "workloads"],
  ["3", "pods"],
  ["4", "services"],
  ["5", "ingresses"],
  ["6", "storage"],
  ["7", "events"],
  ["8", "nodes"],
  ["9", "clusters"],
  ["0", "namespaces"],
];

const titles: Readonly<Record<string, string>> = {
  home: "Home: applications, what is wrong, nodes",
  workloads: "Workloads",
  pods: "Pods",
  services: "Services and their URLs",
  ingresses: "Ingresses",
  storage: "Storage",
  events: "Events",
  nodes: "Nodes",
  clusters: "Clusters",
  namespaces: "Namespaces",
};

const tabTitles: Readonly<Record<ActuatorTab, string>> = {
  overview: "Health, memory, threads, requests, connections",
  loggers: "Loggers and their levels",
  threads: "Threads, those that keep others waiting first",
  mappings: "Paths and what handles them",
  properties: "Properties, and where they are set",
  startup: "Steps of the start-up",
};

export const commands: readonly CommandDefinition[] = [
  ...moves(),
  ...numbered.map(([key, view]) => ({
    id: `go-${view}`,
    title: titles[view] ?? view,
    group: "Views" as const,
    keys: [key],
    danger: "none" as const,
    ...(view === "clusters" ? {} : { applies: hasCluster }),
  })),
  {
    id: "findings",
    title: "What is wrong, the worst first",
    hint: "wrong",
    group: "Views",
    keys: ["!"],
    applies: hasCluster,
    danger: "none",
  },
  {
    id: "actions",
    title: "What was done here, as commands",
    group: "Views",
    keys: ["@"],
    danger: "none",
  },
  {
    id: "next-view",
    title: "Next view",
    group: "Views",
    keys: ["tab"],
    danger: "none",
    applies: hasCluster,
  },
  {
    id: "previous-view",
    title: "View before",
    group: "Views",
    keys: ["shift-tab"],
    danger: "none",
    applies: hasCluster,
  },

  {
    id: "open",
    title: "Open what is selected",
    hint: "open",
    group: "Selection",
    keys: ["enter"],
    in: listViews,
    applies: (_, subject) => subject !== undefined,
    danger: "none",
  },
  {
    id: "logs",
    title: "Show the log",
    hint: "log",
    group: "Selection",
    keys: ["l"],
    on: ["Application", "Pod", "Container", "Deployment", "StatefulSet", "DaemonSet", "Job"],
    in: listViews,
    danger: "none",
  },
  {
    id: "previous-logs",
    title: "Show the log before the last restart",
    group: "Selection",
    keys: ["p"],
    on: ["Application", "Pod", "Container"],
    in: listViews,
    danger: "none",
  },
  {
    id: "describe",
    title: "Describe",
    hint: "describe",
    group: "Selection",
    keys: ["d"],
    on: [...objects, "Application", "Node", "Namespace"],
    in: listViews,
    danger: "none",
  },
  {
    id: "yaml",
    title: "Show as YAML",
    hint: "yaml",
    group: "Selection",
    keys: ["y"],
    on: [...objects, "Application", "Node", "Namespace"],
    in: listViews,
    danger: "none",
  },
  {
    id: "object-events",
    title: "Show its events",
    group: "Selection",
    keys: ["v"],
    on: [...objects, "Application", "Node"],
    in: listViews,
    danger: "none",
  },
  {
    id: "actuator",
    title: "Look inside Spring: health, loggers, threads",
    hint: "inside",
    group: "Selection",
    keys: ["A"],
    on: ["Application", "Pod"],
    in: listViews,
    danger: "none",
  },
  {
    id: "copy",
    title: "Copy its name",
    group: "Selection",
    keys: ["c"],
    on: [
      ...objects,
      "Application",
      "Cluster",
      "Namespace",
      "Container",
      "Event",
      "Finding",
      "Action",
    ],
    in: listViews,
    danger: "none",
  },
  {
    id: "mark",
    title: "Mark",
    group: "Selection",
    keys: ["space"],
    in: listViews,
    danger: "none",
    applies: (_, subject) => subject !== undefined,
  },
  {
    id: "menu",
    title: "Menu of what can be done with it",
    hint: "menu",
    group: "Selection",
    keys: ["m"],
    in: listViews,
    danger: "none",
    applies: (_, subject) => subject !== undefined,
  },

  {
    id: "shell",
    title: "Open a shell",
    hint: "shell",
    group: "Acting",
    keys: ["s"],
    on: ["Pod", "Container", "Node"],
    in: listViews,
    danger: "none",
    line: shellLine,
  },
  {
    id: "edit",
    title: "Edit it in your editor",
    group: "Acting",
    keys: ["e"],
    on: [...objects, "Application"],
    in: listViews,
    danger: "none",
    line: (target) => `${kubectl(target)} edit ${objectName(target)}`,
  },
  {
    id: "open-url",
    title: "Open its URL in the browser",
    hint: "browser",
    group: "Acting",
    keys: ["w"],
    on: ["Application"],
    in: listViews,
    applies: (_, subject) => subject?.kind === "Application" && subject.url !== undefined,
    danger: "none",
    line: ({ name, cluster }) => `airfield open ${name}${nameFlag(cluster)}`,
  },
  {
    id: "scale",
    title: "Scale",
    hint: "scale",
    group: "Acting",
    keys: ["s"],
    on: workloads,
    in: listViews,
    danger: "confirm",
    line: (target, replicas = "N") =>
      `${kubectl(target)} scale ${objectName(target)} --replicas=${replicas}`,
  },
  {
    id: "restart",
    title: "Restart its pods, one after the other",
    hint: "restart",
    group: "Acting",
    keys: ["r"],
    on: [...workloads, "DaemonSet"],
    in: listViews,
    danger: "confirm",
    line: (target) => `${kubectl(target)} rollout restart ${objectName(target)}`,
    consequences: (targets) => [
      ...targets.map(
        ({ name }) => `New pods of ${name} take the place of its present ones, as in a roll-out.`,
      ),
    ],
  },
  {
    id: "undo-rollout",
    title: "Undo the last roll-out",
    group: "Acting",
    keys: ["u"],
    on: [...workloads],
    in: listViews,
    danger: "confirm",
    line: (target) => `${kubectl(target)} rollout undo ${objectName(target)}`,
    consequences: (targets) =>
      targets.map(({ name }) => `${name} goes back to the version before, pod by pod.`),
  },
  {
    id: "debug",
    title: "Open its debugger's port",
    group: "Acting",
    keys: ["B"],
    on: ["Application"],
    in: listViews,
    danger: "none",
    line: (of) => airfieldLine({ command: "debug", of }) ?? "",
  },
  {
    id: "stop-debug",
    title: "Close its debugger's port",
    group: "Acting",
    keys: ["X"],
    on: ["Application"],
    in: listViews,
    danger: "none",
    line: (of) => airfieldLine({ command: "stop-debug", of }) ?? "",
  },
  {
    id: "probe",
    title: "Ask its URL four times a second, or stop that",
    hint: "probe",
    group: "Acting",
    keys: ["P"],
    on: ["Application"],
    in: listViews,
    applies: (_, subject) => subject?.kind === "Application" && subject.url !== undefined,
    danger: "none",
  },
  {
    id: "down",
    title: "Take it down",
    group: "Acting",
    keys: ["ctrl-d"],
    on: ["Application"],
    in: listViews,
    danger: "confirm",
    line: (of) => airfieldLine({ command: "down", of }) ?? "",
    consequences: (targets, state) =>
      targets.flatMap((target) => [
        `All objects of ${target.name} in the namespace ${target.namespace} are deleted: ${count(podsOf(target, state), "pod")} among them.`,
        "The image and the project stay; airfield up brings it back.",
      ]),
  },
  {
    id: "delete",
    title: "Delete",
    group: "Acting",
    keys: ["ctrl-d"],
    on: [...objects],
    in: listViews,
    danger: "confirm",
    line: (target) => `${kubectl(target)} delete ${objectName(target)}`,
    consequences: (targets, state) => targets.flatMap((target) => whatDeletionDoes(target, state)),
  },
  {
    id: "delete-cluster",
    title: "Delete the cluster",
    group: "Acting",
    keys: ["ctrl-d"],
    on: ["Cluster"],
    in: ["clusters"],
    danger: "name",
    line: (of) => airfieldLine({ command: "delete-cluster", of }) ?? "",
    consequences: (targets, state) =>
      targets.flatMap(({ name }) => {
        const nodes = state.clusters?.find((each) => each.name === name)?.nodes.length ?? 0;
        return [
          `${count(nodes, "node")} of ${name} and everything that runs on ${nodes === 1 ? "it" : "them"} are deleted, with all data.`,
          "Its entry in the kubeconfig goes, too. There is no way back.",
        ];
      }),
  },
  {
    id: "create-cluster",
    title: "Create a cluster",
    hint: "new cluster",
    group: "Acting",
    keys: ["n"],
    in: ["clusters"],
    danger: "none",
    line: (of) => airfieldLine({ command: "create-cluster", of }) ?? "",
  },
  {
    id: "cordon",
    title: "Cordon: no new pods",
    hint: "cordon",
    group: "Acting",
    keys: ["c"],
    on: ["Node"],
    in: listViews,
    applies: (_, subject) => subject?.kind === "Node" && subject.row?.isCordoned === false,
    danger: "none",
    line: (target) => `${kubectl(target)} cordon ${target.name}`,
  },
  {
    id: "uncordon",
    title: "Let it take pods again",
    hint: "uncordon",
    group: "Acting",
    keys: ["u"],
    on: ["Node"],
    in: listViews,
    applies: (_, subject) => subject?.kind === "Node" && subject.row?.isCordoned === true,
    danger: "none",
    line: (target) => `${kubectl(target)} uncordon ${target.name}`,
  },

  {
    id: "drain",
    title: "Drain: cordon it and move its pods",
    group: "Acting",
    keys: ["r"],
    on: ["Node"],
    in: listViews,
    danger: "confirm",
    line: (target) =>
      `${kubectl(target)} drain ${target.name} --ignore-daemonsets --delete-emptydir-data`,
    consequences: (targets, state) =>
      targets.map(({ name }) => {
        const pods = rowsOf(state, "Pod").filter(({ node }) => node === name).length;
        return `${name} takes no new pods, and its ${count(pods, "pod")} are evicted, but for those of DaemonSets; what they keep in emptyDir volumes is lost.`;
      }),
  },
  {
    id: "filter",
    title: "Filter; ! before it turns it round",
    hint: "filter",
    group: "Lists",
    keys: ["/"],
    in: [...listViews, "actuator"],
    danger: "none",
  },
  {
    id: "sort-right",
    title: "Sort by the next column",
    group: "Lists",
    keys: ["shift-right"],
    in: listViews,
    danger: "none",
  },
  {
    id: "sort-left",
    title: "Sort by the column before",
    group: "Lists",
    keys: ["shift-left"],
    in: listViews,
    danger: "none",
  },
  {
    id: "sort-reverse",
    title: "Sort the other way round",
    group: "Lists",
    keys: ["O"],
    in: listViews,
    danger: "none",
  },
  {
    id: "wide",
    title: "All columns, or those that fit well",
    group: "Lists",
    keys: ["ctrl-w"],
    in: listViews,
    danger: "none",
  },

  {
    id: "log-search",
    title: "Search; enter again shows only matches and what is around them",
    hint: "search",
    group: "Log",
    keys: ["/"],
    in: ["logs"],
    danger: "none",
  },
  { id: "log-next", title: "Next match", group: "Log", keys: ["n"], in: ["logs"], danger: "none" },
  {
    id: "log-previous-match",
    title: "Match before",
    group: "Log",
    keys: ["N"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-only",
    title: "Only matches, with three lines around each",
    group: "Log",
    keys: ["enter"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-next-error",
    title: "Next error",
    hint: "next error",
    group: "Log",
    keys: ["e"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-previous-error",
    title: "Error before",
    group: "Log",
    keys: ["E"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-level",
    title: "From which level on: all, info, warn, error",
    hint: "level",
    group: "Log",
    keys: ["v"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-follow",
    title: "Follow, or stand still",
    hint: "follow",
    group: "Log",
    keys: ["s", "F"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-wrap",
    title: "Wrap long lines",
    hint: "wrap",
    group: "Log",
    keys: ["w"],
    in: ["logs"],
    danger: "none",
  },
  { id: "log-time", title: "Times", group: "Log", keys: ["t"], in: ["logs"], danger: "none" },
  {
    id: "log-stream",
    title: "Names of the pods",
    group: "Log",
    keys: ["P"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-fold",
    title: "Fold the libraries' frames of stack traces",
    hint: "traces",
    group: "Log",
    keys: ["x"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-raw",
    title: "JSON as it came, or as text",
    group: "Log",
    keys: ["J"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-previous",
    title: "Before the last restart, or now",
    group: "Log",
    keys: ["p"],
    in: ["logs"],
    danger: "none",
  },
  ...[
    ["2", "1 minute", 60],
    ["3", "5 minutes", 300],
    ["4", "15 minutes", 900],
    ["5", "30 minutes", 1800],
    ["6", "hour", 3600],
  ].map(([key, words, seconds]) => ({
    id: `log-since-${String(seconds)}`,
    title: `Of the last ${String(words)}`,
    group: "Log" as const,
    keys: [String(key)],
    in: ["logs"] as const,
    danger: "none" as const,
  })),
  {
    id: "log-since-0",
    title: "The last lines, and what follows",
    group: "Log",
    keys: ["0"],
    in: ["logs"],
    danger: "none",
  },
  {
    id: "log-copy",
    title: "Copy the lines that are seen",
    group: "Log",
    keys: ["c"],
    in: ["logs"],
    danger: "none",
  },

  ...actuatorTabs.map((tab, index) => ({
    id: `actuator-${tab}`,
    title: tabTitles[tab],
    group: "Spring" as const,
    keys: [`${index + 1}`],
    in: ["actuator"] as const,
    danger: "none" as const,
  })),
  ...(
    [
      ["logger-more", "The logger tells more", "more", ["+", "="]],
      ["logger-less", "The logger tells less", "less", ["-"]],
      ["logger-inherit", "The logger's level is the one above it again", "inherit", ["i"]],
    ] as const
  ).map(([id, title, hint, keys]) => ({
    ...{ id, title, hint, keys },
    group: "Spring" as const,
    in: ["actuator"] as const,
    applies: hasLoggers,
    danger: "none" as const,
  })),
  {
    id: "loggers-put-back",
    title: "Put back all levels that were changed here; leaving does, too",
    hint: "put back",
    group: "Spring",
    keys: ["R"],
    in: ["actuator"],
    applies: hasLoggers,
    danger: "none",
  },
  {
    id: "actuator-open",
    title: "Show the stack of the thread",
    hint: "stack",
    group: "Spring",
    keys: ["enter"],
    in: ["actuator"],
    applies: (state) => currentPlace(state).tab === "threads",
    danger: "none",
  },
  {
    id: "actuator-logs",
    title: "Show the log of the pod",
    hint: "log",
    group: "Spring",
    keys: ["l"],
    in: ["actuator"],
    danger: "none",
  },

  {
    id: "text-search",
    title: "Search",
    hint: "search",
    group: "Text",
    keys: ["/"],
    in: texts,
    danger: "none",
  },
  { id: "text-next", title: "Next match", group: "Text", keys: ["n"], in: texts, danger: "none" },
  {
    id: "text-previous",
    title: "Match before",
    group: "Text",
    keys: ["N"],
    in: texts,
    danger: "none",
  },
  {
    id: "text-copy",
    title: "Copy the whole text",
    hint: "copy",
    group: "Text",
    keys: ["c"],
    in: texts,
    danger: "none",
  },

  { id: "back", title: "One step back", group: "Everywhere", keys: ["escape"], danger: "none" },
  {
    id: "palette",
    title: "Go to a view, an object or a command by its name",
    hint: "go",
    group: "Everywhere",
    keys: [":"],
    danger: "none",
  },
  {
    id: "help",
    title: "All keys of this view",
    hint: "keys",
    group: "Everywhere",
    keys: ["?"],
    danger: "none",
  },
  {
    id: "quit",
    title: "Back; leaves where there is no way back",
    group: "Everywhere",
    keys: ["q"],
    danger: "none",
  },
  { id: "leave", title: "Leave", group: "Everywhere", keys: ["ctrl-c"], danger: "none" },
  {
    id: "relist",
    title: "Ask for everything again",
    group: "Everywhere",
    keys: ["ctrl-r"],
    danger: "none",
  },
  {
    id: "redraw",
    title: "Draw everything again",
    group: "Everywhere",
    keys: ["ctrl-l"],
    danger: "none",
  },
  {
    id: "suspend",
    title: "Give the terminal back to the shell; fg comes back",
    group: "Everywhere",
    keys: ["ctrl-z"],
    danger: "none",
  },
];

function moves(): readonly CommandDefinition[] {
  const move = (id: string, title: string, keys: readonly string[]): CommandDefinition => ({
    ...{ id, title, keys, group: "Move", in: scrolled, danger: "none" },
  });
  const sideways = (id: string, title: string, keys: readonly string[]): CommandDefinition => ({
    ...{ id, title, keys, group: "Move", in: ["logs"], danger: "none" },
  });
  return [
    move("move-down", "Down", ["j", "down"]),
    move("move-up", "Up", ["k", "up"]),
    move("page-down", "A page down", ["page-down", "ctrl-f"]),
    move("page-up", "A page up", ["page-up", "ctrl-b"]),
    move("half-page-up", "Half a page up", ["ctrl-u"]),
    move("move-top", "To the top", ["g", "home"]),
    move("move-bottom", "To the end", ["G", "end"]),
    sideways("move-left", "Half a screen to the left, where lines are not wrapped", ["h", "left"]),
    sideways("move-right", "Half a screen to the right", ["right"]),
  ];
}

function hasLoggers(state: ConsoleState): boolean {
  return currentPlace(state).tab === "loggers";
}

function hasCluster({ cluster }: ConsoleState): boolean {
  return cluster !== undefined;
}

function nameFlag(cluster: string | undefined): string {
  return cluster === undefined || cluster === "airfield" ? "" : ` --name ${cluster}`;
}

function kubectl({ cluster, namespace }: Target): string {
  const context = cluster === undefined ? "" : ` --context airfield-${cluster}`;
  return `kubectl${context}${namespace === "" ? "" : ` -n ${namespace}`}`;
}

function objectName({ kind, name }: Target): string {
  return `${kind === "Application" ? "deployment" : kind.toLowerCase()}/${name}`;
}

function shellLine(target: Target): string {
  if (target.kind === "Node") return `docker exec -it ${target.name} bash`;
  const pod = target.pod ?? target.name;
  const container = target.kind === "Container" ? ` -c ${target.name}` : "";
  return `${kubectl({ ...target, kind: "Pod", name: pod })} exec -it ${pod}${container} -- sh`;
}

function podsOf({ name, namespace }: Target, state: ConsoleState): number {
  return rowsOf(state, "Pod").filter(
    (pod) => pod.application === name && pod.namespace === namespace,
  ).length;
}

function whatDeletionDoes(target: Target, state: ConsoleState): readonly string[] {
  const { kind, name, namespace } = target;
  const where = `${kind} ${name} in the namespace ${namespace}`;
  switch (kind) {
    case "Pod": {
      const owner = state.rows.Pod?.get(target.uid)?.owner;
      return [
        `${where} is deleted.`,
        owner === undefined
          ? "Nothing makes it again."
          : `Its ${owner.kind} ${owner.name} makes another one in its place.`,
      ];
    }
    case "PersistentVolumeClaim":
      return [`${where} is deleted, and with it the data on its volume.`];
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
    case "Job":
      return [`${where} is deleted, and its pods with it.`];
    case "Service":
      return [`${where} is deleted: its name and its address answer no more.`];
    default:
      return [`${where} is deleted.`];
  }
}

/** What of Kubernetes itself runs in; a deletion there asks for the name. */
export function asksForName(command: CommandDefinition, targets: readonly Target[]): boolean {
  return (
    command.danger === "name" ||
    (command.id === "delete" &&
      targets.some(
        ({ kind, namespace }) => namespace === "kube-system" || kind === "PersistentVolumeClaim",
      ))
  );
}
