import type { configErrors } from "../catalog/config.ts";
import type { Explanation } from "./explanation.ts";

export const configExplanations = {
  "invalid-config": {
    means: "The config file has faults",
    why: "The whole file is checked before anything is created, and all its faults are listed with their lines. `airfield config validate` does only that, for airfield.yaml and for kind's files.",
  },
  "kubernetes-version-invalid": {
    means: "A node image tells no usable Kubernetes version",
    why: "The version decides how kubeadm is configured. It is read from /kind/version of the node image.",
  },
  "patch-failed": {
    means: "A patch of the config cannot be applied",
    why: "The patch names a place that the document does not have, or puts a value where it cannot be. Patches are applied when the cluster is planned, so nothing was created.",
  },
} as const satisfies Record<keyof typeof configErrors, Explanation>;
