import type { ClaimRow, EventRow, NodeRow, PodRow, Row, WorkloadRow } from "../model/rows.ts";
import { formatBytes } from "./format-bytes.ts";
import { podWhy, warningText } from "./pod-why.ts";

export interface Finding {
  /** "bad": something does not work; "warn": it may be on its way, or works with less than it should; "note": worth to know. */
  readonly severity: "bad" | "warn" | "note";
  readonly about: Pick<Row, "kind" | "name" | "namespace" | "uid">;
  readonly text: string;
  /** What to do about it, in one line. */
  readonly remedy: string;
  /** What does it, or shows more, as it is typed. */
  readonly command?: string;
}

export interface FindingRows {
  readonly cluster: string;
  readonly nowMs: number;
  readonly nodes: readonly NodeRow[];
  /** Of the nodes' containers, by name, as the engine says them: "running", "paused", "exited". */
  readonly nodeStates: ReadonlyMap<string, string>;
  readonly pods: readonly PodRow[];
  readonly workloads: readonly WorkloadRow[];
  readonly claims: readonly ClaimRow[];
  readonly events: readonly EventRow[];
}

const RANK = { bad: 0, warn: 1, note: 2 };
/** A warning that has not come again is most likely over. */
const FRESH_MS = 10 * 60_000;
/** A pod that is well, but has been restarted so often, is worth a look. */
const MANY_RESTARTS = 3;
const DEFAULT_CLUSTER = "airfield";

/** What is not as it should be, the worst first; what is the same of several pods of an owner is told once. */
export function rankedFindings(rows: FindingRows): readonly Finding[] {
  const pods = rows.pods.flatMap((pod) => ofPod(pod, rows));
  const workloads = rows.workloads.flatMap((workload) => ofWorkload(workload, rows));
  return [
    ...rows.nodes.flatMap((node) => ofNode(node, rows)),
    ...onceForEachOwner(pods, rows.pods),
    ...workloads,
    ...rows.claims.flatMap((claim) => ofClaim(claim, rows)),
    ...ofEvents(rows),
  ].toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

function ofNode(node: NodeRow, { nodeStates, cluster }: FindingRows): readonly Finding[] {
  const { name, isReady, isCordoned, why } = node;
  const state = nodeStates.get(name);
  const about = aboutOf(node);
  if (state === "paused") {
    return [
      {
        ...{ severity: "bad", about, text: "is paused" },
        ...{ remedy: "Let it go on.", command: `docker unpause ${name}` },
      },
    ];
  }
  if (state === "exited") {
    return [
      {
        ...{ severity: "bad", about, text: "is stopped" },
        ...{ remedy: "Start it again.", command: `docker start ${name}` },
      },
    ];
  }
  if (!isReady) {
    return [
      {
        ...{ severity: "bad", about, text: `is not ready${why === undefined ? "" : `: ${why}`}` },
        remedy: "Its kubelet's log says why.",
        command: `docker exec ${name} journalctl --unit kubelet --lines 50 --no-pager`,
      },
    ];
  }
  if (!isCordoned) return [];
  const command = `${kubectl(cluster)} uncordon ${name}`;
  return [
    {
      ...{ severity: "note", about, text: "takes no new pods (cordoned)" },
      ...{ remedy: "Let it take pods again.", command },
    },
  ];
}

/** States on the way to a first start: no reason to worry yet. */
const STARTING = new Set(["Pending", "ContainerCreating", "PodInitializing", "Running"]);

function ofPod(pod: PodRow, rows: FindingRows): readonly Finding[] {
  if (pod.isTerminating) return [];
  const about = aboutOf(pod);
  const why = pod.isReady ? undefined : podWhy(pod, rows.events);
  if (why !== undefined) {
    const severity = STARTING.has(pod.status) && !/not scheduled/.test(why) ? "warn" : "bad";
    return [{ severity, about, text: why, ...remedyOf(pod, why, rows) }];
  }
  if (!pod.isReady || pod.restarts < MANY_RESTARTS) return [];
  return [
    {
      ...{ severity: "note", about, text: `was restarted ${pod.restarts} times` },
      remedy: "What it logged before its last end says why.",
      command: previousLogs(pod, rows.cluster),
    },
  ];
}

function remedyOf(
  pod: PodRow,
  why: string,
  rows: FindingRows,
): Pick<Finding, "remedy" | "command"> {
  const { cluster } = rows;
  const inNamespace = kubectl(cluster, pod.namespace);
  if (why.includes("OOMKilled")) return moreMemory(pod, cluster);
  if (/ImagePull|ErrImage|InvalidImage/.test(why)) {
    const image = pod.containers.find(({ state }) => /Image/.test(state))?.image ?? pod.image ?? "";
    return {
      remedy: "No node could get its image: load it, if this machine's engine has it.",
      command: `airfield load image ${image}${nameFlag(cluster)}`,
    };
  }
  const [, kind, name] = /\b(secret|configmap) "([^"]+)" not found/i.exec(why) ?? [];
  if (kind !== undefined && name !== undefined) {
    const create = kind.toLowerCase() === "secret" ? "secret generic" : "configmap";
    return {
      remedy: `Its ${kind.toLowerCase() === "secret" ? "Secret" : "ConfigMap"} is missing: create it with what it needs.`,
      command: `${inNamespace} create ${create} ${name} --from-literal=KEY=VALUE`,
    };
  }
  if (/unschedulable/i.test(why)) {
    const cordoned = rows.nodes.find(({ isCordoned }) => isCordoned);
    if (cordoned !== undefined) {
      return {
        remedy: "Nodes take no new pods: let one.",
        command: `${kubectl(cluster)} uncordon ${cordoned.name}`,
      };
    }
  }
  if (/insufficient (cpu|memory)/i.test(why)) {
    return {
      remedy:
        "No node has so much left: ask for less (resources.requests), or stop something else.",
      command: `${kubectl(cluster)} describe nodes`,
    };
  }
  if (/not scheduled|volume|FailedMount/i.test(why)) {
    return {
      remedy: "What it asks for is not there; its events say what.",
      command: `${inNamespace} describe pod ${pod.name}`,
    };
  }
  if (/probe/i.test(why)) {
    return {
      remedy:
        "It runs, but does not answer as its probe asks: is it still starting, is the path right?",
      command: logs(pod, cluster),
    };
  }
  if (/exit code|signal|ended|Error|CrashLoop|Completed/i.test(why)) {
    return {
      remedy: "What it logged before its end says why.",
      command: previousLogs(pod, cluster),
    };
  }
  return {
    remedy: "Its events say more.",
    command: `${inNamespace} describe pod ${pod.name}`,
  };
}

