import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StartedContainer } from "./engine.ts";

const sampleMs = 500;

/** Where engines put a container's group: cgroup v1 and v2, with cgroupfs and with systemd. */
const groupFolders = (id: string): readonly CgroupFolder[] => [
  { path: `/sys/fs/cgroup/memory/docker/${id}`, ...version1 },
  { path: `/sys/fs/cgroup/memory/system.slice/docker-${id}.scope`, ...version1 },
  { path: `/sys/fs/cgroup/system.slice/docker-${id}.scope`, ...version2 },
  { path: `/sys/fs/cgroup/docker/${id}`, ...version2 },
];

const version1 = { usageFile: "memory.usage_in_bytes", inactiveField: "total_inactive_file" };
const version2 = { usageFile: "memory.current", inactiveField: "inactive_file" };

interface CgroupFolder {
  readonly path: string;
  readonly usageFile: string;
  /** Of memory.stat: cached file contents that would be dropped first. */
  readonly inactiveField: string;
}

/**
 * Reads the memory of a cluster's containers while it runs. What counts is the working set, as `docker stats` shows
 * it: usage without inactive file cache. Two small files for each container, no program is started.
 */
export class MemorySampler implements Disposable {
  private readonly groups: { readonly folder: CgroupFolder; readonly isNode: boolean }[] = [];
  private readonly timer: NodeJS.Timeout;
  private highestNodesBytes = 0;
  /** Without its figure a sum would be wrong. */
  private hasUnknown = false;

  constructor() {
    this.timer = setInterval(() => void this.sample(), sampleMs);
  }

  async add({ id, isNode }: StartedContainer): Promise<void> {
    for (const folder of groupFolders(id)) {
      if (!(await isThere(folder.path))) continue;
      this.groups.push({ folder, isNode });
      return;
    }
    this.hasUnknown = true;
  }

  /** Highest sum over all nodes so far; undefined where the groups cannot be read. */
  peakBytes(): number | undefined {
    return this.hasUnknown || this.highestNodesBytes === 0 ? undefined : this.highestNodesBytes;
  }

  /** The sums now, which count for the peak, too. */
  async sample(): Promise<{ readonly nodes: number; readonly others: number } | undefined> {
    const sums = { nodes: 0, others: 0 };
    const sizes = await Promise.all(this.groups.map(({ folder }) => workingSetOf(folder)));
    for (const [index, { isNode }] of this.groups.entries())
      sums[isNode ? "nodes" : "others"] += sizes[index] ?? 0;
    this.highestNodesBytes = Math.max(this.highestNodesBytes, sums.nodes);
    return this.hasUnknown || this.groups.length === 0 ? undefined : sums;
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}

/** usage − inactive file cache, never below 0. */
export function workingSet(usage: string, stat: string, inactiveField: string): number {
  const inactive = new RegExp(`^${inactiveField} (\\d+)$`, "m").exec(stat)?.[1] ?? "0";
  return Math.max(0, Number(usage) - Number(inactive));
}

/** 0 when the container is gone. */
async function workingSetOf({ path, usageFile, inactiveField }: CgroupFolder): Promise<number> {
  try {
    const [usage, stat] = await Promise.all([
      readFile(join(path, usageFile), "utf8"),
      readFile(join(path, "memory.stat"), "utf8"),
    ]);
    return workingSet(usage, stat, inactiveField);
  } catch (error) {
    if (isGone(error)) return 0;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A group that is removed while it is read answers ENODEV. */
function isGone(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["ENOENT", "ENODEV"].includes(String(error.code))
  );
}
