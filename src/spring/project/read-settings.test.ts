import { expect, test } from "vitest";
import { describeSettings, settingLine } from "../plan/describe-settings.ts";
import type { EnvironmentAnswer } from "../environment/environment-answer.ts";
import { readSettings } from "./read-settings.ts";
import { anApplication } from "../../../test/scenes/spring-scene.ts";

function read(
  text: string,
  {
    config = {},
    environment,
    ...application
  }: {
    readonly profiles?: readonly string[];
    readonly addsProfiles?: boolean;
    readonly config?: Readonly<Record<string, string>>;
    readonly environment?: EnvironmentAnswer;
  } = {},
) {
  const contents = Object.entries(config).map(([name, each]) => [name, Buffer.from(each)] as const);
  return readSettings({
    application: anApplication(application),
    project: { propertiesFiles: [{ path: "application.properties", text }] },
    contents: { config: Object.fromEntries(contents) },
    web: "servlet",
    environment,
  });
}

test("reads the ConfigMap that the pod will have", () => {
  const config = { "application-k8s.yml": "server.port: 8048", "notes.txt": "server.port: 1" };
  expect(read("", { profiles: ["k8s"], config }).properties.serverPort).toBe(8048);
  expect(
    read("", { config: { "application.yml": "server.port: 8148" } }).properties.serverPort,
  ).toBe(8148);
});

test.each([
  ["a default stays beside the project's own profile and wins", ["k8s"], true, ["dev", "k8s"]],
  ["named profiles take the place of the project's own", ["k8s"], false, ["k8s"]],
  ["none leave the project's own alone", [], false, []],
] as const)("%s", (_, profiles, addsProfiles, set) => {
  const own =
    "spring.profiles.active=dev\n#---\nspring.config.activate.on-profile=dev\nserver.port=1";
  const settings = read(own, { profiles, addsProfiles });
  expect(settings.profiles).toEqual(set);
  expect(settings.properties.serverPort).toBe(set[0] === "k8s" ? 8080 : 1);
});

const answer: EnvironmentAnswer = {
  springBoot: "3.5.16",
  web: "reactive",
  profiles: ["dev", "k8s"],
  ownProfiles: { names: ["dev"], origin: ["src/main/resources/application.yml:1"] },
  properties: {
    "server.port": { value: "8047", origin: ["a.yml:2", "application.yml:3"] },
    "spring.webflux.base-path": { value: "/api", origin: ["the code"] },
  },
};

test("takes Spring Boot's word for everything", () => {
  const settings = read("server.port=1", {
    profiles: ["k8s"],
    addsProfiles: true,
    environment: answer,
  });
  expect(settings).toMatchObject({
    properties: { serverPort: 8047, contextPath: "/api" },
    web: "reactive",
    profiles: ["dev", "k8s"],
  });
});

test("tells where each value comes from, and who says so", () => {
  const of = { profiles: ["k8s"], addsProfiles: true };
  const asked = describeSettings(read("", { ...of, environment: answer }), answer);
  expect(asked.readBy).toBe("Spring Boot 3.5.16");
  expect(asked.settings.map(settingLine)).toEqual([
    "profiles dev,k8s: dev from src/main/resources/application.yml:1",
    "port 8047: server.port in a.yml:2, imported by application.yml:3",
    "context path /api: spring.webflux.base-path in the code",
  ]);
  const guessed = describeSettings(read("management.server.port=9000"), undefined);
  expect(guessed).toMatchObject({ readBy: "Airfield, from its configuration files" });
  expect(guessed.settings.map(settingLine)).toEqual([
    "port 8080: a default",
    "management port 9000: management.server.port in application.properties:1",
  ]);
});
