import { Argument, Command } from "commander";
import type { Cli } from "./cli.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

export function completionCommand(cli: Cli): Command {
  return new Command("completion")
    .description("print a completion script for your shell")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .action(async (shell: Shell, _flags: unknown, self: Command) => {
      const { renderCompletion } = await import("./render-completion.ts");
      cli.print(renderCompletion(shell, self.parent ?? self));
    });
}
