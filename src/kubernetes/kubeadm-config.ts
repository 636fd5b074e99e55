import { stringify } from "yaml";
import type { NetworkingConfig, NodeRole, Taint } from "../config/cluster-config.ts";
import { parseKubeadmMergePatch } from "../config/kubeadm-patch.ts";
import { apiServerPort } from "./api-server-port.ts";
import type { KubeadmDocument, KubeadmPatches } from "./kubeadm-document.ts";
import { patchKubeadmDocuments } from "./apply-patches.ts";
import {
  isAtLeastMinor,
  newestKubeadmApiVersion,
  parseKubernetesVersion,
  readsKubeadmV1beta3,
  renderKubernetesVersion,
  type KubeadmApiVersion,
  type KubernetesVersion,
} from "./versions.ts";

export interface KubeadmConfigInput {
  /** "v1.34.4". */
  readonly kubernetesVersion: string;
  readonly clusterName: string;
  readonly role: NodeRole;
  /** The container's name, which is the Node's name too. */
  readonly nodeName: string;
  readonly nodeAddress: string;
  /**
   * HOST:6443, HOST a name (of the load balancer, else of the first control plane). Never an address: the
   * endpoint ends in kubeconfigs and ConfigMaps that must survive a change of addresses.
   */
  readonly controlPlaneEndpoint: string;
  /** Address on the host where the API server is published. */
  readonly apiServerAddress: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly kubeProxyMode: NetworkingConfig["kubeProxyMode"];
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly runtimeConfig: Readonly<Record<string, string>>;
  /** "abcdef.0123456789abcdef": six and sixteen characters of a-z and 0-9. */
  readonly token: string;
  /** Number of nodes of each role in the cluster. */
  readonly controlPlanes: number;
  readonly workers: number;
  /**
   * Path in the node of a kubeconfig with the CA and the server that it joins; spares the wait for the signed
   * cluster-info. Absent for the node that runs `kubeadm init`.
   */
  readonly discoveryFile?: string;
  /** Names and addresses of the API server's certificate beside those kubeadm and this function add. */
  readonly certSANs?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** Absent: kubeadm's default (systemd); a kubelet from 1.34 on asks the container runtime anyway. */
  readonly cgroupDriver?: "systemd" | "cgroupfs";
  /** "/kubelet", which kind's entrypoint prepares, when absent. */
  readonly cgroupRoot?: string;
  /** etcd does not wait for the disk: faster, and lost when the machine loses power. */
  readonly isEphemeral?: boolean;
  /** The engine runs without root. */
  readonly isRootless?: boolean;
  /** In the order they apply: the cluster's, then the node's. */
  readonly patches?: readonly KubeadmPatches[];
}

type Body = Readonly<Record<string, unknown>>;

const kubeadmGroup = "kubeadm.k8s.io";

/** The documents of /kind/kubeadm.conf for one node, patches applied. Throws `patch-failed`. */
export function planKubeadmConfig(input: KubeadmConfigInput): readonly KubeadmDocument[] {
  const version = parseKubernetesVersion(input.kubernetesVersion);
  const patches = input.patches ?? [];
  const apiVersion = chooseKubeadmApiVersion(version, patches);
  const documents = kubeadmDocuments(input, version, apiVersion);
  return patchKubeadmDocuments(documents, patches);
}

/**
 * The newest format, except where patches are written for v1beta3 and this version still reads it: kind uses
 * v1beta3 up to Kubernetes 1.35, so that its files must go on working with the patches they carry.
 */
function chooseKubeadmApiVersion(
  version: KubernetesVersion,
  patches: readonly KubeadmPatches[],
): KubeadmApiVersion {
  const newest = newestKubeadmApiVersion(version);
  if (newest !== "v1beta4" || !readsKubeadmV1beta3(version)) return newest;
  const named = new Set(patches.flatMap(namedKubeadmVersions));
  return named.has("v1beta3") && !named.has("v1beta4") ? "v1beta3" : newest;
}

/**
 * `kubeadm join` reads JoinConfiguration alone. The others go along because the node image reads the service
 * subnet and the proxy mode from this file, as the node-image contract has it.
 */
function kubeadmDocuments(
  input: KubeadmConfigInput,
  version: KubernetesVersion,
  apiVersion: KubeadmApiVersion,
): readonly KubeadmDocument[] {
  const kubeadm = (kind: string, body: Body): KubeadmDocument => ({
    apiVersion: `${kubeadmGroup}/${apiVersion}`,
    kind,
    ...body,
  });
  return [
    kubeadm("ClusterConfiguration", clusterConfiguration(input, version, apiVersion)),
    input.discoveryFile === undefined
      ? kubeadm("InitConfiguration", initConfiguration(input, version, apiVersion))
      : kubeadm(
          "JoinConfiguration",
          joinConfiguration(input, input.discoveryFile, version, apiVersion),
        ),
    {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      ...kubeletConfiguration(input, version),
    },
    ...(input.kubeProxyMode === "none"
      ? []
      : [
          {
            apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
            kind: "KubeProxyConfiguration",
            ...kubeProxyConfiguration(input),
          },
        ]),
  ];
}

