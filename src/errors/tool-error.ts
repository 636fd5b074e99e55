import { catalog, type ErrorCode, type FactsOf } from "./catalog.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import type { ExitCode } from "./exit-codes.ts";

/**
 * A failure from the catalogue: something the user can understand and act on. Anything else is a bug. `instanceof`
 * narrows to this class, {@link isToolError} to the error of one code with its facts.
 */
export abstract class AnyToolError extends Error {
  abstract readonly code: ErrorCode;
  abstract readonly hint: string;
  abstract readonly exitCode: ExitCode;
}

/** The failure of one code. */
export class ToolError<Code extends ErrorCode = ErrorCode> extends AnyToolError {
  override readonly name = "ToolError";
  readonly code: Code;
  readonly facts: FactsOf<Code>;
  readonly hint: string;
  readonly exitCode: ExitCode;

  /** @param options.cause the failure underneath, always passed on when there is one */
  constructor(code: Code, facts: FactsOf<Code>, options: { readonly cause?: unknown } = {}) {
    const { message, hint, exitCode } = catalog[code] as CatalogEntry<FactsOf<Code>>;
    super(message(facts), options);
    this.code = code;
    this.facts = facts;
    this.hint = hint(facts);
    this.exitCode = exitCode;
  }
}

/** The code of an error of the catalogue; undefined for any other failure. */
export function errorCodeOf(error: unknown): ErrorCode | undefined {
  return error instanceof AnyToolError ? error.code : undefined;
}

/** Whether `error` is the catalogue's error of that code. */
export function isToolError<Code extends ErrorCode>(
  error: unknown,
  code: Code,
): error is ToolError<Code> {
  return error instanceof ToolError && error.code === code;
}
