import { expect, test } from "vitest";
import { readApplicationProperties } from "./application-properties.ts";
import { planManifests, type ManifestInputs } from "./plan-manifests.ts";

function inputs(
  changes: Partial<Omit<ManifestInputs, "config">> & {
    readonly config?: Partial<ManifestInputs["config"]>;
    readonly yaml?: string;
  } = {},
): ManifestInputs {
  const { config, yaml = "", ...rest } = changes;
  const facts = rest.facts ?? { springBootVersion: "3.5.16", web: "servlet", hasActuator: true };
  const properties = readApplicationProperties([{ path: "a.yml", text: yaml }], {
    profiles: [],
    env: {},
    web: facts.web,
  });
  return {
    name: "user-service",
    config: {
      namespace: "default",
      profiles: ["k8s"],
      replicas: 2,
      env: { GREETING: "hello" },
      resources: { requests: { cpu: "100m" }, limits: { memory: "512Mi" } },
      ...config,
    },
    image: "airfield.internal/user-service:1",
    imageId: "sha256:1",
    isOwnImage: false,
    facts,
    properties,
    projectDir: "/app",
    version: "1.0.0",
    ...rest,
  };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly [key: string]: unknown;
}

function podOf(plan: ManifestInputs): Record<string, unknown> & { containers: [Container] } {
  const template = planManifests(plan)[0]?.spec?.["template"] as { spec: unknown };
  return template.spec as Record<string, unknown> & { containers: [Container] };
}

const containerOf = (plan: ManifestInputs) => podOf(plan).containers[0];
const envOf = (plan: ManifestInputs) =>
  Object.fromEntries(containerOf(plan).env.map(({ name, value }) => [name, value]));

test("plans a Deployment and a Service", () => {
  expect(planManifests(inputs())).toMatchSnapshot();
});

test("gives both the same hash, which changes with anything that is applied", () => {
  const hashOf = (plan: ManifestInputs) =>
    planManifests(plan).map(({ metadata }) => metadata.annotations?.["airfield.dev/manifest-hash"]);
  const [deployment, service] = hashOf(inputs());
  expect(deployment).toBe(service);
  expect(hashOf(inputs())).toEqual([deployment, service]);
  expect(hashOf(inputs({ projectDir: "/elsewhere" }))).toEqual([deployment, service]);
  expect(hashOf(inputs({ imageId: "sha256:2" }))[0]).not.toBe(deployment);
  expect(hashOf(inputs({ config: { replicas: 3 } }))[0]).not.toBe(deployment);
});

test("scaling does not touch the pods", () => {
  expect(podOf(inputs({ config: { replicas: 1 } }))).toEqual(podOf(inputs()));
});

test("probes the management port and its paths", () => {
  const yaml = "management.server:\n  port: 9001\n  base-path: /m\nmanagement.server.ssl.bundle: x";
  expect(containerOf(inputs({ yaml }))).toMatchObject({
    ports: [
      { name: "http", containerPort: 8080 },
      { name: "management", containerPort: 9001 },
    ],
    readinessProbe: {
      httpGet: { path: "/m/actuator/health/readiness", port: "management", scheme: "HTTPS" },
    },
  });
});

test("only looks at the port when there is no health endpoint", () => {
  const facts = { springBootVersion: "3.5.16", web: "servlet", hasActuator: false } as const;
  const tcp = { tcpSocket: { port: "http" } };
  for (const plan of [inputs({ facts }), inputs({ yaml: "management.server.port: -1" })]) {
    expect(containerOf(plan)).toMatchObject({
      startupProbe: tcp,
      readinessProbe: tcp,
      livenessProbe: tcp,
    });
    expect(envOf(plan)).not.toHaveProperty("MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED");
  }
});

test("an application that listens nowhere gets neither probes nor a Service", () => {
  const facts = { springBootVersion: "3.5.16", web: "none", hasActuator: true } as const;
  const plan = inputs({ facts });
  expect(planManifests(plan).map(({ kind }) => kind)).toEqual(["Deployment"]);
  expect(planManifests(plan)[0]?.spec).toMatchObject({ minReadySeconds: 10 });
  expect(containerOf(plan)).not.toHaveProperty("startupProbe");
  expect(containerOf(plan)).not.toHaveProperty("ports");
});

test("sets the port when it cannot be known, and otherwise leaves it to the application", () => {
  expect(envOf(inputs({ yaml: "server.port: 0" }))["SERVER_PORT"]).toBe("8080");
  const known = inputs({ yaml: "server.port: 9090" });
  expect(envOf(known)).not.toHaveProperty("SERVER_PORT");
  expect(containerOf(known)["ports"]).toEqual([{ name: "http", containerPort: 9090 }]);
});

test("lets the user's environment win", () => {
  const env = { JAVA_TOOL_OPTIONS: "-Xmx64m", SPRING_PROFILES_ACTIVE: "mine" };
  expect(envOf(inputs({ config: { env } }))).toMatchObject(env);
});

test.each([
  ["3.3.5", "", "graceful"],
  ["3.3.5", "server.shutdown: immediate", undefined],
  ["3.4.0", "", undefined],
  ["4.1.0", "", undefined],
])("Spring Boot %s with %j gets SERVER_SHUTDOWN=%s", (springBootVersion, yaml, expected) => {
  const facts = { springBootVersion, web: "servlet", hasActuator: true } as const;
  expect(envOf(inputs({ facts, yaml }))["SERVER_SHUTDOWN"]).toBe(expected);
});

test("gives the application time to end its work", () => {
  const yaml = "spring.lifecycle.timeout-per-shutdown-phase: 60s";
  expect(podOf(inputs({ yaml }))["terminationGracePeriodSeconds"]).toBe(70);
});

test("leaves the user of an own image alone", () => {
  const plan = inputs({ isOwnImage: true });
  expect(podOf(plan)).not.toHaveProperty("securityContext");
  expect(containerOf(plan)).not.toHaveProperty("securityContext");
});

test("lets an ordinary user listen on a low port", () => {
  expect(podOf(inputs({ yaml: "server.port: 80" }))["securityContext"]).toMatchObject({
    sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
  });
});
