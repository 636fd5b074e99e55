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
      const [{ completionNodes }, { renderCompletion }, { errorPages }] = await Promise.all([
        import("../completion/completion-model.ts"),
        import("../completion/render-completion.ts"),
        import("../../errors/error-pages.ts"),
      ]);
      const codes = errorPages().map(({ code }) => code);
      const nodes = completionNodes(self.parent ?? self, { "/explain": codes });
      cli.print(renderCompletion(shell, nodes));
    });
}
