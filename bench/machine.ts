import { readFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "./engine.ts";

/** More of the machine than this at work before a run began: what follows measures others as well. */
const quietShare = 0.1;
const observedMs = 2000;

export interface Machine {
  readonly processors: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly engine: string;
  readonly cgroupVersion: string;
  readonly storageDriver: string;
}

export interface Idleness {
  readonly busyProcessors: number;
  readonly isQuiet: boolean;
}

export async function examineMachine(): Promise<Machine> {
  const format = "{{.ServerVersion}}\n{{.CgroupVersion}}\n{{.Driver}}";
  const [engine = "", cgroupVersion = "", storageDriver = ""] = (
    await docker(["info", "--format", format])
  ).split("\n");
  const processors = cpus();
  return {
    processors: processors.length,
    processor: processors[0]?.model ?? "",
    memoryBytes: totalmem(),
    kernel: release(),
    engine: `Docker ${engine}`,
    cgroupVersion,
    storageDriver,
  };
}

/** Averages over 1, 5 and 15 minutes. */
export function loadAverages(): readonly number[] {
  return loadavg();
}

/** Returns when almost nothing runs any more, or after the longest time with what there is then. */
export async function waitUntilQuiet(longestMs: number, signal: AbortSignal): Promise<Idleness> {
  for (let waitedMs = observedMs; ; waitedMs += observedMs) {
    const busy = await busyProcessors(signal);
    const isQuiet = busy < quietShare * cpus().length;
    if (isQuiet || waitedMs >= longestMs) return { busyProcessors: busy, isQuiet };
  }
}

async function busyProcessors(signal: AbortSignal): Promise<number> {
  const before = await readProcessorTimes();
  await sleep(observedMs, undefined, { signal });
  const after = await readProcessorTimes();
  const share = (after.busy - before.busy) / (after.all - before.all);
  return share * cpus().length;
}

/** Ticks since the start. */
async function readProcessorTimes(): Promise<{ readonly busy: number; readonly all: number }> {
  const [first = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
  // user nice system idle iowait irq softirq steal: https://man7.org/linux/man-pages/man5/proc_stat.5.html
  const ticks = first.split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, value) => sum + value, 0);
  const [, , , idle = 0, iowait = 0] = ticks;
  return { busy: all - idle - iowait, all };
}
