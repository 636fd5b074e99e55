import type { clusterErrors } from "../catalog/cluster.ts";
import type { Explanation } from "./explanation.ts";

export const clusterExplanations = {
  "invalid-cluster-name": {
    means: "A cluster cannot have this name",
    why: "The name becomes part of the names of containers, networks and hosts, which take lower-case letters, digits, dashes and dots, and of host names, which end at 63 characters.",
  },
  "cluster-exists": {
    means: "There is a cluster of this name already",
    why: "`create cluster` makes clusters and changes none: `update cluster` does that. Clusters that kind made count, too, because their nodes would have the same names.",
  },
  "cluster-being-created": {
    means: "Another command works on a cluster of this name",
    why: "Two commands began with the same name at the same moment, and the engine gives each name to one of them. This one has removed what it had begun.",
  },
  "cluster-not-found": {
    means: "There is no cluster of this name",
    why: 'The name is that of --name, else of AIRFIELD_CLUSTER, else of airfield.yaml, else "airfield". Clusters are found by labels in the engine that is in use: another Docker context has other clusters.',
  },
  "cluster-incomplete": {
    means: "A cluster lacks a part that it cannot work without",
    why: "Containers of it were removed by hand, or a creation was killed before it could tidy up. Nodes cannot be made again one by one.",
  },
  "several-control-planes": {
    means: "More than one control plane was asked for",
    why: "Several API servers need a load balancer before them, which is not built yet.",
  },
  "no-free-subnet": {
    means: "All subnets for clusters are in use",
    why: "Each cluster gets a free /24 of a range that local networks seldom use. Networks of the engine and routes of this machine (a VPN's, too) take theirs away from it.",
  },
  "node-not-found": {
    means: "The cluster has no node of this name",
    why: "Nodes are named after their cluster and their role: NAME-control-plane, NAME-worker, NAME-worker2.",
  },
  "node-boot-failed": {
    means: "The system inside a node did not start",
    why: "A node is a privileged container that runs systemd. It needs cgroups that can be written, enough inotify instances of the kernel, and memory; the last lines of its console name what is missing.",
  },
  "node-command-failed": {
    means: "A command inside a node failed",
    why: "The command, its exit code and its last lines of output are shown as they were. Without --retain the cluster is removed afterwards, and with it what could be looked at.",
  },
  "component-crashes": {
    means: "A part of Kubernetes crashes each time it starts",
    why: "It ended several times with the same words, so waiting longer is of no use. Most often a setting of the config (a feature gate, an argument, a patch) does not exist in this version of Kubernetes.",
  },
  "control-plane-not-started": {
    means: "The control plane did not serve in time",
    why: "containerd, the kubelet, etcd and the API server start one after the other; the message says for which of them the node still waits. On a busy machine or a slow disk each takes longer.",
  },
  "workers-not-joined": {
    means: "Workers did not join the cluster in time",
    why: "A worker joins when its kubelet has a certificate from the API server. A node without memory, disk space or a way to the control plane's address does not get there.",
  },
  "creation-timed-out": {
    means: "The cluster was not there in the time of --wait",
    why: "The time ran out while the engine was still creating or starting containers: it is very busy, or it hangs. The time counts from when the images are there.",
  },
  "not-a-node-image": {
    means: "An image is not one that nodes can be made of",
    why: "A node image holds systemd, containerd, the kubelet, kubeadm and Kubernetes' own images, as kindest/node has them. Any other image boots into nothing.",
  },
  "nodes-not-ready": {
    means: "Nodes did not become Ready in time",
    why: "The kubelet calls a node Ready when its container runtime and its pod network work. The details say what it waits for.",
  },
  "nodes-not-answering": {
    means: "A node does not answer",
    why: "The node's container runs, and a command inside it has not ended in time. The machine may be short of processor time, memory or disk, or containerd in the node hangs; its state and its last words are shown.",
  },
  "dns-not-answering": {
    means: "The cluster's DNS did not answer in time",
    why: "Pods find Services by CoreDNS. Its pods could not be scheduled or started, or cannot be reached; without it, applications would start and find nothing.",
  },
  "leftovers-remain": {
    means: "Parts of a cluster or registry could not be removed",
    why: "The engine refused to remove them, or they are in use by something that is not Airfield's. All else is gone; the same command can be repeated.",
  },
  "kubeconfig-locked": {
    means: "Another program is changing the kubeconfig",
    why: "kubectl and Airfield lock the file while they change it, by a file beside it. A program that was killed in that moment leaves the lock behind.",
  },
  "kubeconfig-invalid": {
    means: "The kubeconfig cannot be read as one",
    why: "Airfield adds a context to the file and keeps all else; of a file that it cannot read it would destroy what others need. So nothing was written.",
  },
  "warm-image-late": {
    means: "The faster node image was not made in time",
    why: "`prepare` starts a node once and keeps its image with everything unpacked, which saves seconds of each creation. On a busy machine or a slow disk the unpacking takes longer than it waits.",
  },
  "component-image-unavailable": {
    means: "An image of Airfield's own is not to be had",
    why: "Node, registry and other images are pulled, taken from the local engine, or built from the sources in images/ with Go; --image-policy chooses. All that was tried is in the message.",
  },
} as const satisfies Record<keyof typeof clusterErrors, Explanation>;
