import type Docker from "dockerode";
import type { BindMount, ContainerSpec, PortPublication } from "../../ports/container-engine.ts";

/** The body of the request that creates a container. Pure. */
export function containerOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const ports = spec.ports ?? [];
  return {
    name: spec.name,
    Image: spec.image,
    Hostname: spec.hostname,
    Labels: { ...spec.labels },
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: [...spec.entrypoint] }),
    ...(spec.command === undefined ? {} : { Cmd: [...spec.command] }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    Tty: spec.tty ?? false,
    // Anonymous: removed with the container, unlike named ones.
    Volumes: Object.fromEntries((spec.anonymousVolumes ?? []).map((path) => [path, {}])),
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    HostConfig: hostConfig(spec),
    NetworkingConfig: { EndpointsConfig: { [spec.network.name]: endpoint(spec) } },
  };
}

function hostConfig(spec: ContainerSpec): Docker.HostConfig {
  const mounts = spec.mounts ?? [];
  return {
    NetworkMode: spec.network.name,
    Privileged: spec.privileged ?? false,
    CapAdd: [...(spec.addCapabilities ?? [])],
    SecurityOpt: [...(spec.securityOptions ?? [])],
    Tmpfs: Object.fromEntries((spec.tmpfs ?? []).map(tmpfs)),
    // The daemon may have --init on for all containers; systemd has to be process 1.
    Init: spec.init ?? false,
    ...(spec.cpuShares === undefined ? {} : { CpuShares: spec.cpuShares }),
    RestartPolicy: restartPolicies[spec.restart],
    Devices: (spec.devices ?? []).map(device),
    Sysctls: { ...spec.sysctls },
    PortBindings: portBindings(spec.ports ?? []),
    Mounts: [
      ...mounts.filter((mount) => mount.selinuxRelabel !== true).map(bind),
      ...(spec.namedVolumes ?? []).map(({ volume, containerPath }) => ({
        Type: "volume" as const,
        Source: volume,
        Target: containerPath,
      })),
    ],
    // The Mounts API cannot relabel for SELinux: https://docs.docker.com/engine/storage/bind-mounts/#configure-the-selinux-label
    Binds: mounts.filter((mount) => mount.selinuxRelabel === true).map(bindText),
    ...(spec.privateCgroupNamespace === true ? { CgroupnsMode: "private" as const } : {}),
    ...(spec.hostUserNamespace === true ? { UsernsMode: "host" } : {}),
  };
}

const restartPolicies: Readonly<Record<ContainerSpec["restart"], Docker.HostRestartPolicy>> = {
  no: { Name: "no" },
  "on-failure-once": { Name: "on-failure", MaximumRetryCount: 1 },
  "unless-stopped": { Name: "unless-stopped" },
};

const propagations = {
  none: "rprivate",
  "host-to-container": "rslave",
  bidirectional: "rshared",
} as const;

/** "/run" or, as with docker's --tmpfs, "/run:exec,size=1g". */
function tmpfs(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}

function bind(mount: BindMount): Docker.MountSettings {
  return {
    Type: "bind",
    Source: mount.hostPath,
    Target: mount.containerPath,
    ReadOnly: mount.readOnly,
    BindOptions: {
      Propagation: propagations[mount.propagation],
      // As -v does and --mount does not: some hosts lack /lib/modules. API 1.42 and later.
      CreateMountpoint: true,
    } as NonNullable<Docker.MountSettings["BindOptions"]>,
  };
}

function bindText(mount: BindMount): string {
  const options = [mount.readOnly ? "ro" : "rw", propagations[mount.propagation], "z"];
  return `${mount.hostPath}:${mount.containerPath}:${options.join(",")}`;
}

/** "/dev/fuse", or "/dev/fuse:/dev/other". */
function device(text: string): {
  PathOnHost: string;
  PathInContainer: string;
  CgroupPermissions: string;
} {
  const [onHost = text, inContainer = onHost] = text.split(":");
  return { PathOnHost: onHost, PathInContainer: inContainer, CgroupPermissions: "rwm" };
}

function portBindings(
  ports: readonly PortPublication[],
): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    (bindings[portKey(port)] ??= []).push({
      HostIp: port.hostAddress,
      HostPort: port.hostPort === 0 ? "" : String(port.hostPort),
    });
  }
  return bindings;
}

function portKey({ containerPort, protocol }: PortPublication): string {
  return `${containerPort}/${protocol}`;
}

function endpoint({ network }: ContainerSpec): Docker.EndpointSettings {
  return {
    ...(network.ipv4 === undefined ? {} : { IPAMConfig: { IPv4Address: network.ipv4 } }),
    ...(network.aliases === undefined ? {} : { Aliases: [...network.aliases] }),
  };
}
