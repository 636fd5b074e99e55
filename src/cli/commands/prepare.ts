import { Command } from "commander";
import { componentNames, type ComponentName } from "../../components/component-images.ts";
import type { Cli } from "../cli.ts";
import { type GlobalFlags, imagePolicyOption } from "../request/flags.ts";
import { describeComponents } from "../output/print-images.ts";
import { runCommand } from "../run-command.ts";
import { chooseImagePolicy, oneOf } from "../request/settings.ts";

interface Flags extends GlobalFlags {
  readonly imagePolicy?: string;
  readonly nodeImage?: string;
}

export function prepareCommand(cli: Cli): Command {
  return new Command("prepare")
    .description("prepare Airfield's own images: find, pull or build them")
    .argument("[components...]", "only these, for example node, registry or jre-17 (default: all)")
    .addOption(imagePolicyOption())
    .option("--node-image <image>", "only this node image, unpacked for fast starts")
    .action(async (components: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      const names = chooseComponents(components);
      await runCommand(cli, flags, async (ports) => {
        cli.begin("Preparing images");
        const prepared = await cli.useCases.prepareComponents(
          {
            settings: cli.componentSettings(chooseImagePolicy(flags.imagePolicy, cli.env)),
            components: names,
            ...(flags.nodeImage === undefined ? {} : { nodeImage: flags.nodeImage }),
          },
          ports,
          cli.signal,
        );
        return describeComponents(prepared);
      });
    });
}

function chooseComponents(given: readonly string[]): readonly ComponentName[] {
  if (given.length === 0) return componentNames;
  return given.map((name) => oneOf(name, componentNames, "prepare"));
}
