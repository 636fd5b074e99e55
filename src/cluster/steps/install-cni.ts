import { renderDefaultCni } from "../../kubernetes/manifests/default-cni.ts";
import { kubectl, nodeOf } from "../../nodes/node.ts";
import { apiServerPort } from "../../nodes/plan-nodes.ts";
import type { CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../step.ts";

export const installCni: Step<CreationContext> = {
  id: "install-cni",
  title: () => "Installing CNI",
  after: ["init-control-plane"],
  appliesTo: ({ plan }) => !plan.config.networking.disableDefaultCNI,
  async run({ plan, ports }, { signal }) {
    const controlPlane = firstControlPlane(plan);
    const node = nodeOf(ports.engine, controlPlane.name);
    const template = await node.run(["cat", "/kind/manifests/default-cni.yaml"], { signal });
    const manifest = renderDefaultCni(template, {
      podSubnet: plan.config.networking.podSubnet,
      controlPlaneEndpoint: `${controlPlane.name}:${apiServerPort}`,
    });
    await node.run(kubectl("create", "-f", "-"), { stdin: manifest, signal });
  },
};
