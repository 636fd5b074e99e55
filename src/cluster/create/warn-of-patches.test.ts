import { expect, test } from "vitest";
import { aClusterConfig } from "../../../test/fakes/a-cluster-config.ts";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { loadConfig } from "../../config/load-config.ts";
import { planCreation } from "./create-cluster.ts";
import type { CreationContext } from "./creation-context.ts";
import { warningsOfPatches } from "./warn-of-patches.ts";

async function warningsOf(text: string, kubernetesVersion = "v1.34.4"): Promise<readonly string[]> {
  const head = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n";
  const file = { text: head + text, file: "kind.yaml", folder: "/" };
  const { cluster, origin } = loadConfig(file);
  const plan = await planCreation(
    {
      config: { ...aClusterConfig(), ...cluster },
      waitMs: 1000,
      retain: false,
      isEphemeral: false,
      kubeconfigPath: "/home/dev/.kube/config",
      components: { policy: "auto", builtTags: {}, isWarmAllowed: true, ownCommand: [] },
    },
    fakePorts(),
  );
  const context = {
    plan,
    bootstrapToken: "abcdef.0123456789abcdef",
    found: { kubernetesVersion },
  } as unknown as CreationContext;
  const warnings = warningsOfPatches(context, origin);
  expect(new Set(warnings.map(({ code }) => code))).toEqual(
    new Set(warnings.length === 0 ? [] : ["patch-without-target"]),
  );
  return warnings.map(({ message }) => message);
}

test("a patch of a version that nothing takes is told with its line", async () => {
  const text = `kubeadmConfigPatches:
- |
  kind: KubeletConfiguration
  maxPods: 50
  ---
  apiVersion: kubeadm.k8s.io/v1beta2
  kind: ClusterConfiguration
  clusterName: x
kubeadmConfigPatchesJSON6902:
- group: kubelet.config.k8s.io
  version: v1
  kind: KubeletConfiguration
  patch: "[]"
`;
  expect(await warningsOf(text)).toEqual([
    "kubeadmConfigPatches[0] (kind.yaml:8) changes nothing: it is for ClusterConfiguration of kubeadm.k8s.io/v1beta2, and this cluster's is of kubeadm.k8s.io/v1beta4.",
    "kubeadmConfigPatchesJSON6902[0] (kind.yaml:12) changes nothing: it is for KubeletConfiguration of kubelet.config.k8s.io/v1, and this cluster's is of kubelet.config.k8s.io/v1beta1.",
  ]);
  // A node image that has that version takes it.
  expect(await warningsOf(text, "v1.22.0")).toHaveLength(1);
});

test("so is one that is for another node, or for a kube-proxy that is not there", async () => {
  const text = `networking: {kubeProxyMode: none}
kubeadmConfigPatches: ["{kind: KubeProxyConfiguration, mode: ipvs}"]
nodes:
- role: control-plane
- role: worker
  kubeadmConfigPatches:
  - |
    kind: KubeletConfiguration
    maxPods: 50
  - "{kind: JoinConfiguration}"
`;
  const [first, second, ...rest] = await warningsOf(text);
  expect(first).toBe(
    "kubeadmConfigPatches[0] (kind.yaml:4) changes nothing: kubeadm reads no KubeProxyConfiguration there.",
  );
  expect(second).toContain("nodes[1].kubeadmConfigPatches[0] (kind.yaml:10)");
  expect(rest).toEqual([]);
});

test("patches that fit are not told of, nor those for nodes that may join another time", async () => {
  const fitting = `kubeadmConfigPatches:
- "{apiVersion: kubeadm.k8s.io/v1beta3, kind: ClusterConfiguration}"
- "{kind: JoinConfiguration}"
- "{kind: InitConfiguration}"
- "{kind: KubeletConfiguration}"
`;
  expect(await warningsOf(fitting)).toEqual([]);
});
