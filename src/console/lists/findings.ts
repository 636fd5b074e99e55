import { podWhy } from "../facts/pod-why.ts";
import { rowsOf, type ConsoleState } from "../state/console-state.ts";
import { nodeHealth, nodesOf } from "./nodes.ts";
import type { FindingSubject } from "./subject.ts";

/** What is not as it should be, the worst first: nodes, pods, workloads, then what Kubernetes warned of. */
export function findingsOf(state: ConsoleState): readonly FindingSubject[] {
  const pods = ofPods(state);
  const named = new Set(pods.map(({ about }) => about.uid));
  const all = [
    ...ofNodes(state),
    ...pods,
    ...ofWorkloads(state),
    ...ofEvents(state).filter(({ about }) => !named.has(about.uid)),
  ];
  return [...all.filter(isBad), ...all.filter((each) => !isBad(each))];
}

function isBad({ severity }: FindingSubject): boolean {
  return severity === "bad";
}

function ofNodes(state: ConsoleState): readonly FindingSubject[] {
  return nodesOf(state).flatMap((node) => {
    const { text, isWell } = nodeHealth(node);
    if (isWell) return [];
    const isCordoned = text === "cordoned";
    return [
      finding({
        uid: node.uid,
        name: node.name,
        severity: isCordoned ? "warn" : "bad",
        text: `node ${text}${node.row?.why === undefined || isCordoned ? "" : `: ${node.row.why}`}`,
        advice: isCordoned
          ? "u lets it take pods again"
          : "enter shows its pods, s opens a shell on it",
        about: { kind: "Node", uid: node.uid },
      }),
    ];
  });
}

function ofPods(state: ConsoleState): readonly FindingSubject[] {
  const events = rowsOf(state, "Event");
  return rowsOf(state, "Pod").flatMap((pod) => {
    if (pod.isTerminating || pod.isReady) return [];
    const why = podWhy(pod, events);
    if (why === undefined) return [];
    return [
      finding({
        uid: pod.uid,
        name: pod.name,
        namespace: pod.namespace,
        severity: isStarting(pod.status) ? "warn" : "bad",
        text: why,
        advice: adviceOf(why),
        about: { kind: "Pod", uid: pod.uid },
      }),
    ];
  });
}

function isStarting(status: string): boolean {
  return ["Pending", "ContainerCreating", "PodInitializing", "Running"].includes(status);
}

const advices: readonly (readonly [RegExp, string])[] = [
  [/OOMKilled/, "give it more memory (resources.limits.memory), or look at the heap: A"],
  [/ImagePull|ErrImage/, "is the image on the nodes? airfield load image"],
  [/CrashLoop|exit|ended|Error/i, "p shows what it logged before it ended"],
  [/[Uu]nhealthy|probe/, "l shows whether it is still starting, A its health"],
  [
    /[Ii]nsufficient|Unschedulable|nodes are available/,
    "no node has room: add a worker, or ask for less",
  ],
  [/volume|PersistentVolume/i, "6 shows the claims of storage"],
];

function adviceOf(why: string): string {
  return advices.find(([pattern]) => pattern.test(why))?.[1] ?? "v shows its events, l its log";
}

function ofWorkloads(state: ConsoleState): readonly FindingSubject[] {
  const kinds = ["Deployment", "StatefulSet", "DaemonSet", "Job"] as const;
  return kinds.flatMap((kind) =>
    rowsOf(state, kind).flatMap((workload) =>
      workload.why === undefined || workload.ready >= workload.wanted
        ? []
        : [
            finding({
              uid: workload.uid,
              name: workload.name,
              namespace: workload.namespace,
              severity: "warn",
              text: workload.why,
              advice: "enter shows its pods, u undoes the roll-out",
              about: { kind, uid: workload.uid },
            }),
          ],
    ),
  );
}

/** Warnings about objects that have no state of their own here; pods and nodes that are well have got over theirs. */
function ofEvents(state: ConsoleState): readonly FindingSubject[] {
  return rowsOf(state, "Event")
    .filter(
      ({ type, lastAt, about }) =>
        type === "Warning" && !["Pod", "Node"].includes(about.kind) && isFresh(lastAt, state.nowMs),
    )
    .map((event) =>
      finding({
        uid: event.uid,
        name: event.about.name,
        namespace: event.namespace,
        severity: "warn",
        text: `${event.reason}: ${event.message}`,
        advice: event.count > 1 ? `told ${event.count} times` : "",
        about: event.about,
      }),
    );
}

/** A warning that has not come again is most likely over. */
const freshMs = 10 * 60_000;

function isFresh(lastAt: string, nowMs: number): boolean {
  return nowMs === 0 || nowMs - Date.parse(lastAt) < freshMs;
}

function finding(
  given: Omit<FindingSubject, "kind" | "namespace"> & { readonly namespace?: string },
): FindingSubject {
  return { kind: "Finding", namespace: "", ...given, uid: `finding/${given.uid}` };
}
