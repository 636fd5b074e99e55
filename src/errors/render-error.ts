import type { ErrorCode } from "./catalog.ts";
import { ExitCode } from "./exit-codes.ts";
import { AnyToolError } from "./tool-error.ts";

export interface RenderOptions {
  /** "json": one object on one line, for `--progress json`. */
  readonly format: "text" | "json";
  readonly hasColour: boolean;
  /** File with all that programs printed until then. */
  readonly log?: string | undefined;
}

const ISSUES_URL = "https://github.com/airfield-dev/airfield/issues";

/** What to do about a failure that is not the catalogue's. */
export const BUG_HINT = `This is a bug in Airfield. Please report it: ${ISSUES_URL}`;

/** Their pages say no more than their messages, or another failure beside them is the one to look up. */
const SELF_EXPLANATORY: readonly ErrorCode[] = [
  "cancelled",
  "invalid-usage",
  "invalid-flag",
  "error-code-unknown",
  "prerequisites-missing",
  "applications-not-up",
];

/** The text for stderr of any failure. The one place that labels, redacts and lays out errors. */
export function renderError(error: unknown, options: RenderOptions): string {
  const text = options.format === "json" ? renderJson(error, options) : renderText(error, options);
  return `${redactSecrets(text)}\n`;
}

/** The exit code that a failure ends with. */
export function exitCodeOf(error: unknown): ExitCode {
  const [first] = failuresOf(error);
  return isTool(first) ? first.exitCode : ExitCode.Bug;
}

function renderJson(error: unknown, { log }: RenderOptions): string {
  const [first, ...others] = failuresOf(error);
  return JSON.stringify({
    type: "error",
    ...describe(first),
    ...(others.length === 0 ? {} : { others: others.map(describe) }),
    ...(log === undefined ? {} : { log }),
  });
}

function describe(failure: unknown): object {
  if (isTool(failure)) {
    const { code, message, hint, exitCode } = failure;
    return { code, message, hint, exitCode, causes: causesOf(failure) };
  }
  return {
    code: "bug",
    message: messageOf(failure),
    hint: BUG_HINT,
    exitCode: ExitCode.Bug,
    ...(failure instanceof Error && failure.stack !== undefined ? { stack: failure.stack } : {}),
  };
}

function renderText(error: unknown, { hasColour, log }: RenderOptions): string {
  const paint = (code: string, text: string) =>
    hasColour ? `\u001b[${code}m${text}\u001b[0m` : text;
  const failures = failuresOf(error);
  const texts = failures.map((failure) => {
    if (!isTool(failure)) {
      return [
        `${paint("1;31", "Bug:")} ${stackOf(failure)}`,
        `${paint("1;36", "Hint:")} This is a bug in Airfield. Please report it with the lines above: ${ISSUES_URL}`,
      ].join("\n");
    }
    const label = failure.exitCode === ExitCode.Cancelled ? "Cancelled:" : "Error:";
    return [
      `${paint("1;31", label)} ${failure.message}`,
      ...causesOf(failure).map((cause) => paint("2", `  caused by: ${cause}`)),
      `${paint("1;36", "Hint:")} ${failure.hint}`,
    ].join("\n");
  });
  const codes = codesToExplain(failures);
  return [
    texts.join("\n\n"),
    ...(codes.length === 0
      ? []
      : [`${paint("1;36", "More:")} airfield explain ${codes.join(" ")}`]),
    ...(log === undefined ? [] : [`${paint("1;36", "Log:")} ${log} has all that was printed.`]),
  ].join("\n");
}

/** Those whose pages say more than is printed already. */
function codesToExplain(failures: readonly unknown[]): readonly ErrorCode[] {
  const codes = new Set(failures.filter(isTool).map(({ code }) => code));
  return [...codes].filter((code) => !SELF_EXPLANATORY.includes(code));
}

/** An AggregateError is the list of its failures; a bug among them does not hide what the user can mend. */
function failuresOf(error: unknown): readonly unknown[] {
  if (!(error instanceof AggregateError) || error.errors.length === 0) return [error];
  const all = error.errors.flatMap(failuresOf);
  return [...all.filter(isTool), ...all.filter((failure) => !isTool(failure))];
}

function isTool(failure: unknown): failure is AnyToolError {
  return failure instanceof AnyToolError;
}

const MOST_CAUSES = 3;
const LONGEST_CAUSE = 300;

/** The first lines of the causes below, without those that the message above them says already. */
function causesOf(error: Error): readonly string[] {
  const causes: string[] = [];
  let said = error.message;
  let cause = error.cause;
  const seen = new Set<unknown>([error]);
  while (cause !== undefined && cause !== null && !seen.has(cause) && causes.length < MOST_CAUSES) {
    seen.add(cause);
    const text = messageOf(cause).split("\n")[0]?.slice(0, LONGEST_CAUSE) ?? "";
    if (text !== "" && !said.includes(text)) causes.push(text);
    said += `\n${text}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message || failure.name : String(failure);
}

function stackOf(failure: unknown): string {
  if (!(failure instanceof Error)) return messageOf(failure);
  const cause =
    failure.cause === undefined || failure.cause === null
      ? ""
      : `\ncaused by: ${stackOf(failure.cause)}`;
  return `${failure.stack ?? messageOf(failure)}${cause}`;
}

/** Passwords in URLs, values of auth headers and fields, bootstrap tokens: never shown, wherever they came from. */
export function redactSecrets(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]*@/gi, "$1***@")
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, "$1 ***")
    .replace(
      /(\\?["']?(?:auth|password|passwd|secret|identitytoken|registrytoken|client-key-data)\\?["']?\s*[:=]\s*)(\\?["'])[^"'\\]+\2/gi,
      "$1$2***$2",
    )
    .replace(/(--(?:token|password)[= ]|\b(?:token|password)=)[^\s"']+/gi, "$1***")
    .replace(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, "***");
}
