import type { Path } from "./yaml-source.ts";

/** A place of a node that a mount must not cover. */
export interface NodePlace {
  readonly path: string;
  /** Ends the sentence "NODE PATH …". */
  readonly why: string;
  /** What can be done instead, where that is not plain. */
  readonly instead?: string;
  /** A mount of what is in the folder does no harm. */
  readonly isFolderOnly?: boolean;
  /** A mount that can be written to does no harm. */
  readonly takesWritable?: boolean;
  /** The fields of the config because of which it is written; absent where it always is. */
  readonly because?: Path;
}

/** What of a config decides where Airfield writes. */
export interface PlaceFacts {
  readonly hasRegistry: boolean;
  readonly isCniDisabled: boolean;
  /** Registries with hosts.toml files, with the field that names each. */
  readonly registries: readonly { readonly host: string; readonly at: Path }[];
  /** The field of a login. */
  readonly loginAt?: Path;
  /** The field of the authorities that nodes trust. */
  readonly authoritiesAt?: Path;
  readonly proxyAt?: Path;
}

/**
 * The places of a node that Airfield, kubeadm, the kubelet or the node's entrypoint write to, or that the node cannot
 * run without. What is below them may be mounted where nothing of it is theirs.
 */
export function placesOfNodes(facts: PlaceFacts): readonly NodePlace[] {
  const written = "is written by Airfield";
  const certs = "/etc/containerd/certs.d";
  return [
    ...nodeFiles,
    ...(facts.hasRegistry
      ? [
          {
            path: `${certs}/localhost:PORT`,
            why: "is written by Airfield: it makes localhost:PORT the cluster's registry",
            instead: `mount the folder of one registry, as ${certs}/docker.io, or leave the registry out`,
          },
        ]
      : []),
    ...facts.registries.map(({ host, at }) => ({
      path: `${certs}/${host === "*" ? "_default" : host}`,
      why: written,
      instead: "say it in one place only",
      because: at,
    })),
    ...(facts.loginAt === undefined
      ? []
      : [
          {
            path: "/var/lib/kubelet/config.json",
            why: "is written by Airfield with the login",
            instead: "put the login into your file, or leave the mount out",
            because: facts.loginAt,
          },
        ]),
    ...(facts.authoritiesAt === undefined
      ? []
      : [
          {
            path: "/etc/ssl/certs/airfield-ca.pem",
            why: "is written by Airfield with the authorities",
            because: facts.authoritiesAt,
          },
        ]),
    ...(facts.proxyAt === undefined
      ? []
      : [
          {
            path: "/etc/systemd/system/containerd.service.d/20-airfield-proxy.conf",
            why: "is written by Airfield with the proxy",
            because: facts.proxyAt,
          },
        ]),
    ...(facts.isCniDisabled
      ? []
      : [
          { path: "/run/flannel", why: "is written by the cluster's network" },
          {
            path: "/etc/cni/net.d/10-flannel.conflist",
            why: "is written by the cluster's network",
            instead: "set networking.disableDefaultCNI to bring a network of your own",
          },
          {
            path: "/etc/cni/net.d/.10-flannel.conflist",
            why: "is written by the cluster's network",
          },
        ]),
  ];
}

const byEntrypoint = "is written by the node itself at each start";
const byKubeadm = "is written by kubeadm";
const ofKubelet = "is written by the kubelet";

