import type { NodeSummary } from "../../ports/cluster-api.ts";
import type { NodeFigures } from "../model/events.ts";

const NANO = 1e9;

/** What a node and its pods use, of the kubelet's summary; a pod that has just begun is not among them. */
export function figuresOf(name: string, { node, pods = [] }: NodeSummary): NodeFigures | undefined {
  const own = useOf(node);
  if (own === undefined) return undefined;
  return {
    ...{ node: name, ...own },
    pods: pods.flatMap((pod) => {
      const use = useOf(pod);
      const uid = pod.podRef?.uid;
      return use === undefined || uid === undefined ? [] : [{ uid, ...use }];
    }),
  };
}

function useOf(
  used: Pick<NonNullable<NodeSummary["node"]>, "cpu" | "memory"> | undefined,
): { readonly cpuCores: number; readonly memoryBytes: number } | undefined {
  const nano = used?.cpu?.usageNanoCores;
  const memoryBytes = used?.memory?.workingSetBytes;
  if (nano === undefined || memoryBytes === undefined) return undefined;
  return { cpuCores: nano / NANO, memoryBytes };
}