function moreMemory(pod: PodRow, cluster: string): Pick<Finding, "remedy" | "command"> {
  const killed =
    pod.containers.find(({ state, memoryLimitBytes }) => {
      return state.includes("OOMKilled") && memoryLimitBytes !== undefined;
    }) ?? pod.containers.find(({ memoryLimitBytes }) => memoryLimitBytes !== undefined);
  const limit = killed?.memoryLimitBytes;
  if (limit === undefined) {
    return {
      remedy: "Its node ran out of memory: give its container a limit, or the engine more memory.",
      command: `${kubectl(cluster)} describe node ${pod.node ?? ""}`.trimEnd(),
    };
  }
  const doubled = `${Math.ceil((limit * 2) / 1024 ** 2)}Mi`;
  const deployment = deploymentOf(pod);
  return {
    remedy: `It needs more than ${formatBytes(limit)}: raise resources.limits.memory${pod.application === undefined ? "" : " in airfield.yaml"}.`,
    ...(deployment === undefined
      ? {}
      : {
          command: `${kubectl(cluster, pod.namespace)} set resources deployment/${deployment} --containers=${killed?.name ?? "*"} --limits=memory=${doubled}`,
        }),
  };
}

function ofWorkload(workload: WorkloadRow, { cluster }: FindingRows): readonly Finding[] {
  const { why, ready, wanted, kind, name, namespace } = workload;
  if (why === undefined || kind === "ReplicaSet" || (kind !== "Job" && ready >= wanted)) return [];
  const about = aboutOf(workload);
  const inNamespace = kubectl(cluster, namespace);
  if (kind === "Job") {
    const command = `${inNamespace} logs job/${name}`;
    return [{ severity: "bad", about, text: why, remedy: "Its log says why.", command }];
  }
  return [
    {
      ...{ severity: "bad", about, text: why },
      remedy: "Go back to the version before, or mend what holds up its pods.",
      command: `${inNamespace} rollout undo ${kind.toLowerCase()}/${name}`,
    },
  ];
}

