import { readFile, readdir } from "node:fs/promises";

const tickMs = 10;
const enginePrograms = ["dockerd", "containerd", "docker-untar"];

/** Processor time so far of the engine's programs and of containers; undefined where it cannot be read. */
export async function engineAndNodesCpuMs(
  containerIds: readonly string[],
): Promise<number | undefined> {
  try {
    const [engine, ...containers] = await Promise.all([
      engineCpuMs(),
      ...containerIds.map(containerCpuMs),
    ]);
    return containers.reduce((sum, ms) => sum + ms, engine);
  } catch {
    // Another layout of cgroups, or an engine in a virtual machine.
    return undefined;
  }
}

/** With the children that it waited for: `docker save` packs in processes of its own. */
async function engineCpuMs(): Promise<number> {
  let ticks = 0;
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const text = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "");
    const name = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
    if (!enginePrograms.includes(name) || (await isInContainer(id))) continue;
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    for (const field of [11, 12, 13, 14]) ticks += Number(fields[field] ?? 0);
  }
  return ticks * tickMs;
}

/** Nodes run a containerd, too; their time counts with the containers'. */
async function isInContainer(id: string): Promise<boolean> {
  return /docker[-/]/.test(await readFile(`/proc/${id}/cgroup`, "utf8").catch(() => ""));
}

/** cgroup v2 in microseconds, v1 in nanoseconds. */
async function containerCpuMs(id: string): Promise<number> {
  const folders = [`docker/${id}`, `system.slice/docker-${id}.scope`];
  for (const folder of folders) {
    const v2 = await readFile(`/sys/fs/cgroup/${folder}/cpu.stat`, "utf8").catch(() => undefined);
    const usec = /^usage_usec (\d+)$/m.exec(v2 ?? "")?.[1];
    if (usec !== undefined) return Number(usec) / 1000;
    const v1 = await readFile(`/sys/fs/cgroup/cpuacct/${folder}/cpuacct.usage`, "utf8").catch(
      () => undefined,
    );
    if (v1 !== undefined) return Number(v1) / 1e6;
  }
  throw new Error(`no cgroup of ${id}`);
}
