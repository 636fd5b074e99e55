import { expect, test } from "vitest";
import { readApplicationProperties } from "../project/read-properties-files.ts";
import { planManifests, type ManifestInputs } from "./plan-manifests.ts";
import { expandAsKubernetes, hostileValues } from "../../../test/fakes/spring/hostile-values.ts";

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
      run: "service",
      profiles: ["k8s"],
      replicas: 2,
      env: { GREETING: "hello" },
      resources: { requests: { cpu: "100m" }, limits: { memory: "512Mi" } },
      secretsAs: "configtree",
      permissions: [],
      ...config,
    },
    image: "airfield.internal/user-service:1",
    imageId: "sha256:1",
    isOwnImage: false,
    facts,
    properties,
    projectDir: "/app",
    version: "1.0.0",
    contents: { config: {}, secrets: {} },
    libraries: [],
    readsBindings: false,
    dependencies: [],
    ...rest,
  };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly [key: string]: unknown;
}

function podOf(plan: ManifestInputs): Record<string, unknown> & { containers: [Container] } {
  const deployment = planManifests(plan).find(({ kind }) => kind === "Deployment");
  const template = deployment?.spec?.["template"] as { spec: unknown };
  return template.spec as Record<string, unknown> & { containers: [Container] };
}

const kindsOf = (plan: ManifestInputs) => planManifests(plan).map(({ kind }) => kind);
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

test.each(hostileValues)("the application gets %j as its value says", (value) => {
  const env = envOf(inputs({ config: { env: { GIVEN: value, X: "other" }, profiles: [value] } }));
  const inPod = (name: string) => expandAsKubernetes(env[name] ?? "", env);
  expect(inPod("GIVEN")).toBe(value);
  expect(inPod("SPRING_PROFILES_ACTIVE")).toBe(value);
});

test("names of databases reach the application as they are", () => {
  const dependency = {
    name: "db",
    type: "postgresql",
    namespace: "default",
    storage: "1Gi",
  } as const;
  const plan = inputs({
    config: { connection: "environment" },
    dependencies: [{ ...dependency, database: "a$$b" }],
  });
  const url = envOf(plan)["SPRING_DATASOURCE_URL"] ?? "";
  expect(expandAsKubernetes(url, {})).toBe("jdbc:postgresql://db:5432/a$$b");
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

const withContents = (config: Readonly<Record<string, string>>, secrets = {}) =>
  inputs({
    contents: {
      config: Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, Buffer.from(value)]),
      ),
      secrets,
    },
  });

test("config files and secrets become files that Spring Boot imports", () => {
  const plan = withContents({ "application-k8s.yml": "a: 1" }, { "api.key": "s3cret" });
  expect(kindsOf(plan)).toEqual(["ConfigMap", "Secret", "Deployment", "Service"]);
  const [configMap, secret] = planManifests(plan);
  expect(configMap).toMatchObject({
    metadata: { name: "user-service" },
    data: { "application-k8s.yml": "a: 1" },
  });
  expect(secret).toMatchObject({
    metadata: { name: "user-service-secrets" },
    data: { "api.key": Buffer.from("s3cret").toString("base64") },
  });
  expect(envOf(plan)).toMatchObject({
    SPRING_CONFIG_ADDITIONAL_LOCATION: "optional:file:/workspace/config/",
    SPRING_CONFIG_IMPORT: "optional:configtree:/workspace/secrets/",
  });
  expect(containerOf(plan)["volumeMounts"]).toEqual([
    { name: "config", mountPath: "/workspace/config", readOnly: true },
    { name: "secrets", mountPath: "/workspace/secrets", readOnly: true },
  ]);
  expect(JSON.stringify(podOf(plan))).not.toContain("s3cret");
});

test("what is no text is kept as it is", () => {
  const contents = { config: { "key.p12": new Uint8Array([0xff, 0x00]) }, secrets: {} };
  expect(planManifests(inputs({ contents }))[0]).toMatchObject({
    binaryData: { "key.p12": "/wA=" },
  });
});

function podAnnotations(plan: ManifestInputs): unknown {
  const deployment = planManifests(plan).find(({ kind }) => kind === "Deployment");
  return (deployment?.spec?.["template"] as { metadata: { annotations: unknown } }).metadata
    .annotations;
}

test("pods change with the content of their files, and with nothing else", () => {
  const plan = (text: string, secret: string) => withContents({ "a.yml": text }, { key: secret });
  const before = podAnnotations(plan("a: 1", "x"));
  expect(podAnnotations(plan("a: 1", "x"))).toEqual(before);
  expect(podAnnotations(plan("a: 2", "x"))).not.toEqual(before);
  expect(podAnnotations(plan("a: 1", "y"))).not.toEqual(before);
});

test("secrets may be variables instead", () => {
  const plan = inputs({
    contents: { config: {}, secrets: { API_KEY: "x" } },
    config: { secretsAs: "environment" },
  });
  expect(containerOf(plan)["envFrom"]).toEqual([{ secretRef: { name: "user-service-secrets" } }]);
  expect(containerOf(plan)).not.toHaveProperty("volumeMounts");
});

test("Spring Cloud Kubernetes reads its ConfigMap itself, and a reload needs no restart", () => {
  const libraries = ["spring-cloud-starter-kubernetes-client-config"];
  const plan = { ...withContents({ "application.yml": "a: 1" }), libraries };
  expect(kindsOf(plan)).toEqual([
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "Deployment",
    "Service",
  ]);
  expect(podOf(plan)["serviceAccountName"]).toBe("user-service");
  expect(envOf(plan)).not.toHaveProperty("SPRING_CONFIG_ADDITIONAL_LOCATION");
  expect(podAnnotations(plan)).toHaveProperty(["airfield.dev/config-checksum"]);
  const { properties } = inputs({ yaml: "spring.cloud.kubernetes.reload.enabled: true" });
  expect(podAnnotations({ ...plan, properties })).not.toHaveProperty([
    "airfield.dev/config-checksum",
  ]);
});

