import { Command } from "commander";
import { ExitCode } from "../../errors/exit-codes.ts";
import { asAscii } from "../../progress/ascii.ts";
import type { Cli } from "../cli.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { describeReport } from "../output/print-doctor.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly output: ResultFormat;
}

export function doctorCommand(cli: Cli): Command {
  return new Command("doctor")
    .description("check this machine and say what to change")
    .addOption(resultOption())
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const report = await cli.useCases.examineHost(ports);
        if (report.status === "failure") cli.setExitCode(ExitCode.Environment);
        if (flags.output !== "text") return renderData(report, flags.output);
        return cli.isAscii ? asAscii(describeReport(report)) : describeReport(report);
      });
    });
}