function clusterConfiguration(
  input: KubeadmConfigInput,
  version: KubernetesVersion,
  apiVersion: KubeadmApiVersion,
): Body {
  const featureGates = joinPairs(allFeatureGates(input));
  const gates = featureGates === "" ? {} : { "feature-gates": featureGates };
  // With one control plane there is nobody to elect, and every restart would wait out the old 15 s lease.
  // https://github.com/kubernetes/minikube/blob/master/pkg/minikube/bootstrapper/bsutil/versions.go
  const election = input.controlPlanes === 1 ? { "leader-elect": "false" } : {};
  const runtimeConfig = joinPairs(input.runtimeConfig);
  // extraArgs is there even when empty: JSON 6902 patches made for kind add to it.
  return {
    kubernetesVersion: renderKubernetesVersion(version),
    clusterName: input.clusterName,
    controlPlaneEndpoint: input.controlPlaneEndpoint,
    // Seconds of RSA key generation become milliseconds; only v1beta4 knows the field.
    ...(apiVersion === "v1beta4" ? { encryptionAlgorithm: "ECDSA-P256" } : {}),
    apiServer: {
      certSANs: certSANs(input),
      extraArgs: extraArgs(apiVersion, {
        ...gates,
        ...(runtimeConfig === "" ? {} : { "runtime-config": runtimeConfig }),
      }),
    },
    ...etcd(input, apiVersion),
    controllerManager: {
      extraArgs: extraArgs(apiVersion, { ...gates, ...election, ...unthrottled }),
    },
    scheduler: { extraArgs: extraArgs(apiVersion, { ...gates, ...election, ...unthrottled }) },
    networking: { podSubnet: input.podSubnet, serviceSubnet: input.serviceSubnet },
  };
}

/**
 * 20 requests a second, the default, are too few for the controller manager's start: it starts a controller
 * each 150 ms then, and some 40 of them; nodes and pods wait 5 s for theirs.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
const unthrottled = { "kube-api-qps": "500", "kube-api-burst": "1000" };

/**
 * A single member has nobody to wait for, yet elects itself only after the election timeout, a second by
 * default; until then the API server's connections are refused, and it comes back a second later.
 * https://etcd.io/docs/v3.6/tuning/
 */
function etcd(
  { controlPlanes, isEphemeral = false }: KubeadmConfigInput,
  apiVersion: KubeadmApiVersion,
): Body {
  const args = {
    ...(controlPlanes === 1 ? { "heartbeat-interval": "20", "election-timeout": "100" } : {}),
    ...(isEphemeral ? { "unsafe-no-fsync": "true" } : {}),
  };
  return Object.keys(args).length === 0
    ? {}
    : { etcd: { local: { extraArgs: extraArgs(apiVersion, args) } } };
}

function initConfiguration(
  input: KubeadmConfigInput,
  version: KubernetesVersion,
  apiVersion: KubeadmApiVersion,
): Body {
  return {
    bootstrapTokens: [{ token: input.token }],
    localAPIEndpoint: { advertiseAddress: input.nodeAddress, bindPort: apiServerPort },
    nodeRegistration: nodeRegistration(input, version, apiVersion),
    ...skipPhases(
      apiVersion,
      input.kubeProxyMode === "none" ? ["preflight", "addon/kube-proxy"] : ["preflight"],
    ),
  };
}

function joinConfiguration(
  input: KubeadmConfigInput,
  discoveryFile: string,
  version: KubernetesVersion,
  apiVersion: KubeadmApiVersion,
): Body {
  return {
    nodeRegistration: nodeRegistration(input, version, apiVersion),
    discovery: {
      file: { kubeConfigPath: discoveryFile },
      // The file brings the CA and the server, the token is what the kubelet shows for its certificate.
      tlsBootstrapToken: input.token,
    },
    ...skipPhases(apiVersion, ["preflight"]),
  };
}

function nodeRegistration(
  input: KubeadmConfigInput,
  version: KubernetesVersion,
  apiVersion: KubeadmApiVersion,
): Body {
  const labels = joinPairs(input.labels ?? {});
  const taints = nodeTaints(input, version);
  return {
    name: input.nodeName,
    criSocket: "unix:///run/containerd/containerd.sock",
    ...(taints === undefined ? {} : { taints }),
    kubeletExtraArgs: extraArgs(apiVersion, {
      "node-ip": input.nodeAddress,
      // cloud-provider-kind and other tools made for kind find the container of a Node by this.
      "provider-id": `kind://docker/${input.clusterName}/${input.nodeName}`,
      ...(labels === "" ? {} : { "node-labels": labels }),
    }),
  };
}

