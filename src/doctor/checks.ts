import type { EngineInfo } from "../ports/container-engine.ts";
import type { Check } from "./doctor-report.ts";
import type { HostExamination } from "./host-examination.ts";

const GiB = 1024 ** 3;

/** What was found beside what is needed. Pure; the order is that of the report. */
export function checkHost(facts: HostExamination): readonly Check[] {
  const { engine } = facts;
  if (!isReached(engine)) {
    return [
      failure("engine-reachable", "Engine", engine.message, engine.hint),
      ...checkMachine(facts),
      ...checkPrograms(facts),
      checkClock(facts),
    ];
  }
  return [
    ok("engine-reachable", "Engine", `${engine.operatingSystem} at ${engine.address}`),
    checkEngineVersion(engine),
    checkCgroups(engine),
    checkStorageDriver(engine),
    checkIsolation(engine),
    checkMemory(engine, facts),
    // A virtual machine has its own kernel and disk, which are not to be seen from here.
    ...(engine.isVirtualMachine ? [] : checkMachine(facts)),
    ...checkPorts(facts),
    ...checkPrograms(facts),
    checkClock(facts),
  ];
}

function isReached(engine: HostExamination["engine"]): engine is EngineInfo {
  return "version" in engine;
}

function checkEngineVersion({ version }: EngineInfo): Check {
  const id = "engine-version";
  const title = "Engine version";
  const update = "Update Docker: https://docs.docker.com/engine/install/";
  if (isOlder(version, [20, 10, 0])) {
    return failure(id, title, `${version}; 20.10 is the oldest that works`, update);
  }
  // https://github.com/moby/moby/issues/45610, fixed in 28.0; CVE-2025-54388, fixed in 28.3.3
  if (isOlder(version, [28, 3, 3])) {
    const why = isOlder(version, [28, 0, 0])
      ? "ports published on 127.0.0.1 can be reached from the local network"
      : "after a reload of firewalld, ports published on 127.0.0.1 can be reached from the local network";
    return warning(id, title, `${version}; ${why}`, `${update} (28.3.3 or newer)`);
  }
  return ok(id, title, version);
}

function checkCgroups({ cgroupVersion, cgroupDriver }: EngineInfo): Check {
  const id = "cgroups";
  const title = "Control groups";
  const detail = `v${cgroupVersion}, driver ${cgroupDriver}`;
  return cgroupVersion === "2"
    ? ok(id, title, detail)
    : warning(
        id,
        title,
        `${detail}; Kubernetes 1.35 and later refuse version 1`,
        "Boot with cgroup v2: add systemd.unified_cgroup_hierarchy=1 to the kernel's command line.",
      );
}

function checkStorageDriver({ storageDriver, backingFilesystem }: EngineInfo): Check {
  const id = "storage-driver";
  const title = "Storage driver";
  const detail =
    backingFilesystem === "" ? storageDriver : `${storageDriver} on ${backingFilesystem}`;
  return storageDriver === "vfs"
    ? warning(
        id,
        title,
        `${detail} copies every layer whole: slow, and large on disk`,
        'Set "storage-driver": "overlay2" in /etc/docker/daemon.json and restart Docker.',
      )
    : ok(id, title, detail);
}

function checkIsolation({ isRootless, hasUserNamespaces }: EngineInfo): Check {
  const id = "engine-mode";
  const title = "Engine mode";
  if (isRootless) {
    return warning(
      id,
      title,
      "rootless: nodes need cgroup v2 with delegation, and no host port below 1024 can be published",
      "See https://rootlesscontaine.rs/getting-started/common/cgroup2/, or use the engine of root.",
    );
  }
  return ok(id, title, hasUserNamespaces ? "root, user namespaces remapped" : "root");
}

/** A control plane takes about 1 GiB, a JVM application half of that, and the build as much again. */
function checkMemory(engine: EngineInfo, { host }: HostExamination): Check {
  const id = "memory";
  const title = "Memory";
  const detail = engine.isVirtualMachine
    ? `${gibibytes(engine.memoryBytes)} for the engine's virtual machine`
    : `${gibibytes(engine.memoryBytes)}, ${gibibytes(host.availableMemoryBytes)} available`;
  if (engine.memoryBytes < 2 * GiB) {
    return failure(id, title, `${detail}; a cluster needs 2 GiB`, moreMemory(engine));
  }
  return engine.memoryBytes < 4 * GiB
    ? warning(id, title, `${detail}; 4 GiB are needed with an application`, moreMemory(engine))
    : ok(id, title, detail);
}

function moreMemory({ isVirtualMachine }: EngineInfo): string {
  return isVirtualMachine
    ? "Give the virtual machine more memory (Docker Desktop: Settings, Resources)."
    : "Close what takes memory, or use a larger machine.";
}

/** The kernel and the disk of this machine; of no use when the engine has its own. */
function checkMachine(facts: HostExamination): readonly Check[] {
  if (facts.host.os !== "linux") return [];
  return [checkDisk(facts), ...checkInotify(facts), ...checkKernel(facts)];
}

