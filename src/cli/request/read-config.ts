import type { AirfieldConfig } from "../../config/cluster-config.ts";
import type { ConfigText } from "../../config/load-config.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { Cli } from "../cli.ts";

/** The file that is read when none is named. */
export const DEFAULT_CONFIG_FILE = "airfield.yaml";

/**
 * The config that --config or AIRFIELD_CONFIG names, else airfield.yaml of the first folder that has one (the
 * current one unless said otherwise); undefined when there is none.
 */
export async function readConfig(
  cli: Cli,
  files: Files,
  flag: string | undefined,
  folders?: readonly string[],
  more: Pick<ConfigText, "hasRegistry"> = {},
): Promise<AirfieldConfig | undefined> {
  const text = await readConfigText(cli, files, flag, folders);
  return text === undefined ? undefined : cli.useCases.loadConfig({ ...text, ...more });
}

/** The same as it is written, not looked at. */
export async function readConfigText(
  cli: Cli,
  files: Files,
  flag: string | undefined,
  folders: readonly string[] = [cli.workingDirectory],
): Promise<ConfigText | undefined> {
  if (flag === "-") {
    return { text: await cli.readStdin(), file: "stdin", folder: cli.workingDirectory };
  }
  const named = flag ?? cli.env["AIRFIELD_CONFIG"];
  if (named !== undefined && named !== "") {
    const path = absolutePath(cli.workingDirectory, named);
    const text = await files.readText(path);
    if (text === undefined) {
      throw new ToolError("file-not-found", { path: named, purpose: "the config" });
    }
    return { text, file: named, folder: folderOf(path) };
  }
  for (const folder of folders) {
    const path = absolutePath(folder, DEFAULT_CONFIG_FILE);
    const text = await files.readText(path);
    const file = folder === cli.workingDirectory ? DEFAULT_CONFIG_FILE : path;
    if (text !== undefined) return { text, file, folder };
  }
  return undefined;
}

/** A path as it is, or below the folder; "." and ".." in it are resolved. */
export function absolutePath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${folder}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
