import { Command } from "commander";
import { ToolError } from "../errors/tool-error.ts";
import type { Cli } from "./cli.ts";
import type { GlobalFlags } from "./flags.ts";
import { absolutePath, DEFAULT_CONFIG_FILE } from "./read-config.ts";
import { runCommand } from "./run-command.ts";

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
        const text = starterConfig(flags.name ?? "airfield");
        if (flags.force === true) {
          await files.writeTextAtomic(path, text, { mode: 0o644 });
        } else if (!(await files.createExclusive(path, text))) {
          throw new ToolError("invalid-usage", {
            reason: `${file} exists already; --force replaces it.`,
          });
        }
        return `Wrote ${file}. Create its cluster with: airfield create cluster\n`;
      });
    });
}

/** Every line that is a comment says a default. */
function starterConfig(name: string): string {
  return `# yaml-language-server: $schema=https://airfield.dev/schema/airfield.schema.json
apiVersion: airfield.dev/v1
kind: Cluster
name: ${name}
nodes:
  - role: control-plane
  - role: worker
`;
}
