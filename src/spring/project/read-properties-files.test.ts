import { expect, test } from "vitest";
import type { ApplicationProperties } from "./application-properties.ts";
import {
  activeProfiles,
  readApplicationProperties,
  readPropertiesFiles,
  type PropertiesFile,
} from "./read-properties-files.ts";

function read(
  text: string,
  options: {
    readonly profiles?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly web?: "servlet" | "reactive";
    readonly path?: string;
    readonly more?: readonly PropertiesFile[];
  } = {},
): ApplicationProperties {
  const { profiles = [], env = {}, web = "servlet", path = "application.yml", more = [] } = options;
  return readApplicationProperties([{ path, text }, ...more], { profiles, env, web });
}

test("has Spring Boot's defaults when nothing is configured", () => {
  expect(read("")).toEqual({
    cloudKubernetes: {
      allNamespaces: false,
      usesEndpointSlices: false,
      readsSecrets: false,
      reloads: false,
    },
    serverPort: 8080,
    isServerPortGiven: false,
    scheme: "http",
    contextPath: "",
    management: {
      hasHealthEndpoint: true,
      port: undefined,
      scheme: "http",
      healthPath: "/actuator/health",
    },
    isShutdownGiven: false,
    shutdownPhaseSeconds: 30,
  });
});

test("reads YAML and .properties alike", () => {
  const fromYaml = read("server:\n  port: 9090\n  servlet:\n    contextPath: /shop/\n");
  const fromProperties = read("server.port=9090\nserver.servlet.context-path : /shop\n", {
    path: "application.properties",
  });
  expect(fromYaml).toEqual(fromProperties);
  expect(fromYaml).toMatchObject({ serverPort: 9090, contextPath: "/shop" });
  expect(fromYaml.management.healthPath).toBe("/shop/actuator/health");
});

test("lets profile files, documents of active profiles and the environment win, in this order", () => {
  const base =
    "server.port: 1001\n---\nspring.config.activate.on-profile: k8s\nserver.port: 1002\n";
  const more = [{ path: "application-k8s.yml", text: "server.port: 1003", profile: "k8s" }];
  expect(read(base).serverPort).toBe(1001);
  expect(read(base, { profiles: ["k8s"] }).serverPort).toBe(1002);
  expect(read(base, { profiles: ["k8s"], more }).serverPort).toBe(1003);
  expect(read(base, { profiles: ["k8s"], more, env: { SERVER_PORT: "1004" } }).serverPort).toBe(
    1004,
  );
});

test.each([
  ["k8s", true],
  ["!k8s", false],
  ["prod | k8s", true],
  ["prod & k8s", false],
  ["prod,k8s", true],
])("understands documents for the profiles %j", (expression, isRead) => {
  const text = `#---\nspring.config.activate.on-profile=${expression}\nserver.port=9000\n`;
  const { serverPort } = read(text, { profiles: ["k8s"], path: "application.properties" });
  expect(serverPort).toBe(isRead ? 9000 : 8080);
});

test("resolves placeholders with their defaults", () => {
  expect(read("server.port: ${PORT:9000}").serverPort).toBe(9000);
  expect(read("server.port: ${PORT:9000}", { env: { PORT: "7000" } }).serverPort).toBe(7000);
  expect(read("my.port: 7001\nserver.port: ${my.port}").serverPort).toBe(7001);
  expect(read("server.port: ${a:${b:7002}}").serverPort).toBe(7002);
});

test.each(["${PORT}", "0", "-1", "http"])("cannot know the port %s beforehand", (port) => {
  expect(read(`server.port: "${port}"`)).toMatchObject({
    serverPort: undefined,
    isServerPortGiven: true,
  });
});

test("a management port of its own has its own base path and not the context path", () => {
  const text =
    "server.servlet.context-path: /shop\nmanagement:\n  server:\n    port: 9001\n    base-path: /manage\n  endpoints.web.base-path: /\n";
  expect(read(text).management).toMatchObject({ port: 9001, healthPath: "/manage/health" });
});

test("a reactive application has its base path elsewhere", () => {
  expect(read("spring.webflux.base-path: /api", { web: "reactive" }).contextPath).toBe("/api");
});

test.each([
  "management.server.port: -1",
  "management.endpoints.web.exposure.include: info,metrics",
  "management.endpoints.web.exposure.exclude: '*'",
  "management.endpoint.health.enabled: false",
  "management.endpoint.health.access: none",
  "management.endpoints.access.default: none",
])("sees that the health endpoint is turned off by %s", (text) => {
  expect(read(text).management.hasHealthEndpoint).toBe(false);
});

test("sees a health endpoint that stays on although others are excluded", () => {
  const text =
    "management.endpoints.web.exposure:\n  include: ['health', 'info']\n  exclude: env\n";
  expect(read(text).management.hasHealthEndpoint).toBe(true);
});

