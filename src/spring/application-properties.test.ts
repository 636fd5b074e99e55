import { expect, test } from "vitest";
import {
  activeProfiles,
  readApplicationProperties,
  type ApplicationProperties,
} from "./application-properties.ts";

function read(
  text: string,
  options: {
    readonly profiles?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly web?: "servlet" | "reactive";
    readonly path?: string;
    readonly more?: readonly { path: string; text: string; profile?: string }[];
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