function ofClaim(claim: ClaimRow, { cluster, events }: FindingRows): readonly Finding[] {
  if (claim.status === "Bound") return [];
  const last = lastWarning(events, claim.uid);
  const isLost = claim.status === "Lost";
  if (last === undefined && !isLost) return [];
  const about = aboutOf(claim);
  const text = last === undefined ? "has lost its volume" : warningText(last);
  return [
    {
      ...{ severity: "bad", about, text },
      remedy: "No volume can be made for it: does its storage class exist?",
      command: `${kubectl(cluster)} get storageclasses`,
    },
  ];
}

/** Of objects that have no state of their own here. */
function ofEvents({ events, nowMs, cluster, claims }: FindingRows): readonly Finding[] {
  const known = new Set(claims.map(({ uid }) => uid));
  const fresh = events.filter(
    ({ type, about, lastAt }) =>
      type === "Warning" &&
      !["Pod", "Node"].includes(about.kind) &&
      !known.has(about.uid) &&
      nowMs - Date.parse(lastAt) < FRESH_MS,
  );
  return fresh.map((event) => {
    const { about, namespace } = event;
    return {
      severity: "warn",
      // Rows have no other kinds; the event says which object it is about.
      about: { ...about, namespace } as Finding["about"],
      text: warningText(event),
      remedy: "Its events say more.",
      command: `${kubectl(cluster, namespace)} describe ${about.kind.toLowerCase()} ${about.name}`,
    };
  });
}

function lastWarning(events: readonly EventRow[], uid: string): EventRow | undefined {
  return events
    .filter(({ type, about }) => type === "Warning" && about.uid === uid)
    .toSorted((a, b) => a.lastAt.localeCompare(b.lastAt))
    .at(-1);
}

/** Three pods of a Deployment that fail alike are one finding. */
function onceForEachOwner(
  findings: readonly Finding[],
  pods: readonly PodRow[],
): readonly Finding[] {
  const owners = new Map(pods.map(({ uid, owner }) => [uid, owner?.uid]));
  const groups = Map.groupBy(findings, ({ about, text, severity }) =>
    // Numbers differ from pod to pod: restarts, addresses, seconds.
    [owners.get(about.uid) ?? about.uid, severity, text.replace(/\d+/g, "#")].join(" "),
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const more = others.length === 0 ? "" : ` (and ${others.length} more of its pods)`;
    return [{ ...first, text: `${first.text}${more}` }];
  });
}

function aboutOf({ kind, name, namespace, uid }: Row): Finding["about"] {
  return { kind, name, namespace, uid };
}

/** "shop" of a pod of the ReplicaSet "shop-5d9c7b": https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label */
function deploymentOf({ owner }: PodRow): string | undefined {
  return owner?.kind === "ReplicaSet" ? owner.name.replace(/-[a-z0-9]+$/, "") : undefined;
}

function logs(pod: PodRow, cluster: string): string {
  return pod.application === undefined
    ? `${kubectl(cluster, pod.namespace)} logs ${pod.name} --all-containers`
    : `airfield logs ${pod.application}${nameFlag(cluster)}`;
}

function previousLogs(pod: PodRow, cluster: string): string {
  return `${logs(pod, cluster)} --previous`;
}

function nameFlag(cluster: string): string {
  return cluster === DEFAULT_CLUSTER ? "" : ` --name ${cluster}`;
}

function kubectl(cluster: string, namespace?: string): string {
  const place = namespace === undefined || namespace === "" ? "" : ` -n ${namespace}`;
  return `kubectl --context airfield-${cluster}${place}`;
}