const nodeFiles: readonly NodePlace[] = [
  {
    path: "/etc/containerd/config.toml",
    why: byEntrypoint,
    instead: "use containerdConfigPatches",
  },
  { path: "/etc/resolv.conf", why: byEntrypoint, instead: "use networking.dnsSearch" },
  { path: "/etc/machine-id", why: byEntrypoint },
  { path: "/etc/alternatives", why: byEntrypoint },
  { path: "/etc/systemd/system.conf.d/20-proxies.conf", why: byEntrypoint },
  { path: "/etc/systemd/system/airfield-bootstrap.service", why: "is written by Airfield" },
  {
    path: "/etc/systemd/system/multi-user.target.d/10-airfield.conf",
    why: "is written by Airfield",
  },
  { path: "/etc/systemd/system/kubelet.service.d/30-airfield.conf", why: "is written by Airfield" },
  ...[
    "containerd.service",
    "kubelet.service",
    "kubelet.slice",
    "kubelet.service.d/10-kubeadm.conf",
    "kubelet.service.d/20-node-in-container.conf",
  ].map((name) => ({
    path: `/etc/systemd/system/${name}`,
    why: "starts the node's programs",
    ...(name === "containerd.service" || name === "kubelet.service"
      ? { instead: `mount a drop-in, as /etc/systemd/system/${name}.d/50-own.conf` }
      : {}),
  })),
  ...["airfield", "kubeadm.conf", "discovery.conf"].map((name) => ({
    path: `/kind/${name}`,
    why: "is written by Airfield",
  })),
  ...["bin", "manifests", "version"].map((name) => ({
    path: `/kind/${name}`,
    why: "is the node image's own",
  })),
  ...["product_name", "product_uuid", "old-ipv4", "old-ipv6", "dns-address"].map((name) => ({
    path: `/kind/${name}`,
    why: byEntrypoint,
  })),
  // Files below may be the user's: an audit policy, an authority of their own, a static pod.
  { path: "/etc/kubernetes/pki", why: byKubeadm, isFolderOnly: true },
  { path: "/etc/kubernetes/pki/etcd", why: byKubeadm, isFolderOnly: true },
  { path: "/etc/kubernetes/manifests", why: byKubeadm, isFolderOnly: true },
  ...["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => ({
    path: `/etc/kubernetes/manifests/${name}.yaml`,
    why: byKubeadm,
    instead: "use kubeadmConfigPatches",
  })),
  ...[
    "admin",
    "super-admin",
    "kubelet",
    "controller-manager",
    "scheduler",
    "bootstrap-kubelet",
  ].map((name) => ({ path: `/etc/kubernetes/${name}.conf`, why: byKubeadm })),
  {
    path: "/var/lib/kubelet/config.yaml",
    why: byKubeadm,
    instead: "use kubeadmConfigPatches with kind: KubeletConfiguration",
  },
  { path: "/var/lib/kubelet/kubeadm-flags.env", why: byKubeadm },
  { path: "/var/lib/kubelet/instance-config.yaml", why: byKubeadm },
  { path: "/var/lib/kubelet/pki", why: ofKubelet },
  { path: "/var/lib/kubelet/pods", why: ofKubelet },
  { path: "/var/lib/containerd", why: "holds the images that the node runs on" },
  // What is left there of another cluster would be taken for this one's.
  { path: "/var/lib/cni", why: "is written by the network: the addresses that pods have" },
  { path: "/var/lib/etcd", why: "is written by etcd", isFolderOnly: true, takesWritable: true },
  { path: "/var/log/pods", why: ofKubelet, isFolderOnly: true, takesWritable: true },
  { path: "/var/log/containers", why: ofKubelet, isFolderOnly: true, takesWritable: true },
  ...["containerd", "runc", "netns"].map((name) => ({
    path: `/run/${name}`,
    why: "is written by containerd",
  })),
  ...["systemd", "dbus"].map((name) => ({
    path: `/run/${name}`,
    why: "is written by systemd",
  })),
  {
    path: "/opt/cni/bin",
    why: "holds the node's programs",
    instead: "mount one program of your own below it",
    isFolderOnly: true,
  },
  // Docker refuses to mount into the one, and systemd cannot do without the other.
  { path: "/proc", why: "is the kernel's" },
  { path: "/sys/fs/cgroup", why: "is the kernel's" },
  { path: "/var/log", why: "is written by the node", isFolderOnly: true, takesWritable: true },
  { path: "/opt/airfield", why: "holds the images that the node runs on" },
  ...[
    "/usr/bin",
    "/usr/lib",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/local/lib",
  ].map((path) => ({ path, why: "holds the node's programs", isFolderOnly: true })),
  { path: "/usr/local/bin/entrypoint", why: "starts the node" },
  // Units and drop-ins below may be the user's.
  ...["/etc/systemd/system", "/usr/lib/systemd/system"].map((path) => ({
    path,
    why: "holds the units of the node's programs",
    instead: "mount one unit of your own below it",
    isFolderOnly: true,
  })),
];

/** Links of the node's Debian, which a mount follows. https://wiki.debian.org/UsrMerge */
const links: Readonly<Record<string, readonly string[]>> = {
  "var/run": ["run"],
  bin: ["usr", "bin"],
  sbin: ["usr", "sbin"],
  lib: ["usr", "lib"],
};

/**
 * The place that a mount covers, or lies in.
 *
 * @param containerPath absolute
 */
export function coveredPlace(
  { containerPath, readOnly }: { readonly containerPath: string; readonly readOnly: boolean },
  places: readonly NodePlace[],
): NodePlace | undefined {
  const mount = partsOfPath(containerPath);
  return places.find(({ path, isFolderOnly = false, takesWritable = false }) => {
    if (takesWritable && !readOnly) return false;
    const place = partsOfPath(path);
    return isSame(mount, place, "covers") || (!isFolderOnly && isSame(mount, place, "lies in"));
  });
}

/** Whether one path is the other, or a folder around it (`covers`) or inside it (`lies in`). */
function isSame(
  mount: readonly string[],
  place: readonly string[],
  how: "covers" | "lies in",
): boolean {
  if (how === "covers" ? mount.length > place.length : mount.length < place.length) return false;
  return place
    .slice(0, mount.length)
    .every((part, index) => part === mount[index] || isAnyPort(part, mount[index] ?? ""));
}

function isAnyPort(part: string, mounted: string): boolean {
  return part.endsWith(":PORT") && mounted.replace(/:\d+$/, ":PORT") === part;
}

function partsOfPath(path: string): readonly string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  for (const length of [1, 2]) {
    const target = links[parts.slice(0, length).join("/")];
    if (target !== undefined) return [...target, ...parts.slice(length)];
  }
  return parts;
}
