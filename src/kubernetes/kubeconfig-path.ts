/** What decides which kubeconfig is written. */
export interface KubeconfigChoice {
  /** --kubeconfig. */
  readonly flag?: string;
  /** The environment variable KUBECONFIG: a list, separated by ":". */
  readonly environment?: string;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
}

/** The files that may be meant, in order; the flag means exactly one. Relative paths are made absolute. */
export function kubeconfigPaths(choice: KubeconfigChoice): readonly string[] {
  const absolute = (path: string): string =>
    path.startsWith("/") ? path : `${choice.workingDirectory.replace(/\/$/, "")}/${path}`;
  if (choice.flag !== undefined && choice.flag !== "") return [absolute(choice.flag)];
  const listed = (choice.environment ?? "").split(":").filter((path) => path !== "");
  if (listed.length > 0) return [...new Set(listed.map(absolute))];
  return [`${choice.homeDirectory.replace(/\/$/, "")}/.kube/config`];
}

/**
 * The file to write, as kubectl and kind choose it: the first of the list that exists, else the last.
 * @param paths from kubeconfigPaths
 * @param existing those of them that exist
 */
export function chooseKubeconfigPath(
  paths: readonly string[],
  existing: ReadonlySet<string>,
): string {
  const chosen = paths.find((path) => existing.has(path)) ?? paths.at(-1);
  if (chosen === undefined) throw new RangeError("kubeconfigPaths gives at least one path");
  return chosen;
}
