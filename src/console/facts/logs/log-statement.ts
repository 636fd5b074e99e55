import { fieldOf, isRecord } from "../json-fields.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** What a line of a log says, as far as it can be told. */
export interface LogStatement {
  readonly format: "spring-boot" | "logback" | "json" | "plain";
  readonly level?: LogLevel;
  /** As the application wrote it; of JSON in ISO 8601. */
  readonly time?: string;
  readonly logger?: string;
  readonly message: string;
  /** Lines of the stack trace that came with it in one line of JSON. */
  readonly trace?: readonly string[];
}

/** `2026-11-29T19:00:00.123Z  INFO 1 --- [shop] [main] d.a.e.ShopController   : message`: https://docs.spring.io/spring-boot/reference/features/logging.html#features.logging.log-format */
const SPRING_BOOT =
  /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d+(?:Z|[+-]\d\d:?\d\d)?)\s+([A-Z]+)\s+(?:\d+\s+)?---\s+(?:\[.*?\]\s*)+(\S+)\s*: (.*)$/s;
/** `19:00:00.123 [main] INFO  dev.airfield.Shop -- message`, without any configuration: https://logback.qos.ch/manual/configuration.html */
const LOGBACK = /^(\d\d:\d\d:\d\d[.,]\d{3}) \[.*?\] ([A-Z]+)\s+(\S+) --? (.*)$/s;
const LEVEL = /\b(TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|SEVERE)\b/;
/** A level that comes later is a word of the message. */
const LEVEL_WITHIN = 80;

export function readStatement(line: string): LogStatement {
  const json = line.startsWith("{") ? parsed(line) : undefined;
  const statement = json === undefined ? undefined : ofJson(json);
  if (statement !== undefined) return statement;
  const [, time, level, logger, message] = SPRING_BOOT.exec(line) ?? [];
  if (time !== undefined && logger !== undefined && message !== undefined) {
    return { format: "spring-boot", time, logger, message, ...levelIn(level) };
  }
  const [, hour, word, name, text] = LOGBACK.exec(line) ?? [];
  if (hour !== undefined && name !== undefined && text !== undefined) {
    return { format: "logback", time: hour, logger: name, message: text, ...levelIn(word) };
  }
  // A frame, or the head of a stack trace, belongs to the statement before it.
  const isTrace = /^\s/.test(line);
  const found = isTrace ? undefined : LEVEL.exec(line.slice(0, LEVEL_WITHIN))?.[1];
  return { format: "plain", message: line, ...levelIn(found) };
}

/** A statement as one line: "ERROR d.a.e.ShopController: message". */
export function statementText({ level, logger, message }: LogStatement): string {
  return [
    ...(level === undefined ? [] : [level.toUpperCase().padStart(5)]),
    ...(logger === undefined ? [message] : [`${shortLogger(logger)}: ${message}`]),
  ].join(" ");
}

/** "dev.airfield.example.ShopController" → "d.a.e.ShopController" */
export function shortLogger(logger: string): string {
  const parts = logger.split(".");
  return [...parts.slice(0, -1).map((part) => part.charAt(0)), parts.at(-1) ?? ""].join(".");
}

/**
 * ECS, GELF and Logstash as Spring Boot writes them, and what is much like them:
 * https://docs.spring.io/spring-boot/reference/features/logging.html#features.logging.structured
 */
function ofJson(fields: Readonly<Record<string, unknown>>): LogStatement | undefined {
  const message = textIn(fields, ["message", "short_message", "msg"]);
  if (message === undefined) return undefined;
  const level = levelIn(
    textIn(fields, ["log.level", "_level_name", "level", "severity", "level_name"]),
  );
  const logger = textIn(fields, [
    "logger_name",
    "log.logger",
    "_log_logger",
    "_logger_name",
    "logger",
  ]);
  const trace = textIn(fields, [
    ...["error.stack_trace", "_error_stack_trace", "stack_trace", "exception"],
  ]);
  const time = timeIn(fields);
  return {
    format: "json",
    ...level,
    ...(time === undefined ? {} : { time }),
    ...(logger === undefined ? {} : { logger }),
    message: message.replace(/\s+$/, ""),
    ...(trace === undefined ? {} : { trace: trace.replace(/\s+$/, "").split(/\r?\n/) }),
  };
}

function timeIn(fields: Readonly<Record<string, unknown>>): string | undefined {
  // GELF: seconds since 1970.
  const seconds = fields["timestamp"];
  if (typeof seconds === "number" && seconds < 1e11) return new Date(seconds * 1000).toISOString();
  return textIn(fields, ["@timestamp", "timestamp", "time"]);
}

function textIn(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string | undefined {
  for (const name of names) {
    // ECS nests what others write with a dot.
    const value = fields[name] ?? fieldOf(fields, ...name.split("."));
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

function levelIn(word: string | undefined): { readonly level?: LogLevel } {
  const level = word === undefined ? undefined : levels[word.toUpperCase()];
  return level === undefined ? {} : { level };
}

const levels: Readonly<Record<string, LogLevel>> = {
  ...{ TRACE: "trace", DEBUG: "debug", INFO: "info", NOTICE: "info" },
  ...{ WARN: "warn", WARNING: "warn", ERROR: "error", SEVERE: "error", FATAL: "error" },
};

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
