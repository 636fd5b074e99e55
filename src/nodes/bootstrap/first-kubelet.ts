import type { KubeadmDocument } from "../../kubernetes/kubeadm-document.ts";

/**
 * Configuration of the kubelet that starts the control plane's static pods before there is an API server to ask:
 * the node's own, without all that needs one. It serves nothing, so that it needs no rule of who may ask it.
 * https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 *
 * @param kubeadmConfig the documents that kubeadm is given
 * @returns JSON
 */
export function renderFirstKubelet(kubeadmConfig: readonly KubeadmDocument[]): string {
  return JSON.stringify({
    // What kubeadm fills in: https://pkg.go.dev/k8s.io/kubernetes/cmd/kubeadm/app/componentconfigs
    cgroupDriver: "systemd",
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    staticPodPath: "/etc/kubernetes/manifests",
    ...kubeadmConfig.find(({ kind }) => kind === "KubeletConfiguration"),
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    enableServer: false,
    healthzPort: 0,
    readOnlyPort: 0,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
  });
}
