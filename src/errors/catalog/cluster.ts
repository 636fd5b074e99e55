import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";
import { indent } from "./indent.ts";

/** Failures of clusters, nodes and what runs on them. */
export const clusterErrors = {
  "invalid-cluster-name": entry<{ name: string; reason: string }>({
    message: ({ name, reason }) => `"${name}" cannot be a cluster's name: ${reason}.`,
    hint: () =>
      "Use up to 32 lower-case letters, digits, dashes and dots, beginning and ending with a letter or digit.",
    examples: [
      {
        name: "My_Shop",
        reason: "it has other characters than lower-case letters, digits and dashes",
      },
    ],
    exitCode: ExitCode.Usage,
  }),
  "cluster-exists": entry<{ name: string; owner: string }>({
    message: ({ name, owner }) =>
      `A cluster named "${name}" already exists${owner === "airfield" ? "" : ` (made by ${owner})`}.`,
    hint: ({ name }) =>
      `Use it, remove it (airfield delete cluster ${name}), or choose another name.`,
    examples: [
      { name: "shop", owner: "airfield" },
      { name: "shop", owner: "kind" },
    ],
    exitCode: ExitCode.Conflict,
  }),
  "cluster-being-created": entry<{ name: string }>({
    message: ({ name }) =>
      `Another command is creating or deleting the cluster "${name}" right now.`,
    hint: ({ name }) =>
      `Wait for that command to end, or choose another name. If none runs, remove what is left of it: airfield delete cluster ${name}`,
    examples: [{ name: "shop" }],
    exitCode: ExitCode.Conflict,
  }),
  "cluster-not-found": entry<{ name: string; known: readonly string[] }>({
    message: ({ name, known }) =>
      `There is no cluster "${name}".` +
      (known.length > 0 ? ` Available: ${known.join(", ")}.` : " There are no clusters."),
    hint: ({ name }) => `Create it with: airfield create cluster ${name}`,
    examples: [
      { name: "shop", known: ["airfield", "ci"] },
      { name: "shop", known: [] },
    ],
    exitCode: ExitCode.NotFound,
  }),
  "cluster-incomplete": entry<{ name: string; reason: string }>({
    message: ({ name, reason }) => `The cluster "${name}" cannot be used: ${reason}.`,
    hint: ({ name }) => `Remove what is left and create it again: airfield delete cluster ${name}`,
    examples: [{ name: "shop", reason: "it has no control plane" }],
    exitCode: ExitCode.Failure,
  }),
  "several-control-planes": entry<{ count: number }>({
    message: ({ count }) =>
      `${count} control planes were requested, but this version creates clusters with exactly one.`,
    hint: () => "Use one control plane and as many workers as you like (--workers N).",
    examples: [{ count: 3 }],
    exitCode: ExitCode.Usage,
  }),
  "no-free-subnet": entry<{ tried: string }>({
    message: ({ tried }) => `No free subnet was found for the cluster's network in ${tried}.`,
    hint: () =>
      "Remove unused networks (docker network prune), or choose one with networking.nodeSubnet in the config.",
    examples: [{ tried: "10.213.0.0/16" }],
    exitCode: ExitCode.Conflict,
  }),
  "node-not-found": entry<{ node: string; cluster: string; known: readonly string[] }>({
    message: ({ node, cluster, known }) =>
      `The cluster "${cluster}" has no node "${node}". Its nodes: ${known.join(", ")}.`,
    hint: ({ cluster }) => `List them with: airfield get nodes --name ${cluster}`,
    examples: [{ node: "worker9", cluster: "shop", known: ["shop-control-plane", "shop-worker"] }],
    exitCode: ExitCode.NotFound,
  }),
  "node-boot-failed": entry<{ node: string; reason: string }>({
    message: ({ node, reason }) => `Node "${node}" did not start: ${reason}`,
    hint: () =>
      "Run the command again with --retain and look at the node's console (docker logs NODE). `airfield doctor` checks what nodes need from the host.",
    examples: [{ node: "shop-worker", reason: "systemd did not start within 60 s." }],
    exitCode: ExitCode.Failure,
  }),
  "node-command-failed": entry<{ node: string; command: string; exitCode: number; output: string }>(
    {
      message: ({ node, command, exitCode, output }) =>
        `On node "${node}" this command ended with exit code ${exitCode}:\n  ${command}` +
        (output === "" ? "" : `\n${indent(output)}`),
      hint: ({ node, command }) =>
        `Run the command again with --retain, then try this by hand: docker exec ${node} ${command}`,
      examples: [
        {
          node: "shop-control-plane",
          command: "kubeadm init phase certs all",
          exitCode: 1,
          output: "error execution phase certs: permission denied",
        },
      ],
      exitCode: ExitCode.Failure,
    },
  ),
  "component-crashes": entry<{ node: string; component: string; details: string }>({
    message: ({ node, component, details }) =>
      `On node "${node}" ${nameOfComponent(component)} crashes each time it starts.` +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: ({ node }) =>
      `Fix what its log complains about: networking, featureGates, kubeadmConfigPatches and containerdConfigPatches in the config configure it. To inspect it, run the command again with --retain, then: ${logCommand(node)}`,
    examples: [
      {
        node: "shop-control-plane",
        component: "kube-apiserver",
        details: "invalid argument: unrecognized feature gate: EphemeralContainers",
      },
    ],
    exitCode: ExitCode.Failure,
  }),
  "control-plane-not-started": entry<{
    node: string;
    waited: string;
    phase: string;
    details: string;
  }>({
    message: ({ node, waited, phase, details }) =>
      `After ${waited} the control plane is not serving: node "${node}" is still waiting for ${nameOfPhase(phase)}.` +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: ({ node }) =>
      `Allow more time with --wait 10m. To inspect the node, run the command again with --retain, then: ${logCommand(node)}`,
    examples: [
      {
        node: "shop-control-plane",
        waited: "5 min",
        phase: "api-server",
        details: "kube-apiserver: connection to etcd refused",
      },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "workers-not-joined": entry<{ nodes: readonly string[]; waited: string; details: string }>({
    message: ({ nodes, waited, details }) =>
      `After ${waited} these nodes have not joined the cluster: ${nodes.join(", ")}.` +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: ({ nodes: [node = "NODE"] }) =>
      `Allow more time with --wait 10m. To inspect the node, run the command again with --retain, then: ${logCommand(node)}`,
    examples: [
      { nodes: ["shop-worker"], waited: "5 min", details: "kubelet: no space left on device" },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "creation-timed-out": entry<{ name: string; waited: string; steps: readonly string[] }>({
    message: ({ name, waited, steps }) =>
      `The cluster "${name}" was not created within ${waited}; the container engine had not finished: ${steps.join("; ")}.`,
    hint: () =>
      "Allow more time with --wait 10m. `airfield doctor` checks the engine, `docker ps` shows whether it answers.",
    examples: [{ name: "shop", waited: "5 min", steps: ["Starting node"] }],
    exitCode: ExitCode.Timeout,
  }),
  "not-a-node-image": entry<{ image: string; missing: string }>({
    message: ({ image, missing }) => `"${image}" is not a node image: it has no ${missing}.`,
    hint: () => "Use a kindest/node image or leave --image out.",
    examples: [{ image: "debian:12", missing: "/kind/version" }],
    exitCode: ExitCode.Usage,
  }),
  "nodes-not-ready": entry<{ nodes: readonly string[]; waited: string; details: string }>({
    message: ({ nodes, waited, details }) =>
      `After ${waited} these nodes are still not Ready: ${nodes.join(", ")}.` +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: () => "Allow more time with --wait 10m, or look at the cluster as it is with --retain.",
    examples: [
      {
        nodes: ["shop-worker"],
        waited: "2 min",
        details: "shop-worker: container runtime network not ready",
      },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "nodes-not-answering": entry<{
    nodes: readonly string[];
    action: string;
    waited: string;
    details: string;
  }>({
    message: ({ nodes, action, waited, details }) =>
      `${nodes.map((node) => `"${node}"`).join(", ")} had to ${action}, and did not answer for ${waited}.` +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: ({ nodes: [node = "NODE"] }) =>
      `Repeat the command when the machine has less to do. The node's own words: docker exec ${node} journalctl -u containerd`,
    examples: [
      {
        nodes: ["shop-worker"],
        action: "list its images",
        waited: "60 s",
        details: 'containerd is active\ncontainerd: level=error msg="no space left on device"',
      },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "dns-not-answering": entry<{ waited: string; details: string }>({
    message: ({ waited, details }) =>
      `After ${waited} the cluster's DNS still does not answer.` +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: () => "Allow more time with --wait 10m, or look at the cluster as it is with --retain.",
    examples: [{ waited: "2 min", details: "coredns-5dd5756b68-x2v4q: ImagePullBackOff" }],
    exitCode: ExitCode.Timeout,
  }),
  "leftovers-remain": entry<{ what: string; commands: readonly string[] }>({
    message: ({ what }) => `Not everything could be removed: ${what}.`,
    hint: ({ commands }) => `Remove the rest with: ${commands.join(" && ")}`,
    examples: [{ what: "container shop-worker", commands: ["docker rm -f -v shop-worker"] }],
    exitCode: ExitCode.Failure,
  }),
  "kubeconfig-locked": entry<{ path: string; lock: string }>({
    message: ({ path, lock }) =>
      `The kubeconfig ${path} is locked by another program (${lock} exists).`,
    hint: ({ lock }) =>
      `Wait for it to finish; if no kubectl or airfield runs, remove the lock: rm ${lock}`,
    examples: [{ path: "/home/ada/.kube/config", lock: "/home/ada/.kube/config.lock" }],
    exitCode: ExitCode.Conflict,
  }),
  "kubeconfig-invalid": entry<{ path: string; reason: string }>({
    message: ({ path, reason }) => `${path} is not a kubeconfig: ${reason}.`,
    hint: ({ path }) =>
      `Repair it, move it away (mv ${path} ${path}.broken), or name another with --kubeconfig.`,
    examples: [{ path: "/home/ada/.kube/config", reason: "line 3 is no YAML" }],
    exitCode: ExitCode.Usage,
  }),
  "warm-image-late": entry<{ image: string; waited: string }>({
    message: ({ image, waited }) =>
      `The images of "${image}" were not unpacked within ${waited}, so no warm image was made. Clusters can still be created, a few seconds slower.`,
    hint: () => "Run it again when the machine is less busy: airfield prepare",
    examples: [{ image: "airfield/node:v1.34.4", waited: "5 min" }],
    exitCode: ExitCode.Timeout,
  }),
  "component-image-unavailable": entry<{ component: string; tried: string }>({
    message: ({ component, tried }) =>
      `The ${component} image is not available: ${tried.replace(/\.$/, "")}.`,
    hint: () =>
      "Run bin/setup in Airfield's checkout, or name an image with --image (AIRFIELD_NODE_IMAGE).",
    examples: [{ component: "node", tried: "no registry answers, and Go is missing to build it" }],
    exitCode: ExitCode.Environment,
  }),
} as const;

function logCommand(node: string): string {
  return `docker exec ${node} journalctl -u kubelet -u containerd`;
}

const components: Readonly<Record<string, string>> = {
  "kube-apiserver": "the API server",
  "kube-controller-manager": "the controller manager",
  "kube-scheduler": "the scheduler",
  kubelet: "the kubelet",
  coredns: "CoreDNS",
  "kube-flannel": "the cluster's network (Flannel)",
};

function nameOfComponent(component: string): string {
  return components[component] ?? component;
}

/** What each phase of a node's first start waits for (nodes/bootstrap/*.sh). */
const phases: Readonly<Record<string, string>> = {
  "": "its first program",
  begin: "its first program",
  kubelet: "containerd and the kubelet",
  certificates: "kubeadm's certificates",
  objects: "etcd",
  "api-server": "the API server",
  cluster: "the API server to take the cluster's objects",
};

function nameOfPhase(phase: string): string {
  return phases[phase] ?? phase;
}
