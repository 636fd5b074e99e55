import { dirname, join } from "node:path";
import { isToolError, ToolError } from "../errors/tool-error.ts";
import { kubectl } from "../nodes/run-on-node.ts";
import type { ExecResult } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";

interface Options {
  readonly signal?: AbortSignal;
}

type KustomizePorts = Pick<Ports, "engine" | "commands" | "files" | "random" | "clock">;

/** A node that does not remove a few files in this time has other trouble, and they cost nothing. */
const REMOVE_MS = 10_000;

/** On a disk of the node: files put into a container do not reach its tmpfs mounts, as /tmp and /run are. */
const FOLDER_ON_NODE = "/var/lib/airfield-kustomize";

/** `kubectl kustomize` on the node, whose version is the cluster's. Leaves nothing there. */
export async function kustomizeOnNode(
  node: string,
  files: Readonly<Record<string, string>>,
  { engine, random, clock }: Pick<KustomizePorts, "engine" | "random" | "clock">,
  options: Options = {},
): Promise<ExecResult> {
  const folder = `${FOLDER_ON_NODE}/${random.string(12, "0123456789abcdef")}`;
  try {
    await engine.putFiles(
      node,
      Object.entries(files).map(([path, content]) => ({ path: join(folder, path), content })),
      options,
    );
    return await engine.exec(node, kubectl("kustomize", folder), options);
  } finally {
    const signal = clock.deadline(REMOVE_MS);
    await engine.exec(node, ["rm", "-rf", folder], { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** The same by the host's kubectl, where there is no cluster yet. */
export async function kustomizeOnHost(
  files: Readonly<Record<string, string>>,
  ports: Pick<KustomizePorts, "commands" | "files">,
  options: Options = {},
): Promise<ExecResult> {
  const folder = await ports.files.makeTemporaryDirectory("airfield-kustomize-");
  try {
    for (const [path, content] of Object.entries(files)) {
      await ports.files.makeDirectory(dirname(join(folder, path)));
      await ports.files.writeBytes(join(folder, path), Buffer.from(content));
    }
    return await ports.commands.run(["kubectl", "kustomize", folder], options);
  } catch (error) {
    if (!isToolError(error, "program-not-found")) throw error;
    throw new ToolError(
      "kubectl-missing",
      { purpose: "apply your kustomization while there is no cluster" },
      { cause: error },
    );
  } finally {
    await ports.files.remove(folder);
  }
}
