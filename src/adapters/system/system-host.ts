import { readFile, statfs } from "node:fs/promises";
import * as os from "node:os";
import type { Host, HostFacts } from "../../ports/host.ts";
import { routedSubnets } from "./routed-subnets.ts";

/** Facts from node:os and, on Linux, /proc. */
export class SystemHost implements Host {
  async facts(): Promise<HostFacts> {
    const [meminfo, routes] = await Promise.all([
      readOptional("/proc/meminfo"),
      readOptional("/proc/net/route"),
    ]);
    return {
      os: os.platform(),
      arch: architectures[os.arch()] ?? os.arch(),
      kernel: os.release(),
      // Honours the CPU affinity of this process, as os.cpus() does not.
      cpus: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      availableMemoryBytes: availableMemory(meminfo) ?? os.freemem(),
      subnets: [...new Set([...interfaceSubnets(), ...routedSubnets(routes ?? "")])].sort(),
    };
  }

  async freeDiskBytes(path: string): Promise<number | undefined> {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      // Unknown is an answer here: the path may be another machine's (the engine's).
      return undefined;
    }
  }

  environment(name: string): string | undefined {
    return process.env[name] || undefined;
  }

  async sysctl(name: string): Promise<string | undefined> {
    return (await readOptional(`/proc/sys/${name.replaceAll(".", "/")}`))?.trim();
  }
}

/** Go's names, which Docker and Kubernetes use. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** MemAvailable counts what the kernel would give back (caches); MemFree, which node reports, does not. */
function availableMemory(meminfo: string | undefined): number | undefined {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function interfaceSubnets(): readonly string[] {
  return Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, cidr, internal }) => family === "IPv4" && cidr !== null && !internal)
    .map(({ address, netmask }) => networkOf(address, netmask));
}

function networkOf(address: string, netmask: string): string {
  const bytes = netmask.split(".").map(Number);
  const network = address.split(".").map((byte, i) => Number(byte) & (bytes[i] ?? 0));
  const bits = bytes.map((byte) => byte.toString(2).replaceAll("0", "").length);
  return `${network.join(".")}/${bits.reduce((sum, each) => sum + each, 0)}`;
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    // Not Linux, no such setting, or not ours to read: unknown in each case.
    return undefined;
  }
}
