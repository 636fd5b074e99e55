import { patchContainerdConfig } from "../../kubernetes/containerd-patches.ts";
import { nodeOf } from "../../nodes/node.ts";
import { allDone } from "../all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import type { Step } from "../step.ts";

const configPath = "/etc/containerd/config.toml";

/** Applies the user's patches to containerd's configuration on every node. */
export const configureContainerd: Step<CreationContext> = {
  id: "configure-containerd",
  title: () => "Configuring containerd",
  after: ["start-nodes"],
  appliesTo: ({ plan: { config } }) =>
    config.containerdConfigPatches.length + config.containerdConfigPatchesJSON6902.length > 0,
  async run({ plan, ports }, { signal }) {
    await allDone(
      plan.nodes.map(async ({ name }) => {
        const node = nodeOf(ports.engine, name);
        const current = await node.run(["cat", configPath], { signal });
        const patched = patchContainerdConfig(current, plan.config);
        await ports.engine.putFiles(name, [{ path: configPath, content: patched }], { signal });
        await node.run(["systemctl", "restart", "containerd"], { signal });
      }),
    );
  },
};
