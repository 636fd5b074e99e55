import { runOnNode } from "../../nodes/run-on-node.ts";
import type { ContainerFile } from "../../ports/container-engine.ts";
import type { Ports } from "../../ports/ports.ts";
import { type FilesRecord, recordOf, recordPath, servicesReading } from "./plan-node-files.ts";

/** What an update does to a node. Paths only: contents may be secret. */
export interface NodeChange {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly restarted: readonly string[];
}

export interface FoundNodeFiles {
  /** The files that an update may write or remove, as the node has them; undefined for one that is not there. */
  readonly contents: ReadonlyMap<string, string | undefined>;
  /** They are not those that were recorded last: an update was interrupted, or somebody changed them by hand. */
  readonly isUnfinished: boolean;
}

/** Reads the wanted files and those that Airfield wrote before. */
export async function readNodeFiles(
  node: string,
  wanted: readonly ContainerFile[],
  { engine }: Pick<Ports, "engine">,
  signal: AbortSignal,
): Promise<FoundNodeFiles> {
  const text = await engine.readFile(node, recordPath, { signal });
  const record = text === undefined ? undefined : (JSON.parse(text) as FilesRecord);
  const earlier = record?.paths ?? [];
  const paths = [...new Set([...earlier, ...wanted.map(({ path }) => path)])];
  const contents = new Map(
    await Promise.all(
      paths.map(async (path) => [path, await engine.readFile(node, path, { signal })] as const),
    ),
  );
  const recorded = earlier.map((path) => ({ path, content: contents.get(path) ?? "" }));
  return {
    contents,
    isUnfinished: record !== undefined && record.digest !== recordOf(recorded).digest,
  };
}

/** Decides what has to change. Pure. */
export function planNodeChange(
  wanted: readonly ContainerFile[],
  { contents, isUnfinished }: FoundNodeFiles,
): NodeChange {
  const written = wanted
    .filter(({ path, content }) => contents.get(path) !== content)
    .map(({ path }) => path);
  const removed = [...contents]
    .filter(
      ([path, content]) => content !== undefined && !wanted.some((file) => file.path === path),
    )
    .map(([path]) => path);
  const services = [...written, ...removed]
    .map((path) => servicesReading[path])
    .filter((service) => service !== undefined);
  // Nobody knows what they have seen of an update that was interrupted.
  const restarted = isUnfinished ? Object.values(servicesReading) : services;
  return { written, removed, restarted: [...new Set(restarted)].sort() };
}

/** Makes the change. Until its end the record says that it is unfinished, and names all files there may be. */
export async function applyNodeFiles(
  name: string,
  wanted: readonly ContainerFile[],
  { written, removed, restarted }: NodeChange,
  { engine }: Pick<Ports, "engine">,
  signal: AbortSignal,
): Promise<void> {
  if (written.length + removed.length + restarted.length === 0) return;
  const run = (...command: string[]) => runOnNode(engine, name, command, { signal });
  const [records, files] = [
    wanted.filter(({ path }) => path === recordPath),
    wanted.filter(({ path }) => path !== recordPath),
  ];
  const paths = [...removed, ...files.map(({ path }) => path)];
  const unfinished: FilesRecord = { paths, digest: "unfinished" };
  await engine.putFiles(
    name,
    [
      { path: recordPath, content: JSON.stringify(unfinished), mode: 0o600 },
      ...files.filter(({ path }) => written.includes(path)),
    ],
    { signal },
  );
  if (removed.length > 0) await run("rm", "-f", "--", ...removed);
  if (restarted.length > 0) {
    // Pods stay: they belong to their shims.
    await run("systemctl", "daemon-reload");
    for (const service of restarted) await run("systemctl", "restart", service);
  }
  await engine.putFiles(name, records, { signal });
}
