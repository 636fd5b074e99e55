/** Where the API server listens inside a control plane: kubeadm's own default. */
export const apiServerPort = 6443;
