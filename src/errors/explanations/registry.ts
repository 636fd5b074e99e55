import type { registryErrors } from "../catalog/registry.ts";
import type { Explanation } from "./explanation.ts";

export const registryExplanations = {
  "invalid-registry-name": {
    means: "A registry cannot have this name",
    why: "The name becomes part of a container's and of a volume's name.",
  },
  "registry-exists": {
    means: "There is a registry of this name already",
    why: "Registries that clusters share are made once, and used by naming them with --registry.",
  },
  "registry-name-taken": {
    means: "A container has the name that a registry needs",
    why: "An engine has each name once. The container there does not carry Airfield's labels, so it is left alone.",
  },
  "registry-not-found": {
    means: "There is no registry of this name",
    why: "Registries are found by labels in the engine that is in use. A cluster's own registry has the name of its cluster, and goes with it.",
  },
  "registry-in-use": {
    means: "Clusters use the registry that is to be deleted",
    why: "Their nodes pull from it: pods whose images are not on their node yet could not start any more.",
  },
  "secret-missing": {
    means: "A password that the config refers to is not set",
    why: "Passwords stand in variables or files, not in the config. The variable that it names is not in the environment of this command; sudo, for one, takes most variables away.",
  },
  "certificate-invalid": {
    means: "A certificate or a key cannot be used",
    why: "Certificates and keys of registries are put on the nodes as they are, where containerd reads PEM only. One in DER, or with a passphrase, would be found out at the first pull.",
  },
  "proxy-invalid": {
    means: "A proxy's address cannot be used",
    why: "The nodes reach registries by this proxy. The value, which may hold a password, is not shown.",
  },
  "config-not-applicable": {
    means: "A running cluster cannot be changed to this config",
    why: "`update cluster` applies what nodes can take over while they run: registries and proxy. All else is decided when a cluster is made.",
  },
  "nodes-not-running": {
    means: "Some nodes of the cluster do not run",
    why: "A change has to reach every node, or they would differ from each other from then on.",
  },
  "registry-being-pruned": {
    means: "The registry's garbage collection runs already",
    why: "A registry cannot take images while its garbage collection looks for those that nothing needs, so one command at a time does it.",
  },
  "registry-not-pruned": {
    means: "The registry's garbage collection failed",
    why: "The registry's own program walks through its data and removes what no tag leads to. Its last lines are shown. The registry was started again with its data as it was.",
  },
  "update-timed-out": {
    means: "A cluster could not be brought up to date in time",
    why: "update cluster changes files on each node and waits until containerd and the kubelet run with them, up to --timeout. Nodes that are done stay done.",
  },
  "registry-prune-timed-out": {
    means: "A registry's garbage collection did not end in time",
    why: "The collection runs while the registry is stopped and reads everything that it holds. At the limit it is ended and the registry is started again.",
  },
} as const satisfies Record<keyof typeof registryErrors, Explanation>;
