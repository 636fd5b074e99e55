import { rowsOf, type ConsoleState } from "../state/console-state.ts";
import type { NodeSubject } from "./subject.ts";

/** Nodes of the cluster that was entered: containers of the engine, and what Kubernetes says of them. */
export function nodesOf(state: ConsoleState): readonly NodeSubject[] {
  const cluster = state.clusters?.find(({ name }) => name === state.cluster);
  const rows = new Map(rowsOf(state, "Node").map((row) => [row.name, row]));
  const containers = new Map((cluster?.nodes ?? []).map((node) => [node.name, node]));
  const names = [...new Set([...containers.keys(), ...rows.keys()])].sort();
  return names.map((name) => {
    const container = containers.get(name);
    const row = rows.get(name);
    return {
      kind: "Node",
      uid: `node/${name}`,
      name,
      namespace: "",
      role: container?.role ?? row?.roles.join(",") ?? "",
      state: container?.state ?? "",
      row,
    };
  });
}

/** Whether a node carries pods: a load balancer and a container that is not running do not. */
export function nodeHealth({ role, state, row }: NodeSubject): {
  readonly text: string;
  readonly isWell: boolean;
} {
  if (state !== "" && state !== "running") return { text: state, isWell: false };
  if (role === "load-balancer") return { text: "running", isWell: true };
  if (row === undefined) return { text: state, isWell: true };
  if (!row.isReady) return { text: "NotReady", isWell: false };
  return { text: row.isCordoned ? "cordoned" : "Ready", isWell: !row.isCordoned };
}
