import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { durationOption, type GlobalFlags } from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { describePrunedRegistries } from "../output/print-registries.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly unused?: boolean;
  readonly timeout: number;
  readonly output: ResultFormat;
}

export function pruneRegistryCommand(cli: Cli): Command {
  return new Command("registry")
    .description("free what registries hold and no tag refers to; each registry is down meanwhile")
    .argument("[registry]", "only this one (default: all)")
    .option("--unused", "also remove caches that no cluster uses, and data that no registry uses")
    .addOption(
      durationOption("--timeout", "how long it may take", { ms: 10 * 60_000, text: "10m" }),
    )
    .addOption(resultOption())
    .action(async (name: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        cli.begin("Pruning registries");
        const pruned = await cli.useCases.pruneRegistries(
          {
            unused: flags.unused ?? false,
            timeoutMs: flags.timeout,
            ...(name === undefined ? {} : { name }),
          },
          ports,
          cli.signal,
        );
        return flags.output === "text"
          ? describePrunedRegistries(pruned)
          : renderData(pruned, flags.output);
      });
    });
}