test("sees TLS", () => {
  expect(read("server.ssl.bundle: web").scheme).toBe("https");
  expect(read("server.ssl:\n  enabled: false\n  key-store: a.p12").scheme).toBe("http");
});

test.each([
  ["20s", 20],
  ["1m", 60],
  ["1500ms", 2],
  ["5000", 5],
  ["PT1M30S", 90],
  ["soon", 30],
])("reads the shutdown phase %s", (text, seconds) => {
  expect(read(`spring.lifecycle.timeout-per-shutdown-phase: ${text}`).shutdownPhaseSeconds).toBe(
    seconds,
  );
});

test.each(["{", "a: *nothing", "\t- x", "just text"])(
  "a file that is no YAML counts as empty: %j",
  (text) => {
    expect(read(text).serverPort).toBe(8080);
  },
);

test("reads the profiles that the application turns on itself", () => {
  const files = [{ path: "application.yml", text: "spring.profiles.active: [dev, local]" }];
  expect(activeProfiles(files)).toEqual(["dev", "local"]);
});

const facts = (text: string, profiles: readonly string[] = [], path = "a.yml") =>
  readApplicationProperties([{ path, text }], { profiles, env: {}, web: "servlet" });

test.each([
  ["server.port: ${PORT:8085}", 8085],
  ["server.port: ${PORT:${OTHER:8086}}", 8086],
  ["server.port: ${PORT}", undefined],
  ["server.port: 0", undefined],
  ["a: 1", 8080],
])("reads the port of %s", (text, port) => {
  expect(facts(text).serverPort).toBe(port);
});

test("a name with an open placeholder is no name", () => {
  expect(facts("spring.application.name: shop-${project.version}")).not.toHaveProperty(
    "applicationName",
  );
});

test("the dispatcher servlet's path is before the actuator, unless that has its own port", () => {
  const both = "server.servlet.context-path: /shop\nspring.mvc.servlet.path: /api\n";
  expect(facts(both).management.healthPath).toBe("/shop/api/actuator/health");
  expect(facts(`${both}management.server.port: 9000`).management.healthPath).toBe(
    "/actuator/health",
  );
});

test("knows that an application listens nowhere when it says so", () => {
  expect(facts("spring.main.web-application-type: none").webApplicationType).toBe("none");
});

test.each([
  ["(prod & cloud) | qa", ["qa"], true],
  ["(prod & cloud) | qa", ["prod"], false],
  ["prod & (cloud | qa)", ["prod", "qa"], true],
  ["!(prod | qa)", ["dev"], true],
  ["!(prod | qa)", ["qa"], false],
  ["default", [], true],
  ["default", ["prod"], false],
])("%s with %j is %s", (expression, profiles, holds) => {
  const text = `server.port: 1\n---\nspring.config.activate.on-profile: "${expression}"\nserver.port: 2`;
  expect(facts(text, profiles).serverPort).toBe(holds ? 2 : 1);
});

test.each([
  ["a.yml", "spring.profiles.group.prod: [db, mq]"],
  ["a.yml", "spring.profiles.group:\n  prod: db,mq"],
  ["a.properties", "spring.profiles.group.prod[0]=db\nspring.profiles.group.prod[1]=mq"],
  ["a.properties", "spring.profiles.include=mq"],
])("activates what groups and includes of %s bring: %s", (path, text) => {
  const mq = { path: "application-mq.yml", text: "server.port: 7000", profile: "mq" };
  const read = readApplicationProperties([{ path, text }, mq], {
    profiles: ["prod"],
    env: {},
    web: "servlet",
  });
  expect(read.serverPort).toBe(7000);
});

test.each([
  ["a comment that ends in a backslash", "# C:\\srv\\\nserver.port=8091\n"],
  ["a value that ends in an escaped backslash", "dir=C:\\\\out\\\\\nserver.port=8091\n"],
  ["a continued value", "server.port=80\\\n    91\n"],
  ["a continued value with the line ends of Windows", "server.port=80\\\r\n\t91\r\nb=1\r\n"],
  ["an escape of Unicode", "server.port=\\u0038091"],
  ["a key with escapes", "server\\.port=8091"],
  ["a separator of spaces", "  server.port   8091"],
  ["a colon", "server.port : 8091"],
  ["a comment within a continued line", "dir=a,\\\n# b\nserver.port=8091"],
  ["old line ends", "a=1\rserver.port=8091\rb=2"],
])("reads %s as java.util.Properties does", (_, text) => {
  expect(read(text, { path: "application.properties" }).serverPort).toBe(8091);
});

test.each([
  ["cloud_foundry", 8046],
  ["heroku", 8046],
  ["kubernetes", 9999],
  ["KUBERNETES", 9999],
  ["none", 8046],
])("in a pod a document for the platform %s gives the port %s", (platform, port) => {
  const text = `server.port: 8046\n---\nspring.config.activate.on-cloud-platform: ${platform}\nserver.port: 9999\n`;
  expect(read(text).serverPort).toBe(port);
});

