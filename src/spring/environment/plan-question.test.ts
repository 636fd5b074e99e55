import { expect, test } from "vitest";
import { anApplication } from "../../../test/scenes/spring-scene.ts";
import { LATE, keyOf, planSurroundings, questionContainer } from "./plan-question.ts";

const none = { config: {}, secrets: {} };

function envOf(
  application: Parameters<typeof anApplication>[0],
  { contents = none, profiles = [] }: { contents?: object; profiles?: readonly string[] } = {},
): Readonly<Record<string, string>> {
  const inputs = {
    application: anApplication(application),
    ...{ project: {}, contents: { ...none, ...contents }, dependencies: [] },
  };
  return planSurroundings(inputs, profiles).env;
}

test("Spring sees the variables of the pod, and that it is one", () => {
  const contents = { config: { "application.yml": Buffer.from("a: 1") } };
  expect(envOf({ env: { A: "1" } }, { contents, profiles: ["dev", "k8s"] })).toEqual({
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    KUBERNETES_SERVICE_PORT: "443",
    SPRING_PROFILES_ACTIVE: "dev,k8s",
    SPRING_CONFIG_ADDITIONAL_LOCATION: "optional:file:/workspace/config/",
    A: "1",
  });
});

test("the user's variables win, and secrets are variables where they are so in the pod", () => {
  const contents = { secrets: { "server.port": "1" } };
  expect(envOf({ secretsAs: "environment" }, { contents })).toMatchObject({ "server.port": "1" });
  expect(envOf({ secretsAs: "configtree" }, { contents })).not.toHaveProperty(["server.port"]);
  const env = { SPRING_PROFILES_ACTIVE: "prod" };
  expect(envOf({ env }, { profiles: ["k8s"] })).toMatchObject(env);
});

test("of a JVM's options only what Spring reads is taken: agents and files are the pod's alone", () => {
  const env = {
    JAVA_TOOL_OPTIONS: "-javaagent:/agent.jar -Dserver.port=1 '-Da=b c' -agentlib:jdwp=suspend=y",
    JDK_JAVA_OPTIONS: "-XX:TieredStopAtLevel=1",
  };
  const read = envOf({ env });
  expect(read).toMatchObject({ JAVA_TOOL_OPTIONS: '"-Dserver.port=1" "-Da=b c"' });
  expect(read).not.toHaveProperty("JDK_JAVA_OPTIONS");
});

test("another variable, file or secret is another question; their order is none", () => {
  const key = (env: Record<string, string>, contents: object = none) =>
    keyOf(["image", "sha256:1"], { env, contents: { ...none, ...contents } });
  expect(key({ A: "1", B: "2" })).toBe(key({ B: "2", A: "1" }));
  const others = [
    key({ A: "2", B: "2" }),
    key({ A: "1", B: "2" }, { config: { a: Buffer.from("1") } }),
    key({ A: "1", B: "2" }, { secrets: { a: "1" } }),
  ];
  expect(new Set([key({ A: "1", B: "2" }), ...others]).size).toBe(4);
});

test.each([
  [["java", "-jar", "application.jar"], ""],
  [["java", "-XX:SharedArchiveFile=x", "-cp", "/a.jar:/b.jar", "com.acme.App"], ""],
  [
    ["java", "-cp", ".", "org.springframework.boot.loader.launch.WarLauncher"],
    "org.springframework.boot.loader.launch.WarLauncher",
  ],
])("starts what %j starts, without a network", (entrypoint, launcher) => {
  const spec = questionContainer(
    { baseImage: "jre", layersFolder: "/blobs", layers: ["one", "two"], entrypoint },
    { name: "a", readerFolder: "/reader", contentsFolder: "/tmp/a", env: {} },
  );
  expect(spec.network).toEqual({ name: "none" });
  expect(spec.command?.slice(2)).toEqual([launcher, LATE, "one", "two"]);
  expect(spec.mounts?.every(({ readOnly }) => readOnly)).toBe(true);
});
