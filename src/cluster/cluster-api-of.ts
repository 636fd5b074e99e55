import { label } from "../nodes/labels.ts";
import type { ClusterApi } from "../ports/cluster-api.ts";
import type { Ports } from "../ports/ports.ts";
import { findCluster } from "./find-cluster.ts";

/** The API of a cluster of Airfield's, which is found by its name with each look at where its API servers are. */
export function clusterApiOf(
  name: string,
  ports: Pick<Ports, "engine" | "clusterApis">,
): ClusterApi {
  return ports.clusterApis.ofNodes(async () =>
    (await findCluster(name, ports)).nodes
      .filter(({ labels, state }) => labels[label.role] === "control-plane" && state === "running")
      .map(({ id }) => id),
  );
}
