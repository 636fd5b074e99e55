import { warnings, type WarningCode } from "./catalog/warnings.ts";
import type { Texts } from "./catalog-entry.ts";

type FactsOf<Code extends WarningCode> =
  (typeof warnings)[Code] extends Texts<infer Facts> ? Facts : never;

/** The event that tells of something the user should know; the work goes on. */
export function warningOf<Code extends WarningCode>(
  code: Code,
  facts: FactsOf<Code>,
): {
  readonly type: "warning";
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
} {
  const { message, hint } = warnings[code] as Texts<FactsOf<Code>>;
  return { type: "warning", code, message: message(facts), hint: hint(facts) };
}
