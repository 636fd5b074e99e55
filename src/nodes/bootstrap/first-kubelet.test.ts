import { expect, test } from "vitest";
import { renderFirstKubelet } from "./first-kubelet.ts";

const kubeadmConfig = [
  { apiVersion: "kubeadm.k8s.io/v1beta4", kind: "ClusterConfiguration" },
  {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupRoot: "/mine",
    cgroupDriver: "cgroupfs",
    authentication: { webhook: { enabled: true } },
  },
];

test("is the node's own configuration without what needs an API server", () => {
  expect(JSON.parse(renderFirstKubelet(kubeadmConfig))).toMatchObject({
    kind: "KubeletConfiguration",
    cgroupRoot: "/mine",
    cgroupDriver: "cgroupfs",
    staticPodPath: "/etc/kubernetes/manifests",
    authentication: { webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
  });
});

test("serves nothing, so that nobody can ask what nobody guards", () => {
  expect(JSON.parse(renderFirstKubelet(kubeadmConfig))).toMatchObject({
    enableServer: false,
    healthzPort: 0,
    readOnlyPort: 0,
  });
});
