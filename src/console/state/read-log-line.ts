import { type LogLevel, readStatement, statementText } from "../facts/logs/log-statement.ts";
import { traceRoleOf } from "../facts/logs/stack-trace.ts";

/** What a line of a log says, as far as it can be told. */
export interface ReadLine {
  /** As it is read: of JSON its level, logger and message. */
  readonly text: string;
  readonly level?: LogLevel;
  /** A line "at …" of a stack trace. */
  readonly isFrame: boolean;
  /** A frame of none of the well-known libraries: most likely the project's own. */
  readonly isOwnFrame: boolean;
  /** "Caused by: …", "java.lang.…Exception: …" */
  readonly isException: boolean;
  readonly isJson: boolean;
}

export function readLogLine(raw: string): ReadLine {
  const statement = readStatement(raw);
  const { format, level, message, trace } = statement;
  const isJson = format === "json";
  const role = isJson ? undefined : traceRoleOf(raw);
  const cause = trace?.[0];
  const ending = cause === undefined || message.includes(cause) ? "" : ` [${cause}]`;
  return {
    text: isJson ? `${statementText(statement)}${ending}` : raw,
    ...(level === undefined ? {} : { level }),
    isFrame: role === "own-frame" || role === "library-frame" || role === "omitted",
    isOwnFrame: role === "own-frame",
    isException: role === "exception" || role === "cause",
    isJson,
  };
}