function checkDisk({ freeDiskBytes }: HostExamination): Check {
  const id = "disk";
  const title = "Free disk";
  const remedy = "See what takes the space (docker system df) and free some (docker system prune).";
  if (freeDiskBytes === undefined) return ok(id, title, "unknown");
  const detail = gibibytes(freeDiskBytes);
  if (freeDiskBytes < 3 * GiB) {
    return failure(id, title, `${detail}; images and nodes take 3 GiB`, remedy);
  }
  // Below 10 % or so free, kubelets taint their nodes with disk-pressure and evict pods.
  return freeDiskBytes < 10 * GiB
    ? warning(id, title, `${detail}; kubelets evict pods when the disk runs full`, remedy)
    : ok(id, title, detail);
}

/** https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files */
function checkInotify({ inotifyInstances, inotifyWatches }: HostExamination): readonly Check[] {
  const limits = [
    { name: "max_user_instances", value: inotifyInstances, needed: 512 },
    { name: "max_user_watches", value: inotifyWatches, needed: 524_288 },
  ] as const;
  return limits.map(({ name, value, needed }) => {
    const id = `inotify-${name.replaceAll("_", "-")}`;
    const title = name === "max_user_instances" ? "inotify instances" : "inotify watches";
    if (value === undefined) return ok(id, title, "unknown");
    return value >= needed
      ? ok(id, title, String(value))
      : warning(
          id,
          title,
          `${value}; clusters of several nodes need ${needed} ("too many open files")`,
          `sudo sysctl fs.inotify.${name}=${needed}   # and into /etc/sysctl.d/airfield.conf, to stay`,
        );
  });
}

function checkKernel(facts: HostExamination): readonly Check[] {
  const { fileSystems, hasBridgeNetfilter, hasPacketFilter } = facts;
  const load = (module: string) =>
    `sudo modprobe ${module}   # and into /etc/modules-load.d/airfield.conf, to stay`;
  return [
    fileSystems === undefined || fileSystems.includes("overlay")
      ? ok("kernel-overlay", "Kernel: overlay", fileSystems === undefined ? "unknown" : "there")
      : warning(
          "kernel-overlay",
          "Kernel: overlay",
          "the overlay file system is not loaded; containerd falls back to copying",
          load("overlay"),
        ),
    hasBridgeNetfilter
      ? ok("kernel-bridge-netfilter", "Kernel: br_netfilter", "there")
      : warning(
          "kernel-bridge-netfilter",
          "Kernel: br_netfilter",
          "not loaded; pods of one node may not reach each other through Services",
          load("br_netfilter"),
        ),
    hasPacketFilter
      ? ok("kernel-packet-filter", "Kernel: iptables", "there")
      : warning(
          "kernel-packet-filter",
          "Kernel: iptables",
          "neither nf_tables nor ip_tables is loaded; Services need one of them",
          load("nf_tables"),
        ),
  ];
}

/** Nothing depends on these: the registry takes another port, the others are for what the user publishes. */
function checkPorts({ ports }: HostExamination): readonly Check[] {
  if (ports.length === 0) return [];
  const detail = ports.map(({ port, isFree }) => `${port} ${isFree ? "free" : "taken"}`).join(", ");
  return [ok("ports", "Ports", detail)];
}

function checkPrograms({ programs }: HostExamination): readonly Check[] {
  const { kubectl, docker, java } = programs;
  return [
    kubectl === undefined
      ? warning(
          "kubectl",
          "kubectl",
          "not installed; clusters work, but you will want it",
          "Install it: https://kubernetes.io/docs/tasks/tools/",
        )
      : ok("kubectl", "kubectl", kubectl),
    docker === undefined
      ? warning(
          "docker-cli",
          "docker command",
          "not installed; needed to build images (airfield up)",
          "Install it: https://docs.docker.com/engine/install/",
        )
      : ok("docker-cli", "docker command", docker),
    java === undefined
      ? warning(
          "jdk",
          "JDK",
          "not installed; needed to build Spring Boot projects (airfield up)",
          "Install one: https://adoptium.net",
        )
      : ok("jdk", "JDK", java),
  ];
}

/** When this version was written; a clock before it is wrong. */
const EARLIEST = "2025-09-01";

function checkClock({ nowIso }: HostExamination): Check {
  return nowIso >= EARLIEST
    ? ok("clock", "Clock", nowIso)
    : failure(
        "clock",
        "Clock",
        `${nowIso} is in the past; certificates would not be valid yet`,
        "Set the clock: sudo timedatectl set-ntp true",
      );
}

function isOlder(version: string, than: readonly [number, number, number]): boolean {
  const numbers = version.split(/[.+-]/).map((part) => Number.parseInt(part, 10));
  for (const [index, wanted] of than.entries()) {
    const number = numbers[index] ?? 0;
    // Versions such as "dev" say nothing of their age.
    if (Number.isNaN(number)) return false;
    if (number !== wanted) return number < wanted;
  }
  return false;
}

function gibibytes(bytes: number): string {
  return `${(bytes / GiB).toFixed(1)} GiB`;
}

function ok(id: string, title: string, detail: string): Check {
  return { id, title, status: "ok", detail };
}

function warning(id: string, title: string, detail: string, remedy: string): Check {
  return { id, title, status: "warning", detail, remedy };
}

function failure(id: string, title: string, detail: string, remedy: string): Check {
  return { id, title, status: "failure", detail, remedy };
}
