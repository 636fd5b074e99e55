import { kubectl, nodeOf } from "../../nodes/node.ts";
import type { CreationContext } from "../creation-context.ts";
import { kubeadmConfigPath } from "../kubeadm-documents.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../step.ts";

/** Up to this many nodes one CoreDNS pod is enough; the second costs start-up time and memory. */
const smallClusterNodes = 5;

export const initControlPlane: Step<CreationContext> = {
  id: "init-control-plane",
  title: () => "Starting control plane",
  after: ["write-kubeadm-config"],
  async run({ plan, ports }, { signal, progress }) {
    const node = nodeOf(ports.engine, firstControlPlane(plan).name);
    await node.run(["kubeadm", "init", `--config=${kubeadmConfigPath}`, "--skip-token-print"], {
      signal,
      onLine: (line) => {
        const phase = /^\[([a-z-]+)\]/.exec(line)?.[1];
        if (phase !== undefined) progress(phase);
      },
    });
    if (plan.nodes.length <= smallClusterNodes)
      await node.run(kubectl("-n", "kube-system", "scale", "deployment/coredns", "--replicas=1"), {
        signal,
      });
    // A load balancer must reach Services also on the only node there is.
    // https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers
    if (plan.nodes.length === 1)
      await node.run(
        kubectl(
          "label",
          "nodes",
          "--all",
          "node.kubernetes.io/exclude-from-external-load-balancers-",
        ),
        { signal },
      );
  },
};
