import { type LiveNamesRequest, nameKinds } from "../../cluster/live-names.ts";
import type { Files } from "../../ports/files.ts";
import { absolutePath, DEFAULT_CONFIG_FILE } from "../request/read-config.ts";
import { choose, type Environment, kubeconfigCandidates } from "../request/settings.ts";

export interface CompletionWorld {
  readonly env: Environment;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
  readonly files: Pick<Files, "readText">;
}

/**
 * What a completion script asks for: a kind of names, then the words of the command line up to the cursor, the last of
 * which is the one that is being typed. Undefined for a kind that does not exist.
 */
export async function readNamesRequest(
  [wanted, ...words]: readonly string[],
  { env, homeDirectory, workingDirectory, files }: CompletionWorld,
): Promise<LiveNamesRequest | undefined> {
  const kind = nameKinds.find((known) => known === wanted);
  if (kind === undefined) return undefined;
  const needsCluster = kind === "nodes" || kind === "applications";
  const file = async () => {
    const config = flagOf(words, "--config") ?? env["AIRFIELD_CONFIG"] ?? DEFAULT_CONFIG_FILE;
    return clusterIn(await files.readText(absolutePath(workingDirectory, config)));
  };
  const named = choose({
    flag: flagOf(words, "--name"),
    env: env["AIRFIELD_CLUSTER"],
    fallback: undefined,
  });
  const context = flagOf(words, "--context");
  return {
    kind,
    cluster: named ?? (needsCluster ? await file() : undefined) ?? "airfield",
    ...(context === undefined ? {} : { context }),
    kubeconfigs: kubeconfigCandidates(flagOf(words, "--kubeconfig"), env, homeDirectory).map(
      (path) => absolutePath(workingDirectory, path),
    ),
  };
}

/** As `a,b,c` is typed, the next name comes behind the last comma. */
export function continueList(names: readonly string[], typed: string): readonly string[] {
  const before = typed.slice(0, typed.lastIndexOf(",") + 1);
  const listed = before.split(",");
  return before === ""
    ? names
    : names.filter((name) => !listed.includes(name)).map((name) => `${before}${name}`);
}

/** The value of a flag that is complete: the last word is still being typed. */
function flagOf(words: readonly string[], flag: string): string | undefined {
  return words.slice(0, -1).reduce<string | undefined>((found, word, index) => {
    if (word === flag && index + 1 < words.length - 1) return words[index + 1];
    return word.startsWith(`${flag}=`) ? word.slice(flag.length + 1) : found;
  }, undefined);
}

/** `name` of an airfield.yaml or of a kind file, without reading all of it. */
function clusterIn(config: string | undefined): string | undefined {
  return /^name:\s*["']?([\w.-]+)/m.exec(config ?? "")?.[1];
}
