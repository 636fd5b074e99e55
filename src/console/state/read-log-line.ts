export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

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

// "\tat dev.airfield.UserController.find(UserController.java:31) ~[classes/:na]"
const FRAME = /^\s+at (?:[\w.$-]+@?[\w.]*\/{1,2})?([\w.$]+)\.[\w$<>]+\(/;
const MORE = /^\s*\.\.\. \d+ (?:more|common frames omitted)/;
const EXCEPTION = /^(?:Caused by: |Suppressed: |\s*Wrapped by: )?[\w.$]+(?:Exception|Error)(?::|$)/;
/** Spring Boot's own pattern, and whatever has its level among the first words. */
const LEVEL = /\b(TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|SEVERE)\b/;
const LEVEL_WITHIN = 80;

const libraries =
  /^(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|scala|groovy|org\.(?:springframework|apache|hibernate|eclipse|junit|slf4j|postgresql|aspectj)|ch\.qos|com\.(?:zaxxer|fasterxml|mysql|mongodb|google|rabbitmq)|io\.(?:netty|micrometer|lettuce|projectreactor|undertow)|reactor|tools\.jackson|net\.bytebuddy|oracle|redis\.clients)\./;

export function readLogLine(raw: string): ReadLine {
  const json = raw.startsWith("{") ? readJson(raw) : undefined;
  if (json !== undefined) return json;
  const frame = FRAME.exec(raw);
  const isFrame = frame !== null || MORE.test(raw);
  const level = isFrame ? undefined : levelOf(LEVEL.exec(raw.slice(0, LEVEL_WITHIN))?.[1]);
  return {
    text: raw,
    ...(level === undefined ? {} : { level }),
    isFrame,
    isOwnFrame: frame !== null && !libraries.test(`${frame[1] ?? ""}.`),
    isException: EXCEPTION.test(raw),
    isJson: false,
  };
}

/** logstash, ECS and GELF, which Spring Boot writes: https://docs.spring.io/spring-boot/reference/features/logging.html */
function readJson(raw: string): ReadLine | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(raw);
  } catch {
    return undefined;
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) return undefined;
  const text = (...names: readonly string[]) => {
    for (const name of names) {
      const value = valueAt(fields, name);
      if (typeof value === "string" && value !== "") return value;
    }
    return undefined;
  };
  const message = text("message", "short_message", "msg");
  if (message === undefined) return undefined;
  const word = text("level", "log.level", "_level_name", "severity");
  const level = levelOf(word?.toUpperCase());
  const logger = text("logger_name", "log.logger", "_logger_name", "logger");
  const trace = text("stack_trace", "error.stack_trace", "_stack_trace", "full_message");
  const cause = trace?.split("\n", 1)[0];
  const shownLogger = logger === undefined ? "" : `${shortLogger(logger)}: `;
  return {
    text: `${(word ?? "").toUpperCase().padStart(5)} ${shownLogger}${message}${cause === undefined || message.includes(cause) ? "" : ` [${cause}]`}`,
    ...(level === undefined ? {} : { level }),
    isFrame: false,
    isOwnFrame: false,
    isException: false,
    isJson: true,
  };
}

/** ECS nests what others write with a dot. */
function valueAt(fields: object, name: string): unknown {
  const whole: unknown = Reflect.get(fields, name);
  if (whole !== undefined) return whole;
  return name.split(".").reduce<unknown>((found, part) => {
    return typeof found === "object" && found !== null ? Reflect.get(found, part) : undefined;
  }, fields);
}

/** "dev.airfield.example.UserController" → "d.a.e.UserController" */
function shortLogger(logger: string): string {
  const parts = logger.split(".");
  return [...parts.slice(0, -1).map((part) => part.charAt(0)), parts.at(-1) ?? ""].join(".");
}

function levelOf(word: string | undefined): LogLevel | undefined {
  switch (word) {
    case "TRACE":
      return "trace";
    case "DEBUG":
      return "debug";
    case "INFO":
      return "info";
    case "WARN":
    case "WARNING":
      return "warn";
    case "ERROR":
    case "FATAL":
    case "SEVERE":
      return "error";
    default:
      return undefined;
  }
}
