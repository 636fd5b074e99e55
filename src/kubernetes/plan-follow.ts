import { isRolledOut } from "./is-rolled-out.ts";
import { resourcePath, resources } from "./resources.ts";

/** A request to the API server in place of a kubectl that goes on, and what its lines mean. */
export interface FollowPlan {
  readonly path: string;
  /** Whether lines are told as they come; otherwise none is. */
  readonly tellsLines: boolean;
  /** Whether kubectl would end, successfully, after this line. */
  isEnd(line: string): boolean;
}

const pods = resourceOf("Pod");
const deployments = resourceOf("Deployment");

/** Undefined for what only kubectl can do. */
export function planFollow(args: readonly string[]): FollowPlan | undefined {
  return planLog(args) ?? planRollout(args);
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod */
function planLog([verb, pod = "", ...flags]: readonly string[]): FollowPlan | undefined {
  const [namespaceFlag, namespace = "", follow, ...options] = flags;
  if (verb !== "logs" || namespaceFlag !== "--namespace" || follow !== "--follow") return undefined;
  const query = new URLSearchParams({ follow: "true" });
  for (const option of options) {
    const [, time] = /^--since-time=(\S+)$/.exec(option) ?? [];
    const [, seconds] = /^--since=(\d+)s$/.exec(option) ?? [];
    const [, lines] = /^--tail=(\d+)$/.exec(option) ?? [];
    if (time !== undefined) query.set("sinceTime", time);
    else if (seconds !== undefined) query.set("sinceSeconds", seconds);
    else if (lines !== undefined) query.set("tailLines", lines);
    else return undefined;
  }
  return {
    path: `${resourcePath(pods, { namespace, name: pod })}/log?${query.toString()}`,
    tellsLines: true,
    isEnd: () => false,
  };
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
function planRollout([verb, noun, what = "", ...flags]: readonly string[]): FollowPlan | undefined {
  const [, name] = /^deployment\/(\S+)$/.exec(what) ?? [];
  const [namespaceFlag, namespace = "", ...others] = flags;
  if (verb !== "rollout" || noun !== "status" || name === undefined) return undefined;
  if (namespaceFlag !== "--namespace" || others.length > 0) return undefined;
  const query = new URLSearchParams({ watch: "true", fieldSelector: `metadata.name=${name}` });
  return {
    path: `${resourcePath(deployments, { namespace })}?${query.toString()}`,
    tellsLines: false,
    isEnd: (line) => {
      const { type, object } = JSON.parse(line) as {
        readonly type?: string;
        readonly object?: object;
      };
      return (type === "ADDED" || type === "MODIFIED") && isRolledOut(object);
    },
  };
}

function resourceOf(wanted: string) {
  const found = resources.find(({ kind }) => kind === wanted);
  if (found === undefined) throw new Error(`no resource ${wanted}`);
  return found;
}
