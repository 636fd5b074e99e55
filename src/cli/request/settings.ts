import { imagePolicies, type ImagePolicy } from "../../components/component-images.ts";
import { closestName } from "../../config/closest-name.ts";
import { ToolError } from "../../errors/tool-error.ts";

/** Environment variables, as main.ts read them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type ProgressFormat = "live" | "plain" | "json" | "quiet";

export const progressChoices = ["auto", "live", "plain", "json", "quiet"] as const;

/** The value for a setting: flag, else environment variable, else config file, else default. Empty counts as unset. */
export function choose<Value>(sources: {
  readonly flag: Value | undefined;
  readonly env?: Value | undefined;
  readonly file?: Value | undefined;
  readonly fallback: Value;
}): Value {
  const given = [sources.flag, sources.env, sources.file].find(
    (value) => value !== undefined && value !== "",
  );
  return given ?? sources.fallback;
}

export function chooseClusterName(sources: {
  readonly argument?: string | undefined;
  readonly flag: string | undefined;
  readonly env: Environment;
  readonly file: string | undefined;
}): string {
  const { argument, flag, env, file } = sources;
  if (argument !== undefined && flag !== undefined && argument !== flag) {
    throw new ToolError("invalid-flag", {
      flag: "--name",
      value: flag,
      reason: `the cluster is already named "${argument}" by the argument`,
    });
  }
  return choose({
    flag: argument ?? flag,
    env: env["AIRFIELD_CLUSTER"],
    file,
    fallback: "airfield",
  });
}

/** How progress is shown: --progress, --quiet, AIRFIELD_PROGRESS, then lines where nobody watches, else a live view. */
export function chooseProgress(sources: {
  readonly flag: string | undefined;
  readonly quiet: boolean;
  readonly env: Environment;
  readonly isTerminal: boolean;
}): ProgressFormat {
  const { flag, quiet, env, isTerminal } = sources;
  const wanted = oneOf(
    choose({
      flag: flag ?? (quiet ? "quiet" : undefined),
      env: env["AIRFIELD_PROGRESS"],
      fallback: "auto",
    }),
    progressChoices,
    flag === undefined ? "AIRFIELD_PROGRESS" : "--progress",
  );
  if (wanted !== "auto") return wanted;
  return isTerminal && !isCi(env) && env["TERM"] !== "dumb" ? "live" : "plain";
}

export function chooseImagePolicy(flag: string | undefined, env: Environment): ImagePolicy {
  const fromEnv = env["AIRFIELD_IMAGE_POLICY"];
  return oneOf(
    choose({ flag, env: fromEnv, fallback: "auto" }),
    imagePolicies,
    flag === undefined ? "AIRFIELD_IMAGE_POLICY" : "--image-policy",
  );
}

/**
 * The kubeconfig files that may be meant, most wanted first. As kubectl: --kubeconfig alone; else the list of
 * KUBECONFIG, of which the first that exists is taken and else the last; else ~/.kube/config.
 */
export function kubeconfigCandidates(
  flag: string | undefined,
  env: Environment,
  homeDirectory: string,
): readonly string[] {
  if (flag !== undefined && flag !== "") return [flag];
  const listed = (env["KUBECONFIG"] ?? "").split(":").filter((path) => path !== "");
  return listed.length > 0 ? listed : [`${homeDirectory}/.kube/config`];
}

/**
 * Whether what goes to a stream is coloured: NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, then whether it is a
 * terminal that can. https://no-color.org https://force-color.org https://bixense.com/clicolors/
 */
export function chooseColour({
  env,
  isTerminal,
}: {
  readonly env: Environment;
  /** `isTTY` of the stream, which Node leaves undefined on what is none. */
  readonly isTerminal: boolean | undefined;
}): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (!["", "0"].includes(env["CLICOLOR_FORCE"] ?? "")) return true;
  if (env["CLICOLOR"] === "0" || env["TERM"] === "dumb") return false;
  return isTerminal ?? false;
}

/**
 * Whether only ASCII may be drawn: --ascii, else a locale whose characters are not Unicode's (LC_ALL, LC_CTYPE, LANG, the
 * first that is set), or Linux' own console, whose font lacks the signs. Without any locale terminals are taken to know
 * UTF-8: in containers and in CI there is none. Known before (and although) the command line may be wrong.
 * https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02
 */
export function chooseAscii(words: readonly string[], env: Environment): boolean {
  if (ownWords(words).includes("--ascii")) return true;
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => value);
  return env["TERM"] === "linux" || (locale !== undefined && !/utf-?8/i.test(locale));
}

/** How many colours the terminal UI may use: none where `chooseColour` says so, else what the terminal says of itself. */
export function chooseColourDepth(
  env: Environment,
  { hasColour }: { readonly hasColour: boolean },
): "none" | "16" | "256" {
  if (!hasColour) return "none";
  const isRich =
    /256|direct|kitty|ghostty/.test(env["TERM"] ?? "") || (env["COLORTERM"] ?? "") !== "";
  return isRich ? "256" : "16";
}

/** CI is "true" or "1" on every CI service; "false" and "0" are how people say they are not on one. */
function isCi(env: Environment): boolean {
  const ci = env["CI"] ?? "";
  return ci !== "" && ci !== "false" && ci !== "0";
}

/** `value` when it is one of `allowed`; else a usage error that names them and the nearest one. */
export function oneOf<Allowed extends string>(
  value: string,
  allowed: readonly Allowed[],
  flag: string,
): Allowed {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const near = closestName(value, allowed);
  const suggestion = near === undefined ? "" : `; did you mean ${near}?`;
  throw new ToolError("invalid-flag", {
    flag,
    value,
    reason: `it takes one of ${allowed.join(", ")}${suggestion}`,
  });
}

/** Whether errors are to be JSON too, known before (and although) the command line may be wrong. */
export function isJsonProgress(words: readonly string[], env: Environment): boolean {
  const own = ownWords(words);
  const flag = own.reduce<string | undefined>((found, word, index) => {
    if (word === "--progress") return own[index + 1];
    return word.startsWith("--progress=") ? word.slice("--progress=".length) : found;
  }, undefined);
  return (flag ?? env["AIRFIELD_PROGRESS"]) === "json";
}

/** Without those that another program gets. */
function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end < 0 ? words : words.slice(0, end);
}