test("a platform that the application insists on is the one that counts", () => {
  const text =
    "spring.main.cloud-platform: cloud_foundry\n---\nspring.config.activate.on-cloud-platform: cloud-foundry\nserver.port: 9999\n";
  expect(read(text).serverPort).toBe(9999);
  const env = { SPRING_MAIN_CLOUD_PLATFORM: "none" };
  expect(read(text, { env }).serverPort).toBe(8080);
});

test("what the pod finds beside the archive wins over all in it for the same kind of file", () => {
  const beside = (path: string, port: number, profile?: string): PropertiesFile => ({
    ...{ path, text: `server.port: ${port}`, stage: "beside" },
    ...(profile === undefined ? {} : { profile }),
  });
  const own = { path: "application-k8s.yml", text: "server.port: 3", profile: "k8s" };
  const base = "server.port: 1";
  const profiles = ["k8s"];
  expect(read(base, { more: [beside("application.yml", 2)] }).serverPort).toBe(2);
  expect(read(base, { profiles, more: [beside("application.yml", 2), own] }).serverPort).toBe(3);
  const both = [beside("application-k8s.yml", 4, "k8s"), own];
  expect(read(base, { profiles, more: both }).serverPort).toBe(4);
  const other = { path: "application-b.yml", text: "server.port: 5", profile: "b" };
  expect(read(base, { profiles: ["k8s", "b"], more: [...both, other] }).serverPort).toBe(4);
});

test("bootstrap.yml counts where nothing else says it", () => {
  const more: PropertiesFile[] = [
    {
      path: "bootstrap.yml",
      text: "server.port: 8093\nspring.application.name: price",
      stage: "bootstrap",
    },
    { path: "bootstrap-k8s.yml", text: "server.port: 8094", stage: "bootstrap", profile: "k8s" },
  ];
  expect(read("", { more })).toMatchObject({ serverPort: 8093, applicationName: "price" });
  expect(read("", { more, profiles: ["k8s"] }).serverPort).toBe(8094);
  expect(read("server.port: 1", { more, profiles: ["k8s"] }).serverPort).toBe(1);
});

test("JSON in the environment wins, then the JVM's options, then variables", () => {
  const json = {
    SPRING_APPLICATION_JSON: '{"server":{"port":8047},"server.servlet.contextPath":"/a"}',
  };
  const options = { JAVA_TOOL_OPTIONS: "-Xmx1g -Dserver.port=8048 '-Da=b c'" };
  const variable = { SERVER_PORT: "8049" };
  expect(read("", { env: { ...variable, ...options, ...json } })).toMatchObject({
    ...{ serverPort: 8047, contextPath: "/a" },
  });
  expect(read("", { env: { ...variable, ...options } }).serverPort).toBe(8048);
  expect(read("", { env: { SPRING_APPLICATION_JSON: "{" } }).serverPort).toBe(8080);
});

test("tells the line of what it has read", () => {
  const files = [
    {
      path: "a.yml",
      text: "a: 1\nserver:\n  # x\n  port: 1\n---\nspring:\n  application.name: x\n",
    },
    { path: "a.properties", text: "# x\\\n\nserver.servlet.context-path=/a\\\n  b\nlast=1" },
  ];
  const lookup = readPropertiesFiles(files, { profiles: [], env: { SERVER_ADDRESS: "::" } });
  expect(lookup("server.port")?.origin).toEqual(["a.yml:4"]);
  expect(lookup("spring.application.name")?.origin).toEqual(["a.yml:7"]);
  expect(lookup("server.servlet.context-path")?.origin).toEqual(["a.properties:3"]);
  expect(lookup("last")?.origin).toEqual(["a.properties:5"]);
  expect(lookup("server.address")?.origin).toEqual(["the variable SERVER_ADDRESS"]);
});

test.each([
  ["127.0.0.1", true],
  ["localhost", true],
  ["::1", true],
  ["0.0.0.0", false],
  ["10.0.0.1", false],
])("a management server at %s is asked on the application's port: %s", (address, isAsked) => {
  const text = `server.servlet.context-path: /shop\nmanagement:\n  server: {port: 8081, address: "${address}"}\n  endpoint.health.group.readiness.additional-path: server:/ready\n`;
  const { management } = read(text);
  expect(management.port).toBe(8081);
  expect(management.onServerPort).toEqual(
    isAsked ? { liveness: "/shop/livez", readiness: "/shop/ready", scheme: "http" } : undefined,
  );
});

test.each([
  "SERVER_SERVLET_CONTEXTPATH",
  "SERVER_SERVLET_CONTEXT_PATH",
  "server.servlet.context-path",
])("takes the variable %s for server.servlet.context-path", (name) => {
  expect(read("", { env: { [name]: "/a" } }).contextPath).toBe("/a");
});
