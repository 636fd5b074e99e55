import { ToolError } from "../errors/tool-error.ts";
import type { AirfieldConfig } from "../config/cluster-config.ts";
import type { Files } from "../ports/files.ts";
import type { Cli } from "./cli.ts";

/** The file that is read when none is named. */
export const DEFAULT_CONFIG_FILE = "airfield.yaml";

/** The config that --config, AIRFIELD_CONFIG or ./airfield.yaml names; undefined when there is none. */
export async function readConfig(
  cli: Cli,
  files: Files,
  flag: string | undefined,
): Promise<AirfieldConfig | undefined> {
  if (flag === "-") {
    return cli.useCases.loadConfig(await cli.readStdin(), {
      file: "stdin",
      directory: cli.workingDirectory,
    });
  }
  const named = flag ?? (cli.env["AIRFIELD_CONFIG"] || undefined);
  const path = absolutePath(cli.workingDirectory, named ?? DEFAULT_CONFIG_FILE);
  const text = await files.readText(path);
  if (text !== undefined) {
    return cli.useCases.loadConfig(text, {
      file: named ?? DEFAULT_CONFIG_FILE,
      directory: path.slice(0, path.lastIndexOf("/")) || "/",
    });
  }
  if (named === undefined) return undefined;
  throw new ToolError("file-not-found", { path: named, purpose: "the config" });
}

export function absolutePath(workingDirectory: string, path: string): string {
  return path.startsWith("/")
    ? path
    : `${workingDirectory === "/" ? "" : workingDirectory}/${path}`;
}
