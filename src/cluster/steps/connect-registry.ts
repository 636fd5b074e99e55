import { registryFiles, registryHost } from "../../registry/plan-registry.ts";
import { renderLocalRegistryHosting } from "../../kubernetes/manifests/local-registry-hosting.ts";
import { kubectl, nodeOf } from "../../nodes/node.ts";
import { allDone } from "../all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../step.ts";

/** Makes `localhost:PORT` on every node mean the registry. */
export const connectRegistry: Step<CreationContext> = {
  id: "connect-registry",
  title: () => "Connecting registry",
  after: ["start-registry", "start-nodes"],
  appliesTo: ({ plan }) => plan.registry !== undefined,
  async run({ plan, ports, found }, { signal }) {
    const { registry } = plan;
    if (registry === undefined) return;
    const files = registryFiles(registry, found.registryHostPort);
    await allDone(plan.nodes.map((node) => ports.engine.putFiles(node.name, files, { signal })));
  },
};

/** Tells tools such as Tilt and Skaffold where the registry is (KEP-1755). */
export const announceRegistry: Step<CreationContext> = {
  id: "announce-registry",
  title: () => "Announcing registry",
  after: ["start-registry", "init-control-plane"],
  appliesTo: ({ plan }) => plan.registry !== undefined,
  async run({ plan, ports, found }, { signal }) {
    const { registry } = plan;
    if (registry === undefined) return;
    const manifest = renderLocalRegistryHosting({
      host: `localhost:${found.registryHostPort}`,
      hostFromClusterNetwork: registryHost(registry),
    });
    await nodeOf(ports.engine, firstControlPlane(plan).name).run(kubectl("apply", "-f", "-"), {
      stdin: manifest,
      signal,
    });
  },
};
