import type { Environment } from "./settings.ts";

/**
 * As images/build chooses it.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function chooseCacheFolder(env: Environment, homeDirectory: string): string {
  const own = env["AIRFIELD_CACHE"] ?? "";
  if (own !== "") return own;
  const shared = env["XDG_CACHE_HOME"] ?? "";
  return `${shared === "" ? `${homeDirectory}/.cache` : shared}/airfield`;
}
