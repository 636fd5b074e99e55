import type { Command, CommanderError } from "commander";
import { ToolError } from "../../errors/tool-error.ts";

/** Whether commander ended the parse because it printed help or the version. */
export function isHelp({ code }: CommanderError): boolean {
  return ["commander.help", "commander.helpDisplayed", "commander.version"].includes(code);
}

/** commander's complaint about a command line, as an error of the catalogue. */
export function usageError(error: CommanderError, command: Command): ToolError {
  const path = pathOf(command);
  const [complaint = "", suggestion = ""] = error.message.replace(/^error: /, "").split("\n");
  const named = /'([^']+)'/.exec(complaint)?.[1] ?? "";
  const reason = (): string => {
    switch (error.code) {
      case "commander.unknownOption":
        return `"${path}" has no option ${named}.`;
      case "commander.unknownCommand":
        return `"${path}" has no command "${named}".`;
      case "commander.missingArgument":
        return `"${path}" needs the argument <${named}>.`;
      case "commander.optionMissingArgument":
        return `The option ${named} of "${path}" needs a value.`;
      default:
        return `${complaint.charAt(0).toUpperCase()}${complaint.slice(1).replace(/\.?$/, ".")}`;
    }
  };
  const hint = suggestion.replace(/^\((.*)\)$/, " $1");
  return new ToolError("invalid-usage", { reason: `${reason()}${hint}` });
}

/** The words that lead to a command: "airfield create cluster". */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
