import { expect, test } from "vitest";
import { readStatement, shortLogger, statementText } from "./log-statement.ts";

const boot = (rest: string) => `2026-11-29T19:00:00.123Z  WARN 1 --- ${rest}`;

test.each([
  ["without a name", boot("[           main] d.a.e.ShopController                   : Started: x")],
  ["with a name", boot("[shop] [nio-8080-exec-1] d.a.e.ShopController : Started: x")],
  ["with a trace's id", boot("[shop] [main] [6a9f-1b] d.a.e.ShopController : Started: x")],
])("Spring Boot's own pattern, %s", (_, line) => {
  expect(readStatement(line)).toEqual({
    ...{ format: "spring-boot", level: "warn", time: "2026-11-29T19:00:00.123Z" },
    ...{ logger: "d.a.e.ShopController", message: "Started: x" },
  });
});

test("Spring Boot's pattern of before 3.0, and an offset", () => {
  const { time, level } = readStatement("2026-11-29 19:00:00.123  INFO 1 --- [main] a.B : x");
  expect([time, level]).toEqual(["2026-11-29 19:00:00.123", "info"]);
  const offset = readStatement("2026-11-29T19:00:00.123+01:00 ERROR 1 --- [main] a.B : ");
  expect(offset).toMatchObject({ format: "spring-boot", level: "error", message: "" });
});

test("logback's pattern without any configuration", () => {
  expect(readStatement("19:00:00.123 [main] DEBUG dev.airfield.Shop -- no stock")).toEqual({
    ...{ format: "logback", level: "debug", time: "19:00:00.123" },
    ...{ logger: "dev.airfield.Shop", message: "no stock" },
  });
});

const trace = "java.lang.IllegalStateException: none\n\tat a.B.c(B.java:1)\n";
test.each([
  [
    "logstash",
    {
      ...{ "@timestamp": "2026-11-29T19:00:00Z", "@version": "1", message: "no stock" },
      ...{ logger_name: "a.B", level: "ERROR", level_value: 40000, stack_trace: trace },
    },
  ],
  [
    "ECS, nested",
    {
      ...{ "@timestamp": "2026-11-29T19:00:00Z", log: { level: "ERROR", logger: "a.B" } },
      ...{ message: "no stock", error: { type: "x", stack_trace: trace } },
    },
  ],
  [
    "ECS, with dots",
    {
      ...{ "@timestamp": "2026-11-29T19:00:00Z", "log.level": "ERROR", "log.logger": "a.B" },
      ...{ message: "no stock", "error.stack_trace": trace },
    },
  ],
  [
    "GELF",
    {
      ...{ version: "1.1", short_message: "no stock", timestamp: 1795978800, level: 3 },
      ...{ _level_name: "ERROR", _log_logger: "a.B", _error_stack_trace: trace },
      full_message: `no stock\n\n${trace}`,
    },
  ],
])("JSON: %s", (_, fields) => {
  const { time, ...statement } = readStatement(JSON.stringify(fields));
  expect(statement).toEqual({
    ...{ format: "json", level: "error", logger: "a.B", message: "no stock" },
    trace: ["java.lang.IllegalStateException: none", "\tat a.B.c(B.java:1)"],
  });
  expect(time === undefined ? Number.NaN : Date.parse(time)).toBe(1795978800_000);
  expect(statementText(readStatement(JSON.stringify(fields)))).toBe("ERROR a.B: no stock");
});

test.each([
  ["Nov 29 19:00:00 host app[1]: WARNING: low", "warn"],
  ["SEVERE: Servlet threw", "error"],
  ["Started without an INFORMATION", undefined],
  [`${"x".repeat(90)} ERROR late`, undefined],
  ["    at a.ERROR.b(ERROR.java:1)", undefined],
  ["{ no json ERROR", "error"],
  ['{"level":"ERROR"}', "error"],
  ["[1, 2]", undefined],
  ["", undefined],
])("any other line is plain: %j", (line, level) => {
  expect(readStatement(line)).toEqual({
    ...{ format: "plain", message: line },
    ...(level === undefined ? {} : { level }),
  });
  expect(statementText(readStatement(line))).toContain(line);
});

test("loggers are shortened as Spring Boot does", () => {
  expect(shortLogger("dev.airfield.example.ShopController")).toBe("d.a.e.ShopController");
  expect(shortLogger("Shop")).toBe("Shop");
});
