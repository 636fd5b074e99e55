import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { Cli } from "../cli.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { absolutePath, DEFAULT_CONFIG_FILE, folderOf } from "../request/read-config.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly force?: boolean;
}

export function configInitCommand(cli: Cli): Command {
  return new Command("init")
    .description(`write a commented ${DEFAULT_CONFIG_FILE}`)
    .argument("[file]", "file to write", DEFAULT_CONFIG_FILE)
    .option("-f, --force", "replace the file if there is one")
    .action(async (file: string, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async ({ files }) => {
        const path = absolutePath(cli.workingDirectory, file);
        const text = await cli.useCases.renderStarterConfig({
          ...(flags.name === undefined ? {} : { name: flags.name }),
          ...((await isProject(folderOf(path), files)) ? { applicationPath: "." } : {}),
        });
        if (flags.force === true) {
          await files.writeTextAtomic(path, text, { mode: 0o644 });
        } else if (!(await files.createExclusive(path, text))) {
          throw new ToolError("invalid-usage", {
            reason: `${file} already exists; --force replaces it.`,
          });
        }
        return `Wrote ${file}. Create its cluster with: airfield create cluster\n`;
      });
    });
}

const BUILD_FILES = ["pom.xml", "build.gradle", "build.gradle.kts"];

/** Whether `airfield up` would find something in the folder. */
async function isProject(folder: string, files: Files): Promise<boolean> {
  const entries = (await files.list(folder)) ?? [];
  return entries.some(({ name }) => BUILD_FILES.includes(name));
}
