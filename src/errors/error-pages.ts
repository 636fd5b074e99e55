import { catalog } from "./catalog.ts";
import type { CatalogEntry, Mending, Texts } from "./catalog-entry.ts";
import { warnings } from "./catalog/warnings.ts";
import { ExitCode, exitCodeMeanings } from "./exit-codes.ts";
import { explanations } from "./explanations.ts";
import type { Explanation } from "./explanations/explanation.ts";
import { BUG_HINT } from "./render-error.ts";

/** All that there is to say about a code: what `airfield explain` prints, and docs/errors.md. */
export interface ErrorPage extends Explanation {
  readonly code: string;
  readonly kind: "error" | "warning";
  /** Each way in which it is shown, with values as they could be. */
  readonly examples: readonly { readonly message: string; readonly hint: string }[];
  /** Warnings have none: the work goes on. */
  readonly exitCode?: {
    readonly code: ExitCode;
    readonly name: string;
    readonly means: string;
  };
  /** Where `airfield dev` waits for the edit that mends it; absent: it ends. */
  readonly mayBeMendedBy?: Mending;
}

/** One page for each error and then for each warning, in the order of the catalogue. */
export function errorPages(): readonly ErrorPage[] {
  return [
    ...entriesOf(catalog as unknown as Texted<CatalogEntry<object>>).map(([code, entry]) => ({
      code,
      kind: "error" as const,
      ...explanations[code as keyof typeof catalog],
      examples: examplesOf(entry),
      exitCode: describeExitCode(entry.exitCode),
      ...(entry.mayBeMendedBy === undefined ? {} : { mayBeMendedBy: entry.mayBeMendedBy }),
    })),
    bugPage,
    ...entriesOf(warnings as unknown as Texted<Texts<object>>).map(([code, texts]) => ({
      code,
      kind: "warning" as const,
      ...explanations[code as keyof typeof warnings],
      examples: examplesOf(texts),
    })),
  ];
}

type Texted<Entry> = Readonly<Record<string, Entry>>;

function entriesOf<Entry>(texts: Texted<Entry>): readonly (readonly [string, Entry])[] {
  return Object.entries(texts);
}

/** Not in the catalogue, because nobody throws it; `--progress json` prints it as a code all the same. */
const bugPage: ErrorPage = {
  code: "bug",
  kind: "error",
  means: "Airfield itself failed",
  why: "Something happened that Airfield does not know as a failure, so there is nothing it could advise. The lines of the stack say where; secrets are taken out of them.",
  examples: [
    { message: "TypeError: Cannot read properties of undefined (reading 'id')", hint: BUG_HINT },
  ],
  exitCode: describeExitCode(ExitCode.Bug),
};

/** What `airfield dev` does where an edit may mend it, in one sentence. */
export const mendingMeanings: Readonly<Record<Mending, string>> = {
  edit: "`airfield dev` reports it and waits for the next save.",
  "edit-taken-back":
    "`airfield dev` reports it and waits for the next save, unless it happens at the start.",
};

function examplesOf({ message, hint, examples }: Texts<object>): ErrorPage["examples"] {
  return examples.map((facts) => ({ message: message(facts).trimEnd(), hint: hint(facts) }));
}

function describeExitCode(code: ExitCode): NonNullable<ErrorPage["exitCode"]> {
  const names = Object.keys(ExitCode) as readonly (keyof typeof ExitCode)[];
  const name = names.find((candidate) => ExitCode[candidate] === code) ?? "Failure";
  return { code, name, means: exitCodeMeanings[name] };
}
