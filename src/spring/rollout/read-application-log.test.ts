import { expect, test } from "vitest";
import { readApplicationLog, readPodEvents } from "./read-application-log.ts";

test("shows Spring Boot's own report when there is one", () => {
  const log = `Picked up JAVA_TOOL_OPTIONS: -Xmx1m
2026 INFO starting

***************************
APPLICATION FAILED TO START
***************************

Description:

Web server failed to start. Port 8080 was already in use.
`;
  expect(readApplicationLog(log)).toEqual([
    "APPLICATION FAILED TO START",
    "Description:",
    "Web server failed to start. Port 8080 was already in use.",
  ]);
});

test("shows the causes of an exception without its stack", () => {
  const log = `2026 INFO starting
2026-01-01 ERROR 1 --- [main] o.s.boot.SpringApplication : Application run failed
java.lang.IllegalStateException: outer
\tat a.b.C.d(C.java:1)
Caused by: java.net.UnknownHostException: db
\tat a.b.C.d(C.java:1)
`;
  expect(readApplicationLog(log)).toEqual([
    "2026-01-01 ERROR 1 --- [main] o.s.boot.SpringApplication : Application run failed",
    "java.lang.IllegalStateException: outer",
    "Caused by: java.net.UnknownHostException: db",
  ]);
});

test("shows the whole message of an exception, which may have no name and many lines", () => {
  const log = `19:43:04.151 [main] ERROR org.springframework.boot.SpringApplication -- Application run failed
while parsing a flow node
 in 'reader', line 3, column 1:

    ^
expected the node content, but found '<stream end>'

\tat org.yaml.snakeyaml.parser.ParserImpl.parseNode(ParserImpl.java:515)
Caused by: a.b.FirstException: one
and more of it
\t... 12 more
10:00 ERROR the queue failed
10:01 INFO going on
`;
  expect(readApplicationLog(log)).toEqual([
    "19:43:04.151 [main] ERROR org.springframework.boot.SpringApplication -- Application run failed",
    "while parsing a flow node",
    " in 'reader', line 3, column 1:",
    "expected the node content, but found '<stream end>'",
    "Caused by: a.b.FirstException: one",
    "and more of it",
    "10:00 ERROR the queue failed",
  ]);
});

test("shows the end otherwise, without the banner", () => {
  const log = ` =========|_|==============|___/=/_/_/_/
 :: Spring Boot ::               (v3.5.16)

${Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n")}`;
  const lines = readApplicationLog(log);
  expect(lines).toHaveLength(25);
  expect(lines.at(-1)).toBe("line 39");
  expect(readApplicationLog(" :: Spring Boot ::\nonly line")).toEqual(["only line"]);
});

test("tells a pod's warnings, each once, in their order", () => {
  const items = [
    { type: "Warning", reason: "BackOff", message: "later", lastTimestamp: "2", count: 3 },
    { type: "Normal", reason: "Pulled", message: "fine", lastTimestamp: "1" },
    {
      type: "Warning",
      reason: "Unhealthy",
      message: "sooner\n",
      lastTimestamp: null,
      eventTime: "1",
    },
  ];
  expect(readPodEvents(items)).toEqual(["Unhealthy: sooner", "BackOff: later (3 times)"]);
  expect(readPodEvents(items.slice(1, 2))).toEqual(["Pulled: fine"]);
  expect(readPodEvents([])).toEqual([]);
});