const aDependency = { namespace: "default", storage: "1Gi", database: "orders" } as const;
const database = { ...aDependency, name: "orders-db", type: "postgresql" } as const;

test("connects to its dependencies by Spring's variables, passwords by reference", () => {
  const plan = inputs({
    dependencies: [
      database,
      { ...aDependency, name: "cache", type: "redis" },
      { ...aDependency, name: "queue", type: "rabbitmq" },
    ],
  });
  expect(containerOf(plan).env.slice(-11, -1)).toMatchInlineSnapshot(`
    [
      {
        "name": "SPRING_DATASOURCE_URL",
        "value": "jdbc:postgresql://orders-db:5432/orders",
      },
      {
        "name": "SPRING_DATASOURCE_USERNAME",
        "valueFrom": {
          "secretKeyRef": {
            "key": "username",
            "name": "orders-db",
          },
        },
      },
      {
        "name": "SPRING_DATASOURCE_PASSWORD",
        "valueFrom": {
          "secretKeyRef": {
            "key": "password",
            "name": "orders-db",
          },
        },
      },
      {
        "name": "SPRING_DATA_REDIS_HOST",
        "value": "cache",
      },
      {
        "name": "SPRING_DATA_REDIS_PORT",
        "value": "6379",
      },
      {
        "name": "SPRING_DATA_REDIS_PASSWORD",
        "valueFrom": {
          "secretKeyRef": {
            "key": "password",
            "name": "cache",
          },
        },
      },
      {
        "name": "SPRING_RABBITMQ_HOST",
        "value": "queue",
      },
      {
        "name": "SPRING_RABBITMQ_PORT",
        "value": "5672",
      },
      {
        "name": "SPRING_RABBITMQ_USERNAME",
        "valueFrom": {
          "secretKeyRef": {
            "key": "username",
            "name": "queue",
          },
        },
      },
      {
        "name": "SPRING_RABBITMQ_PASSWORD",
        "valueFrom": {
          "secretKeyRef": {
            "key": "password",
            "name": "queue",
          },
        },
      },
    ]
  `);
});

test("the user's environment goes before a connection", () => {
  const env = { SPRING_DATASOURCE_URL: "jdbc:h2:mem:x" };
  const plan = inputs({ dependencies: [database], config: { env } });
  const urls = containerOf(plan).env.filter(({ name }) => name === "SPRING_DATASOURCE_URL");
  expect(urls).toEqual([{ name: "SPRING_DATASOURCE_URL", value: "jdbc:h2:mem:x" }]);
});

test("connects by service bindings where the build can read them, unless told otherwise", () => {
  const hasBindings = { dependencies: [database], readsBindings: true };
  expect(envOf(inputs(hasBindings))).toHaveProperty("SERVICE_BINDING_ROOT");
  const plan = inputs({ ...hasBindings, config: { connection: "environment" } });
  expect(envOf(plan)).not.toHaveProperty("SERVICE_BINDING_ROOT");
});

test("connects by service bindings where that is wanted", () => {
  const plan = inputs({ dependencies: [database], config: { connection: "binding" } });
  expect(envOf(plan)).toMatchObject({ SERVICE_BINDING_ROOT: "/bindings" });
  expect(containerOf(plan)["volumeMounts"]).toEqual([
    { name: "binding-orders-db", mountPath: "/bindings/orders-db", readOnly: true },
  ]);
  expect(podOf(plan)["volumes"]).toEqual([
    { name: "binding-orders-db", secret: { secretName: "orders-db" } },
  ]);
});

test("permissions beyond the namespace are a ClusterRole", () => {
  const permission = { apiGroups: [""], verbs: ["list"], clusterWide: false } as const;
  const plan = inputs({
    config: {
      permissions: [
        { ...permission, resources: ["pods"] },
        { ...permission, resources: ["nodes"], clusterWide: true },
      ],
    },
  });
  expect(
    planManifests(plan)
      .slice(0, 5)
      .map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace]),
  ).toEqual([
    ["ServiceAccount", "user-service", "default"],
    ["Role", "user-service", "default"],
    ["RoleBinding", "user-service", "default"],
    ["ClusterRole", "default-user-service", undefined],
    ["ClusterRoleBinding", "default-user-service", undefined],
  ]);
});

test.each<[string, readonly string[], boolean]>([
  ["no client of the API server", ["spring-boot-starter-web"], false],
  ["fabric8's", ["kubernetes-client"], true],
  ["the official one", ["client-java"], true],
  ["Spring Cloud's", ["spring-cloud-starter-kubernetes-fabric8-config"], true],
])(
  "a pod has the token of its ServiceAccount where it may use it: %s",
  (_, libraries, hasToken) => {
    const automount = podOf(inputs({ libraries }))["automountServiceAccountToken"];
    expect(automount).toBe(hasToken ? undefined : false);
  },
);

test("a pod that is given permissions has the token", () => {
  const permission = { apiGroups: [""], resources: ["pods"], verbs: ["list"], clusterWide: false };
  const plan = inputs({ libraries: [], config: { permissions: [permission] } });
  expect(podOf(plan)["automountServiceAccountToken"]).toBeUndefined();
});
