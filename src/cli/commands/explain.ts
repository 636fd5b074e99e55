import { Command } from "commander";
import { closestName } from "../../config/closest-name.ts";
import type { ErrorPage } from "../../errors/error-pages.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";

interface Flags {
  readonly output: ResultFormat;
}

export function explainCommand(cli: Cli): Command {
  return new Command("explain")
    .description("explain what an error or a warning means, what causes it and what to do")
    .argument(
      "[codes...]",
      "codes of errors and warnings, for example port-taken; lists all when left out",
    )
    .addOption(resultOption())
    .action(async (codes: readonly string[], { output }: Flags) => {
      const [{ errorPages }, { describePages, listPages }] = await Promise.all([
        import("../../errors/error-pages.ts"),
        import("../output/print-error-pages.ts"),
      ]);
      const all = errorPages();
      const pages = codes.length === 0 ? all : codes.map((code) => pageOf(code, all));
      if (output !== "text") cli.print(await renderData(pages, output));
      else cli.print(codes.length === 0 ? listPages(pages) : describePages(pages, cli));
    });
}

function pageOf(code: string, pages: readonly ErrorPage[]): ErrorPage {
  const found = pages.find((page) => page.code === code);
  if (found !== undefined) return found;
  const codes = pages.map((page) => page.code);
  throw new ToolError("error-code-unknown", { code, near: nearestCodes(code, codes) });
}

const MOST_SUGGESTIONS = 5;

/** The code that was mistyped, else those that have a word of what was typed: "port" finds port-taken. */
function nearestCodes(code: string, codes: readonly string[]): readonly string[] {
  const typo = closestName(code, codes);
  if (typo !== undefined) return [typo];
  const words = code.toLowerCase().split(/[^a-z0-9]+/);
  return codes
    .map((candidate) => ({
      candidate,
      shared: candidate.split("-").filter((word) => words.includes(word)).length,
    }))
    .filter(({ shared }) => shared > 0)
    .sort((a, b) => b.shared - a.shared)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}
