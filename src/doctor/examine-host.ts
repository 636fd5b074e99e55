import { AnyToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import { checkHost } from "./checks.ts";
import type { Check, DoctorReport } from "./doctor-report.ts";
import type { HostExamination } from "./host-examination.ts";

export type DoctorPorts = Pick<
  Ports,
  "engine" | "host" | "files" | "commands" | "freePorts" | "clock"
>;

/** Ingress, TLS, and the registry's first choice. */
const PORTS_OF_INTEREST = [80, 443, 5001];

/** Finds out what this machine offers and judges it. Changes nothing, and fails for nothing it finds. */
export async function examineHost(ports: DoctorPorts): Promise<DoctorReport> {
  const checks = checkHost(await examine(ports));
  return { checks, status: worstOf(checks) };
}

async function examine(ports: DoctorPorts): Promise<HostExamination> {
  const { host, files, clock } = ports;
  const engine = await findEngine(ports);
  const hasFilter = async (path: string) => (await files.status(path)) !== undefined;
  const [facts, freeDiskBytes, instances, watches, fileSystems, bridge, filters, free, programs] =
    await Promise.all([
      host.facts(),
      "dataRoot" in engine && !engine.isVirtualMachine
        ? host.freeDiskBytes(engine.dataRoot)
        : undefined,
      host.sysctl("fs.inotify.max_user_instances"),
      host.sysctl("fs.inotify.max_user_watches"),
      files.readText("/proc/filesystems"),
      host.sysctl("net.bridge.bridge-nf-call-iptables"),
      Promise.all(
        ["/sys/module/nf_tables", "/sys/module/ip_tables", "/proc/net/ip_tables_names"].map(
          hasFilter,
        ),
      ),
      Promise.all(
        PORTS_OF_INTEREST.map(async (port) => ({
          port,
          isFree: await ports.freePorts.isFree(port, "127.0.0.1"),
        })),
      ),
      findPrograms(ports),
    ]);
  return {
    engine,
    host: facts,
    freeDiskBytes,
    inotifyInstances: toNumber(instances),
    inotifyWatches: toNumber(watches),
    // "nodev\toverlay" or "\text4"
    fileSystems: fileSystems?.split("\n").map((line) => line.split("\t").at(-1) ?? ""),
    hasBridgeNetfilter: bridge !== undefined,
    hasPacketFilter: filters.includes(true),
    ports: free,
    programs,
    nowIso: clock.nowIso(),
  };
}

async function findEngine({ engine }: DoctorPorts): Promise<HostExamination["engine"]> {
  try {
    return await engine.info();
  } catch (error) {
    if (!(error instanceof AnyToolError)) throw error;
    return { message: error.message, hint: error.hint };
  }
}

/** Above what a version takes on a slow machine; a program on a file system that is gone never tells it. */
const VERSION_MS = 15_000;

async function findPrograms(ports: DoctorPorts): Promise<HostExamination["programs"]> {
  const [kubectl, docker, java] = await Promise.all([
    versionOf(["kubectl", "version", "--client"], ports),
    versionOf(["docker", "--version"], ports),
    // javac and not java: a runtime alone builds nothing.
    versionOf(["javac", "-version"], ports),
  ]);
  return { kubectl, docker, java };
}

async function versionOf(
  command: readonly string[],
  { commands, clock }: Pick<DoctorPorts, "commands" | "clock">,
): Promise<string | undefined> {
  const signal = clock.deadline(VERSION_MS);
  try {
    const { stdout, stderr } = await commands.run(command, { signal });
    return `${stdout}\n${stderr}`
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim();
  } catch (error) {
    // Of a program that is there but cannot be started, the user learns when it is used.
    if (error instanceof AnyToolError) return undefined;
    if (signal.aborted) return `${command[0] ?? ""} is there, but did not tell its version in time`;
    throw error;
  }
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function worstOf(checks: readonly Check[]): Check["status"] {
  const found = new Set(checks.map(({ status }) => status));
  return found.has("failure") ? "failure" : found.has("warning") ? "warning" : "ok";
}
