import { Argument, Command } from "commander";
import type { Cli } from "../cli.ts";
import { oneOf } from "../request/settings.ts";

const shells = ["bash", "zsh", "fish"] as const;

export function completionCommand(cli: Cli): Command {
  return new Command("completion")
    .description("print a completion script for your shell")
    .addArgument(new Argument("<shell>", "the shell").choices(shells).argParser(String))
    .addHelpText("after", "\nExample: source <(airfield completion bash)")
    .action(async (given: string, _flags: unknown, self: Command) => {
      const shell = oneOf(given, shells, "completion");
      const [{ completionNodes }, { renderCompletion }] = await Promise.all([
        import("../completion/completion-model.ts"),
        import("../completion/render-completion.ts"),
      ]);
      cli.print(renderCompletion(shell, completionNodes(self.parent ?? self)));
    });
}
