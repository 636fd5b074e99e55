import { expect, test } from "vitest";
import { diagnoseUnready, hasStarted, type UnreadyPod } from "./diagnose-unready.ts";

const STARTED =
  "2026-01-01 INFO 1 --- [main] com.acme.App : Started App in 3.2 seconds (process running for 4)";
const HEALTH = "/actuator/health/readiness";

function aPod({
  ports = [{ name: "http", containerPort: 8080 }],
  readinessProbe = { httpGet: { path: HEALTH, port: "http" } },
  open = [],
  ...changes
}: Partial<Omit<UnreadyPod, "deployment" | "listeners">> & {
  readonly ports?: readonly object[];
  readonly readinessProbe?: unknown;
  /** A text: on the loopback only. */
  readonly open?: readonly (number | string)[] | "unknown";
} = {}): UnreadyPod {
  return {
    deployment: { spec: { template: { spec: { containers: [{ ports, readinessProbe }] } } } },
    listeners:
      open === "unknown"
        ? undefined
        : open.map((port) => ({ port: Number(port), isLoopback: typeof port === "string" })),
    events: [],
    log: STARTED,
    podAddress: "10.244.0.5",
    ...changes,
  };
}

const management = {
  ports: [
    { name: "http", containerPort: 8080 },
    { name: "management", containerPort: 9001 },
  ],
  readinessProbe: { httpGet: { path: HEALTH, port: "management" } },
};
const probe = (text: string) => [`Unhealthy: Startup probe failed: ${text}`];
const env = (line: string) => `\n    env:\n      ${line}\n`;

test.each([
  [
    "a port set in code",
    aPod({ open: [8083] }),
    "it listens on 8083, and the probes ask 8080",
    'SERVER_PORT: "8083"',
  ],
  [
    "only a port that takes connections",
    aPod({ open: [8083], readinessProbe: { tcpSocket: { port: "http" } } }),
    "it listens on 8083, and the probes ask 8080",
    'SERVER_PORT: "8083"',
  ],
  [
    "several ports, of which the server's is told in the log",
    aPod({
      open: [5005, 8083, 9090],
      log: `Tomcat started on port 8083 (http) with context path '/'\n${STARTED}`,
    }),
    "it listens on 8083, 5005 and 9090, and the probes ask 8080",
    'SERVER_PORT: "8083"',
  ],
  [
    "a reactive server of Spring Boot 2",
    aPod({ open: [7000, 8083], log: `Netty started on port(s): 8083\n${STARTED}` }),
    "it listens on 8083 and 7000, and the probes ask 8080",
    'SERVER_PORT: "8083"',
  ],
  [
    "a management port that is not there",
    aPod({ ...management, open: [8080] }),
    "it listens on 8080, and the probes ask 9001",
    'MANAGEMENT_SERVER_PORT: "8080"',
  ],
  [
    "the loopback",
    aPod({ open: ["8080"] }),
    "it listens on port 8080 of 127.0.0.1 only, where neither probes nor other pods reach it",
    'SERVER_ADDRESS: "0.0.0.0"',
  ],
  [
    "the loopback of an IPv6 pod",
    aPod({ open: ["8080"], podAddress: "fd00::5" }),
    "it listens on port 8080 of 127.0.0.1 only, where neither probes nor other pods reach it",
    'SERVER_ADDRESS: "::"',
  ],
  [
    "a management address",
    aPod({ ...management, open: [8080, "9001"] }),
    "it listens on port 9001 of 127.0.0.1 only, where neither probes nor other pods reach it",
    'MANAGEMENT_SERVER_ADDRESS: "0.0.0.0"',
  ],
  [
    "credentials",
    aPod({ open: [8080], events: probe("HTTP probe failed with statuscode: 401") }),
    `its health endpoint asks for credentials: ${HEALTH} on port 8080 answers 401`,
    '.requestMatchers("/actuator/health/**").permitAll()',
  ],
  [
    "rights",
    aPod({ open: [8080], events: probe("HTTP probe failed with statuscode: 403") }),
    `its health endpoint asks for credentials: ${HEALTH} on port 8080 answers 403`,
    'MANAGEMENT_ENDPOINT_HEALTH_ENABLED: "false"',
  ],
  [
    "a path set in code, on a cluster whose nodes cannot be asked",
    aPod({ open: "unknown", events: probe("HTTP probe failed with statuscode: 404") }),
    `it has no health endpoint where the probes ask: ${HEALTH} on port 8080 answers 404`,
    "server.servlet.context-path",
  ],
  [
    "TLS that is not used",
    aPod({
      open: [8080],
      events: probe(
        'Get "https://10.0.0.5:8080/": http: server gave HTTP response to HTTPS client',
      ),
    }),
    "it speaks HTTP on port 8080, and the probes ask by HTTPS",
    'SERVER_SSL_ENABLED: "false"',
  ],
  [
    "a port, on a cluster whose nodes cannot be asked",
    aPod({ open: "unknown", events: probe("dial tcp 10.0.0.5:8080: connect: connection refused") }),
    "it has started, and does not accept connections on port 8080, which the probes ask",
    'SERVER_PORT: "PORT"',
  ],
])("says the reason and the lines to write: %s", (_, pod, reason, remedy) => {
  const diagnosis = diagnoseUnready(pod);
  expect(diagnosis?.reason).toBe(reason);
  expect(diagnosis?.remedy).toContain(remedy);
});

test("the lines stand as they are to be written", () => {
  expect(diagnoseUnready(aPod({ open: [8083] }))?.remedy).toBe(
    `server.port has to say where it listens. In airfield.yaml, at the application:${env('SERVER_PORT: "8083"')}or for one time: airfield up -e SERVER_PORT=8083`,
  );
});

test.each([
  ["it listens where it is asked", aPod({ open: [8080, 9090] })],
  ["it listens on nothing yet", aPod({ open: [] })],
  [
    "it is down for now",
    aPod({ open: [8080], events: probe("HTTP probe failed with statuscode: 503") }),
  ],
  [
    "a probe failed before, and another one fails in another way now",
    aPod({
      open: [8080],
      events: [
        ...probe("HTTP probe failed with statuscode: 404"),
        ...probe("HTTP probe failed with statuscode: 503"),
      ],
    }),
  ],
  [
    "it may still start",
    aPod({ open: "unknown", log: "Starting App", events: probe("connection refused") }),
  ],
  ["nothing probes it", aPod({ open: [9090], readinessProbe: null })],
  ["a program probes it", aPod({ open: [9090], readinessProbe: { exec: { command: ["true"] } } })],
])("is silent where nothing is certain: %s", (_, pod) => {
  expect(diagnoseUnready(pod)).toBeUndefined();
});

test.each([
  [STARTED, true],
  ["Started Application in 0,9 seconds", true],
  ['{"message":"Started App in 12.345 seconds (process running for 13)"}', true],
  ["Started ServerConnector@1{HTTP/1.1}", false],
  ["Starting App using Java 17", false],
])("%s: started is %s", (log, expected) => {
  expect(hasStarted(log)).toBe(expected);
});
