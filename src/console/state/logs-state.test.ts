import { expect, test } from "vitest";
import type { LogLine } from "../model/events.ts";
import { addLogLines, openLogs, shownLines, type LogsState } from "./logs-state.ts";
import { readLogLine } from "./read-log-line.ts";

const opened = openLogs(
  { of: { kind: "Application", name: "orders", namespace: "default", uid: "x" }, previous: false },
  "orders",
);

function at(second: number, text: string, stream = "default/orders-1/application"): LogLine {
  return { stream, text, at: `2026-11-29T18:00:${String(second).padStart(2, "0")}.000Z` };
}

function withLines(lines: readonly LogLine[], change: Partial<LogsState> = {}): LogsState {
  return { ...addLogLines(opened, lines), ...change };
}

const texts = (logs: LogsState) =>
  shownLines(logs).map((each) =>
    each.type === "line"
      ? each.line.text
      : each.type === "gap"
        ? "…"
        : `[${each.type} ${each.count}]`,
  );

test("lines of several pods stand in the order of their times", () => {
  const logs = addLogLines(withLines([at(1, "a"), at(3, "c")]), [
    at(2, "b", "default/orders-2/application"),
  ]);
  expect(texts(logs)).toEqual(["a", "b", "c"]);
});

test("what is dropped is counted and said", () => {
  const many = Array.from({ length: 6000 }, (_, index) => at(1, `${index}`));
  const logs = withLines(many);
  expect(logs.dropped).toBe(1000);
  expect(texts(logs).slice(0, 2)).toEqual(["[skipped 1000]", "1000"]);
});

test("what could not be kept on the way is said at its place", () => {
  const logs = withLines([at(1, "a"), { ...at(2, "b"), skipped: 1204 }]);
  expect(texts(logs)).toEqual(["a", "[skipped 1204]", "b"]);
});

const trace = [
  at(1, "2026 ERROR 1 --- o.a.Servlet : failed"),
  at(1, "java.lang.IllegalStateException: no user"),
  at(1, "\tat dev.airfield.UserController.find(UserController.java:31)"),
  at(1, "\tat org.springframework.web.Servlet.service(Servlet.java:900)"),
  at(1, "\tat java.base/java.lang.Thread.run(Thread.java:840)"),
  at(2, "2026  INFO 1 --- d.a.User : next"),
];

test("frames of libraries are folded, the project's own stay", () => {
  expect(texts(withLines(trace))).toEqual([
    "2026 ERROR 1 --- o.a.Servlet : failed",
    "java.lang.IllegalStateException: no user",
    "\tat dev.airfield.UserController.find(UserController.java:31)",
    "[folded 2]",
    "2026  INFO 1 --- d.a.User : next",
  ]);
  expect(texts(withLines(trace, { foldsTraces: false }))).toHaveLength(6);
});

test("a level keeps what belongs to its lines", () => {
  expect(texts(withLines(trace, { level: "error", foldsTraces: false }))).toHaveLength(5);
});

test("only matches are shown with what is around them", () => {
  const lines = Array.from({ length: 20 }, (_, index) =>
    at(1, index === 10 ? "needle" : `${index}`),
  );
  const logs = withLines(lines, { search: "needle", onlyMatches: true });
  expect(texts(logs)).toEqual(["7", "8", "9", "needle", "11", "12", "13"]);
});

test("what is looked at stays while lines come below it", () => {
  const before = withLines([at(1, "a"), at(1, "b")], { isFollowing: false, fromEnd: 1 });
  expect(addLogLines(before, [at(2, "c"), at(3, "d")]).fromEnd).toBe(3);
});

test.each([
  [
    "logstash",
    '{"@timestamp":"x","level":"WARN","logger_name":"dev.airfield.User","message":"slow"}',
    " WARN d.a.User: slow",
    "warn",
  ],
  [
    "ECS",
    '{"log":{"level":"ERROR","logger":"a.B"},"message":"no","error":{"stack_trace":"E: why\\n\\tat x"}}',
    "ERROR a.B: no [E: why]",
    "error",
  ],
  [
    "GELF",
    '{"short_message":"hello","_level_name":"INFO","_logger_name":"a.b.C"}',
    " INFO a.b.C: hello",
    "info",
  ],
])("JSON of %s is read as text", (_, raw, text, level) => {
  expect(readLogLine(raw)).toMatchObject({ text, level, isJson: true });
});

test("JSON that is no log, and text that only looks so, stay as they are", () => {
  for (const raw of ['{"a":1}', "{not json", "[]"]) expect(readLogLine(raw).text).toBe(raw);
});
