import { mendingMeanings, type ErrorPage } from "../../errors/error-pages.ts";
import { asAscii } from "../../progress/ascii.ts";
import { renderTable } from "./table.ts";
import { wrap } from "../../errors/wrap.ts";

interface Page {
  readonly columns: number;
  readonly hasColour: boolean;
  readonly isAscii: boolean;
}

/** One line a code. */
export function listPages(pages: readonly ErrorPage[]): string {
  return renderTable(pages, [
    ["CODE", ({ code }) => code],
    ["KIND", ({ kind }) => kind],
    ["EXIT", ({ exitCode }) => (exitCode === undefined ? "-" : `${exitCode.code}`)],
    ["MEANS", ({ means }) => means],
  ]);
}

/** Whole pages, for reading. Messages and hints stand as they are printed, so that commands can be copied. */
export function describePages(pages: readonly ErrorPage[], page: Page): string {
  const text = pages
    .map((each) => describePage(each, page))
    .join(`\n${"─".repeat(page.columns)}\n\n`);
  return page.isAscii ? asAscii(text) : text;
}

function describePage(
  { code, kind, means, why, examples, exitCode, mayBeMendedBy }: ErrorPage,
  { columns, hasColour }: Page,
): string {
  const bold = (text: string) => (hasColour ? `\u001b[1m${text}\u001b[0m` : text);
  const label = kind === "error" ? "Error:" : "Warning:";
  return [
    `${bold(code)}: ${means}.`,
    "",
    ...wrap(why, columns),
    "",
    bold(examples.length === 1 ? "As it is shown" : "As it is shown, in each of its forms"),
    ...examples.flatMap(({ message, hint }) => ["", `${label} ${message}`, `Hint: ${hint}`]),
    "",
    bold("Exit code"),
    "",
    exitCode === undefined
      ? "None: the work goes on."
      : `${exitCode.code} (${exitCode.name}): ${exitCode.means}`,
    ...(mayBeMendedBy === undefined ? [] : [mendingMeanings[mayBeMendedBy]]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
