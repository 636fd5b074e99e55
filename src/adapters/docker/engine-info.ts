import type { EngineInfo } from "../../ports/container-engine.ts";
import type { EngineConnection } from "./engine-connection.ts";

/** The part of GET /info that is read; dockerode leaves it untyped. */
interface RawInfo {
  readonly OperatingSystem?: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver?: string;
  readonly Driver?: string;
  readonly DriverStatus?: readonly (readonly [string, string])[] | null;
  readonly SecurityOptions?: readonly string[] | null;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly DockerRootDir?: string;
}

export async function engineInfo(connection: EngineConnection): Promise<EngineInfo> {
  const [info, version] = await connection.call({ action: "describe itself" }, (docker) =>
    Promise.all([docker.info() as Promise<RawInfo>, docker.version()]),
  );
  const status = new Map(info.DriverStatus ?? []);
  const security = (info.SecurityOptions ?? []).map((option) => option.split(",")[0]);
  const operatingSystem = info.OperatingSystem ?? "";
  return {
    // Distributions append their own: "26.1.5+dfsg1".
    version: /^\d+(\.\d+)*/.exec(version.Version)?.[0] ?? version.Version,
    apiVersion: version.ApiVersion,
    address: connection.address.url,
    isLocal: connection.address.socketPath !== undefined,
    operatingSystem,
    arch: version.Arch,
    cgroupVersion: info.CgroupVersion === "2" ? "2" : "1",
    cgroupDriver: info.CgroupDriver ?? "",
    storageDriver: info.Driver ?? "",
    backingFilesystem: status.get("Backing Filesystem") ?? "",
    // https://docs.docker.com/engine/storage/containerd/: its driver-type is a containerd snapshotter.
    hasContainerdStore: status.get("driver-type")?.startsWith("io.containerd.snapshotter") ?? false,
    isRootless: security.includes("name=rootless"),
    hasUserNamespaces: security.includes("name=userns"),
    isVirtualMachine: /docker desktop|rancher desktop|orbstack|colima|lima/i.test(operatingSystem),
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    dataRoot: info.DockerRootDir ?? "",
  };
}

/** Whether `version` ("1.45") is `wanted` or newer. */
export function isApiAtLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major === wantedMajor ? minor >= wantedMinor : major > wantedMajor;
}
