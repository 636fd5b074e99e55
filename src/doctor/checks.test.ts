import { describe, expect, test } from "vitest";
import type { EngineInfo } from "../ports/container-engine.ts";
import { checkHost } from "./checks.ts";
import type { Check } from "./doctor-report.ts";
import type { HostExamination } from "./host-examination.ts";

const GiB = 1024 ** 3;

const engine: EngineInfo = {
  version: "29.1.0",
  apiVersion: "1.52",
  address: "unix:///var/run/docker.sock",
  isLocal: true,
  operatingSystem: "Debian GNU/Linux 13 (trixie)",
  arch: "amd64",
  cgroupVersion: "2",
  cgroupDriver: "systemd",
  storageDriver: "overlay2",
  backingFilesystem: "extfs",
  hasContainerdStore: false,
  isRootless: false,
  hasUserNamespaces: false,
  isVirtualMachine: false,
  cpus: 8,
  memoryBytes: 16 * GiB,
  dataRoot: "/var/lib/docker",
};

const healthy: HostExamination = {
  engine,
  host: {
    os: "linux",
    arch: "amd64",
    kernel: "6.12.0",
    cpus: 8,
    memoryBytes: 16 * GiB,
    availableMemoryBytes: 12 * GiB,
    subnets: [],
  },
  freeDiskBytes: 100 * GiB,
  inotifyInstances: 1024,
  inotifyWatches: 524_288,
  fileSystems: ["ext4", "overlay"],
  hasBridgeNetfilter: true,
  hasPacketFilter: true,
  ports: [{ port: 80, isFree: false }],
  programs: { kubectl: "v1.34.4", docker: "29.1.0", java: "javac 21" },
  nowIso: "2026-01-01T00:00:00Z",
};

function find(id: string, facts: HostExamination): Check | undefined {
  return checkHost(facts).find((check) => check.id === id);
}

test("a healthy machine has nothing to complain of", () => {
  expect(checkHost(healthy).filter(({ status }) => status !== "ok")).toEqual([]);
});

test("what is not ok comes with a remedy, and nothing else does", () => {
  const bad: HostExamination = {
    ...healthy,
    engine: {
      ...engine,
      version: "19.03.1",
      cgroupVersion: "1",
      isRootless: true,
      memoryBytes: GiB,
    },
    freeDiskBytes: 1,
    inotifyInstances: 128,
    inotifyWatches: 8192,
    fileSystems: [],
    hasBridgeNetfilter: false,
    hasPacketFilter: false,
    programs: { kubectl: undefined, docker: undefined, java: undefined },
    nowIso: "1970-01-01T00:00:00Z",
  };
  const checks = checkHost(bad);
  expect(checks.filter(({ status }) => status !== "ok")).toHaveLength(14);
  for (const { status, remedy } of checks) expect(remedy !== undefined).toBe(status !== "ok");
});

test("every check has an id of its own", () => {
  const ids = checkHost(healthy).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

describe("engine version", () => {
  test.each([
    ["19.03.15", "failure", "20.10 is the oldest"],
    ["20.10.0", "warning", "can be reached from the local network"],
    ["26.1.5+dfsg1", "warning", "can be reached from the local network"],
    ["28.0.0", "warning", "after a reload of firewalld"],
    ["28.3.2", "warning", "after a reload of firewalld"],
    ["28.3.3", "ok", "28.3.3"],
    ["28.3.3-rc.1", "ok", "28.3.3-rc.1"],
    ["29.0.0", "ok", "29.0.0"],
    ["dev", "ok", "dev"],
  ])("%s: %s", (version, status, detail) => {
    const check = find("engine-version", { ...healthy, engine: { ...engine, version } });
    expect(check).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });
});

describe("no engine", () => {
  const facts: HostExamination = {
    ...healthy,
    engine: { message: "No container engine answers.", hint: "Start Docker." },
  };

  test("is a failure with the engine's own remedy", () => {
    expect(checkHost(facts)[0]).toEqual({
      id: "engine-reachable",
      title: "Engine",
      status: "failure",
      detail: "No container engine answers.",
      remedy: "Start Docker.",
    });
  });

  test("does not keep the machine from being checked", () => {
    expect(find("inotify-max-user-instances", facts)).toMatchObject({ status: "ok" });
  });
});

describe("an engine in a virtual machine", () => {
  const facts = { ...healthy, engine: { ...engine, isVirtualMachine: true, memoryBytes: 3 * GiB } };

  test("is not judged by the disk and kernel of this machine", () => {
    expect(find("disk", facts)).toBeUndefined();
    expect(find("kernel-overlay", facts)).toBeUndefined();
  });

  test("is told where its memory is set", () => {
    expect(find("memory", facts)).toMatchObject({
      status: "warning",
      remedy: expect.stringContaining("Docker Desktop"),
    });
  });
});

test.each([
  [{ freeDiskBytes: 2 * GiB }, "disk", "failure"],
  [{ freeDiskBytes: 8 * GiB }, "disk", "warning"],
  [{ freeDiskBytes: undefined }, "disk", "ok"],
  [{ inotifyInstances: 511 }, "inotify-max-user-instances", "warning"],
  [{ inotifyInstances: 512 }, "inotify-max-user-instances", "ok"],
  [{ inotifyWatches: 8192 }, "inotify-max-user-watches", "warning"],
  [{ fileSystems: ["ext4"] }, "kernel-overlay", "warning"],
  [{ fileSystems: undefined }, "kernel-overlay", "ok"],
  [{ ports: [{ port: 5001, isFree: false }] }, "ports", "ok"],
  [{ nowIso: "2020-01-01T00:00:00Z" }, "clock", "failure"],
])("%j: %s is %s", (facts, id, status) => {
  expect(find(id, { ...healthy, ...facts })).toMatchObject({ status });
});

test.each([
  [{ cgroupVersion: "1", cgroupDriver: "cgroupfs" }, "cgroups", "warning"],
  [{ storageDriver: "vfs" }, "storage-driver", "warning"],
  [{ isRootless: true }, "engine-mode", "warning"],
  [{ memoryBytes: 3 * GiB }, "memory", "warning"],
  [{ memoryBytes: GiB }, "memory", "failure"],
] as const)("an engine with %j: %s is %s", (info, id, status) => {
  expect(find(id, { ...healthy, engine: { ...engine, ...info } })).toMatchObject({ status });
});
