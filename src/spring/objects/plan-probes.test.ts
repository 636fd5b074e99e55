import { expect, test } from "vitest";
import { readApplicationProperties } from "../project/read-properties-files.ts";
import { planProbes, type ProbeInputs } from "./plan-probes.ts";

interface Probes {
  readonly startupProbe: {
    readonly exec?: { readonly command: readonly [string, ...string[]] };
    readonly httpGet?: object;
  };
  readonly readinessProbe: object;
}

function probesOf(yaml: string, changes: Partial<ProbeInputs> = {}): Probes {
  const properties = readApplicationProperties([{ path: "a.yml", text: yaml }], {
    ...{ profiles: [], env: {}, web: "servlet" },
  });
  const facts = { web: "servlet", hasActuator: true } as const;
  return planProbes({ facts, properties, waitsForStart: true, ...changes }) as unknown as Probes;
}

const withoutActuator = { facts: { web: "servlet", hasActuator: false } } as const;

test("a start that is waited for is seen by a program in the pod, the rest by the kubelet", () => {
  const { startupProbe, readinessProbe } = probesOf("server.port: 9000");
  expect(startupProbe).toMatchObject({ exec: {}, timeoutSeconds: 25, failureThreshold: 30 });
  expect(startupProbe.exec?.command.slice(3)).toEqual([
    ...["bash", "9000", "/actuator/health/readiness", "20"],
  ]);
  expect(readinessProbe).toEqual(probesOf("", { waitsForStart: false }).readinessProbe);
});

test("asks the management server where there is one, and only the port where there is no actuator", () => {
  const managed = probesOf("management.server:\n  port: 9001\n  base-path: /m");
  expect(managed.startupProbe.exec?.command.slice(4)).toEqual([
    ...["9001", "/m/actuator/health/readiness", "20"],
  ]);
  expect(probesOf("", withoutActuator).startupProbe.exec?.command.slice(4)).toEqual([
    "8080",
    "",
    "20",
  ]);
});

test("leaves TLS to the kubelet", () => {
  expect(probesOf("server.ssl.bundle: x").startupProbe).toMatchObject({
    httpGet: { path: "/actuator/health/liveness", scheme: "HTTPS" },
  });
});

test("a management server that listens inside the pod only is asked on the application's port", () => {
  const inside =
    "server.port: 9000\nmanagement:\n  server: {port: 8081, address: 127.0.0.1}\n  endpoint.health.group.readiness.additional-path: server:/ready\n";
  const { startupProbe, ...others } = probesOf(inside);
  expect(startupProbe.exec?.command.slice(4, 6)).toEqual(["9000", "/ready"]);
  expect(others).toMatchObject({
    readinessProbe: { httpGet: { path: "/ready", port: "http" } },
    livenessProbe: { httpGet: { path: "/livez", port: "http" } },
  });
});
