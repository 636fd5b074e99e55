import { execa } from "execa";
import { docker } from "./engine.ts";
import { examineMachine, type Machine } from "./machine.ts";
import type { Tool } from "./tools.ts";

/** What was measured on what: all that the figures depend on and do not show. */
export interface Description {
  readonly startedAt: string;
  readonly machine: Machine;
  /** Versions by name of the tool. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of this checkout, with "-dirty" when it has changes. */
  readonly commit: string;
  readonly nodeImage: string;
  readonly nodeImageId: string;
  readonly probeImage: string;
}

export async function describe({
  tools,
  root,
  nodeImage,
  probeImage,
}: {
  readonly tools: readonly Tool[];
  readonly root: string;
  readonly nodeImage: string;
  readonly probeImage: string;
}): Promise<Description> {
  const versionOf = async ({ name, versionCommand: [program = "", ...args] }: Tool) =>
    [name, (await execa(program, args)).stdout] as const;
  const [machine, versions, commit, nodeImageId] = await Promise.all([
    examineMachine(),
    Promise.all(tools.map(versionOf)),
    commitOf(root),
    docker(["image", "inspect", "--format", "{{.Id}}", nodeImage]),
  ]);
  return {
    startedAt: new Date().toISOString(),
    machine,
    versions: Object.fromEntries(versions),
    commit,
    nodeImage,
    nodeImageId,
    probeImage,
  };
}

/** Empty when it is no git checkout. */
async function commitOf(root: string): Promise<string> {
  const args = ["-C", root, "describe", "--always", "--dirty"];
  return (await execa("git", args, { reject: false })).stdout;
}

export function renderDescription(description: Description): string {
  const { machine, versions, commit, nodeImage, nodeImageId, startedAt } = description;
  const memory = `${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB`;
  const lines: readonly (readonly [string, string])[] = [
    ["date", startedAt],
    ["machine", `${machine.processors} × ${machine.processor}, ${memory}, Linux ${machine.kernel}`],
    ["engine", `${machine.engine}, cgroup v${machine.cgroupVersion}, ${machine.storageDriver}`],
    ["tools", Object.values(versions).join("; ")],
    ["commit", commit],
    ["node image", `${nodeImage} (${nodeImageId.slice(0, 19)})`],
  ];
  return lines.map(([name, text]) => `${name.padEnd(12)}${text}\n`).join("");
}
