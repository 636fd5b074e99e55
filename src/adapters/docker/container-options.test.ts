import { expect, test } from "vitest";
import type { ContainerSpec } from "../../ports/container-engine.ts";
import { containerOptions } from "./container-options.ts";

const small: ContainerSpec = {
  name: "web",
  image: "web:1",
  hostname: "web",
  labels: {},
  env: {},
  network: { name: "net" },
  restart: "no",
};

test("a node: everything has its place", () => {
  const options = containerOptions({
    ...small,
    labels: { role: "worker" },
    env: { A: "1=2" },
    entrypoint: ["/entry"],
    command: ["run"],
    user: "0",
    privileged: true,
    securityOptions: ["seccomp=unconfined"],
    tmpfs: ["/tmp", "/run:exec,size=1g"],
    anonymousVolumes: ["/var"],
    namedVolumes: [{ volume: "data", containerPath: "/data" }],
    mounts: [
      {
        hostPath: "/lib/modules",
        containerPath: "/lib/modules",
        readOnly: true,
        propagation: "none",
      },
    ],
    devices: ["/dev/fuse", "/dev/a:/dev/b"],
    ports: [
      { containerPort: 6443, hostPort: 0, hostAddress: "127.0.0.1", protocol: "tcp" },
      { containerPort: 53, hostPort: 5353, hostAddress: "::1", protocol: "udp" },
      { containerPort: 53, hostPort: 5353, hostAddress: "127.0.0.1", protocol: "udp" },
    ],
    network: { name: "net", ipv4: "10.0.0.5", aliases: ["node"] },
    sysctls: { "net.ipv4.ip_forward": "1" },
    tty: true,
    privateCgroupNamespace: true,
    hostUserNamespace: true,
    restart: "on-failure-once",
  });
  expect(options).toMatchObject({
    name: "web",
    Image: "web:1",
    Hostname: "web",
    Labels: { role: "worker" },
    Env: ["A=1=2"],
    Entrypoint: ["/entry"],
    Cmd: ["run"],
    User: "0",
    Tty: true,
    Volumes: { "/var": {} },
    ExposedPorts: { "6443/tcp": {}, "53/udp": {} },
    HostConfig: {
      NetworkMode: "net",
      Privileged: true,
      SecurityOpt: ["seccomp=unconfined"],
      Tmpfs: { "/tmp": "", "/run": "exec,size=1g" },
      Init: false,
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 1 },
      CgroupnsMode: "private",
      UsernsMode: "host",
      Sysctls: { "net.ipv4.ip_forward": "1" },
      Devices: [
        { PathOnHost: "/dev/fuse", PathInContainer: "/dev/fuse", CgroupPermissions: "rwm" },
        { PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "rwm" },
      ],
      PortBindings: {
        "6443/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }],
        "53/udp": [
          { HostIp: "::1", HostPort: "5353" },
          { HostIp: "127.0.0.1", HostPort: "5353" },
        ],
      },
      Mounts: [
        {
          Type: "bind",
          Source: "/lib/modules",
          Target: "/lib/modules",
          ReadOnly: true,
          BindOptions: { Propagation: "rprivate", CreateMountpoint: true },
        },
        { Type: "volume", Source: "data", Target: "/data" },
      ],
    },
    NetworkingConfig: {
      EndpointsConfig: { net: { IPAMConfig: { IPv4Address: "10.0.0.5" }, Aliases: ["node"] } },
    },
  });
});

test("what is not asked for is left to the image, and to the engine", () => {
  const options = containerOptions(small);
  expect(options).not.toHaveProperty("Entrypoint");
  expect(options).not.toHaveProperty("Cmd");
  expect(options.HostConfig).not.toHaveProperty("CgroupnsMode");
  expect(options.HostConfig).not.toHaveProperty("UsernsMode");
  expect(options.HostConfig?.Privileged).toBe(false);
});

test("a mount to be relabelled for SELinux becomes a bind text, which alone can say so", () => {
  const { HostConfig } = containerOptions({
    ...small,
    mounts: [
      {
        hostPath: "/a",
        containerPath: "/b",
        readOnly: false,
        propagation: "bidirectional",
        selinuxRelabel: true,
      },
    ],
  });
  expect(HostConfig).toMatchObject({ Binds: ["/a:/b:rw,rshared,z"], Mounts: [] });
});
