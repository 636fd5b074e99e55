import { Command } from "commander";
import { onCluster, type ApplicationNameFlags } from "../request/application-commands.ts";
import type { Cli } from "../cli.ts";
import { outputOption, renderData } from "../output/output-format.ts";
import { renderTable } from "../output/table.ts";

const formats = ["table", "json", "yaml"] as const;

interface Flags extends ApplicationNameFlags {
  readonly output: (typeof formats)[number];
}

export function getUrlsCommand(cli: Cli): Command {
  return new Command("urls")
    .description("list the applications of a cluster and their URLs")
    .option("--config <file>", "airfield.yaml; - reads stdin (AIRFIELD_CONFIG)")
    .addOption(outputOption(formats))
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await onCluster(cli, flags, async (create, ports) => {
        const urls = await cli.useCases.listUrls({ create, request: undefined }, ports, cli.signal);
        if (flags.output !== "table") return renderData(urls, flags.output);
        if (urls.length === 0) return "There are no applications. Bring one up: airfield up DIR\n";
        return renderTable(urls, [
          ["NAME", ({ name }) => name],
          ["NAMESPACE", ({ namespace }) => namespace],
          ["READY", ({ ready, replicas }) => `${ready}/${replicas}`],
          ["URL", ({ url }) => url ?? "-"],
        ]);
      });
    });
}
