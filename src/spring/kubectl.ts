import { ToolError } from "../errors/tool-error.ts";
import type { SpringCluster } from "./cluster-access.ts";

interface KubectlOptions {
  readonly stdin?: string;
  readonly signal?: AbortSignal;
}

/** Runs kubectl and resolves with its output. Throws `kubectl-failed`. */
export async function kubectl(
  cluster: SpringCluster,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await cluster.kubectl(args, options);
  if (exitCode === 0) return stdout;
  throw new ToolError("kubectl-failed", {
    command: ["kubectl", ...args].join(" "),
    exitCode,
    output: stderr.trim() === "" ? stdout : stderr,
  });
}

/**
 * Applied on the client's side, not on the server's: the annotation it leaves is the whole configuration
 * of the version before, which going back needs, and a later version takes away what this one added. ConfigMaps
 * and Secrets are the exception: an annotation holds 256 KiB, they may hold four times as much.
 */
export async function applyObjects(
  cluster: SpringCluster,
  objects: readonly { readonly kind?: string }[],
  options: Omit<KubectlOptions, "stdin"> = {},
): Promise<void> {
  const contents = objects.filter(holdsContents);
  const others = objects.filter((object) => !holdsContents(object));
  const apply = async (items: readonly unknown[], how: readonly string[]): Promise<void> => {
    if (items.length === 0) return;
    const list = { apiVersion: "v1", kind: "List", items };
    await kubectl(cluster, ["apply", ...how, "-f", "-"], {
      ...options,
      stdin: JSON.stringify(list),
    });
  };
  // First what pods read, then the pods.
  await apply(contents, ["--server-side", "--force-conflicts", "--field-manager=airfield"]);
  await apply(others, []);
}

export function holdsContents({ kind }: { readonly kind?: string }): boolean {
  return kind === "ConfigMap" || kind === "Secret";
}
