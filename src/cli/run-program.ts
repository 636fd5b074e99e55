import { CommanderError } from "commander";
import { ExitCode } from "../errors/exit-codes.ts";
import type { Cli } from "./cli.ts";
import { createProgram } from "./program.ts";

/** Parses the words after `airfield` and carries the command out. */
export async function runProgram(cli: Cli, words: readonly string[]): Promise<void> {
  try {
    await createProgram(cli, words).parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Only help and version end this way: usage errors have become ToolErrors. A group without its noun
    // (`airfield get`) shows its help too, but did nothing, which a script has to see.
    const isIncomplete = error.code === "commander.help" && words.length > 0;
    cli.setExitCode(isIncomplete ? ExitCode.Usage : ExitCode.Ok);
  }
}