/** Undefined leaves kubeadm's default: the control-plane taint on control planes, none on workers. */
function nodeTaints(
  input: KubeadmConfigInput,
  version: KubernetesVersion,
): readonly Taint[] | undefined {
  const own = (input.taints ?? []).map(({ key, value, effect }) => ({ key, value, effect }));
  if (input.role === "worker") return own.length === 0 ? undefined : own;
  // Without workers the control plane has to run everything.
  if (input.workers === 0) return own;
  if (own.length === 0) return undefined;
  const key = isAtLeastMinor(version, 24)
    ? "node-role.kubernetes.io/control-plane"
    : "node-role.kubernetes.io/master";
  return [{ key, value: "", effect: "NoSchedule" }, ...own];
}

function kubeletConfiguration(input: KubeadmConfigInput, version: KubernetesVersion): Body {
  const gates = allFeatureGates(input);
  return {
    ...(input.cgroupDriver === undefined ? {} : { cgroupDriver: input.cgroupDriver }),
    // Keeps the pods' cgroups apart from those of the node's own services; kind's entrypoint makes it.
    cgroupRoot: input.cgroupRoot ?? "/kubelet",
    // Swap belongs to the host, which we cannot ask to turn it off.
    failSwapOn: false,
    // From 1.35 on the kubelet refuses cgroup v1 unless told otherwise. https://kep.k8s.io/5573
    ...(isAtLeastMinor(version, 35) ? { failCgroupV1: false } : {}),
    // The kubelet sees the host's disk: a disk filled by something else must not make it remove images
    // loaded into the node, which no registry has, nor evict pods.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
    },
    ...(Object.keys(gates).length === 0 ? {} : { featureGates: gates }),
  };
}

function kubeProxyConfiguration(input: KubeadmConfigInput): Body {
  const gates = allFeatureGates(input);
  const mode = input.kubeProxyMode;
  return {
    mode,
    ...(Object.keys(gates).length === 0 ? {} : { featureGates: gates }),
    // The default of 1s is for clusters of thousands of Services, and would delay each roll-out, and the cluster's own
    // DNS, by it. https://kubernetes.io/docs/reference/networking/virtual-ips/#minsyncperiod
    ...(mode === "iptables" ? { iptables: { minSyncPeriod: "100ms" } } : {}),
    conntrack: {
      // net.netfilter.nf_conntrack_max belongs to the host; 0 leaves it alone.
      maxPerCore: 0,
      // https://github.com/kubernetes/kubernetes/issues/117924
      ...(mode === "nftables" && input.isRootless !== true ? { tcpBeLiberal: true } : {}),
      // Without root these sysctls cannot be written; 0 leaves them alone.
      ...(input.isRootless === true
        ? { tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" }
        : {}),
    },
  };
}

function allFeatureGates(input: KubeadmConfigInput): Readonly<Record<string, boolean>> {
  return input.isRootless === true
    ? { ...input.featureGates, KubeletInUserNamespace: true }
    : input.featureGates;
}

/** kubeadm adds the node's name and address, the endpoint's name and the Service's names itself. */
function certSANs(input: KubeadmConfigInput): readonly string[] {
  return [
    ...new Set(["localhost", "127.0.0.1", input.apiServerAddress, ...(input.certSANs ?? [])]),
  ];
}

/**
 * Preflight looks at the host's kernel and pulls images that the node has; v1beta2 has no field for it and
 * needs --skip-phases=preflight on the command line.
 */
function skipPhases(apiVersion: KubeadmApiVersion, phases: readonly string[]): Body {
  return apiVersion === "v1beta2" ? {} : { skipPhases: phases };
}

/** v1beta4 takes a list, so that a flag can come twice; before, it was a map. */
function extraArgs(
  apiVersion: KubeadmApiVersion,
  args: Readonly<Record<string, string>>,
): readonly Body[] | Body {
  return apiVersion === "v1beta4"
    ? Object.entries(args).map(([name, value]) => ({ name, value }))
    : args;
}

/** "a=1,b=2", sorted, so that the same input gives the same text. */
function joinPairs(pairs: Readonly<Record<string, string | boolean>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(",");
}

/** The text of /kind/kubeadm.conf. */
export function renderKubeadmConfig(documents: readonly KubeadmDocument[]): string {
  return documents
    .map((document) => stringify(document, { aliasDuplicateObjects: false }))
    .join("---\n");
}

/** The kubeadm formats that patches name. */
function namedKubeadmVersions(patches: KubeadmPatches): readonly string[] {
  const apiVersions = patches.kubeadmConfigPatches.flatMap((text) =>
    parseKubeadmMergePatch(text).patches.map(({ apiVersion }) => apiVersion),
  );
  const ofMergePatches = apiVersions.flatMap((apiVersion) => {
    const [group, version = ""] = apiVersion.split("/");
    return group === kubeadmGroup ? [version] : [];
  });
  const ofJson6902 = patches.kubeadmConfigPatchesJSON6902
    .filter(({ group }) => group === kubeadmGroup)
    .map(({ version }) => version);
  return [...ofMergePatches, ...ofJson6902];
}
