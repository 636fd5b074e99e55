import { expect, test } from "vitest";
import { imageConfig, type ImageFacts } from "./image-config.ts";

const facts: ImageFacts = {
  labels: { "airfield.dev/application": "shop" },
  user: "10001:10001",
  workingDir: "/application",
  entrypoint: ["java", "-jar", "application.jar"],
  createdSeconds: 0,
  layers: ["sha256:above"],
};

function configOn(base: object | null | undefined, changes: Partial<ImageFacts> = {}) {
  const image = { architecture: "amd64", os: "linux", rootfs: { diff_ids: ["sha256:below"] } };
  const bytes = Buffer.from(JSON.stringify({ ...image, config: base }));
  const made = Buffer.from(imageConfig(bytes, { ...facts, ...changes })).toString();
  return (JSON.parse(made) as { readonly config: Readonly<Record<string, unknown>> }).config;
}

test("the base's whole environment stays, in its order", () => {
  const lines = [
    "PATH=/opt/java/openjdk/bin:/usr/local/bin:/usr/bin:/bin",
    "JAVA_HOME=/opt/java/openjdk",
    "LANG=en_US.UTF-8",
    "TZ=Europe/Berlin",
    "APP_HOME=/srv/acme",
    "JAVA_TOOL_OPTIONS=-Xmx64m -Da=b=c",
    "EMPTY=",
    "NO_VALUE",
    // A name that every JavaScript object has.
    "constructor=x",
  ];
  expect(configOn({ Env: lines })["Env"]).toEqual(lines);
});

test.each<[string, readonly string[] | undefined, readonly string[]]>([
  ["no variables", undefined, ["LANG=C.UTF-8"]],
  ["only others", ["PATH=/bin"], ["PATH=/bin", "LANG=C.UTF-8"]],
  ["an empty one", ["LANG="], ["LANG=C.UTF-8"]],
  ["a language", ["LANG=de_DE.UTF-8"], ["LANG=de_DE.UTF-8"]],
  ["a plain locale, which is its choice", ["LANG=C"], ["LANG=C"]],
  ["LC_ALL alone", ["LC_ALL=C.UTF-8"], ["LC_ALL=C.UTF-8"]],
  ["LC_CTYPE alone", ["LC_CTYPE=C.UTF-8"], ["LC_CTYPE=C.UTF-8"]],
])("a base with %s has a UTF-8 locale or its own", (_, Env, expected) => {
  expect(configOn({ Env })["Env"]).toEqual(expected);
});

test("what else the base says stays as under a Dockerfile's FROM", () => {
  const base = {
    StopSignal: "SIGINT",
    Shell: ["/bin/bash", "-c"],
    ExposedPorts: { "9000/tcp": {} },
    Volumes: { "/srv/acme/data": {} },
    ArgsEscaped: true,
    Labels: { "com.acme.team": "shop", "airfield.dev/application": "base" },
  };
  expect(configOn(base)).toMatchObject({
    ...base,
    Labels: { "com.acme.team": "shop", "airfield.dev/application": "shop" },
  });
});

test("how it is run is the application's: user, folder and command, without the base's", () => {
  const config = configOn({
    User: "root",
    WorkingDir: "/srv",
    Entrypoint: ["/entrypoint.sh"],
    Cmd: ["jshell"],
    Healthcheck: { Test: ["CMD", "true"] },
    OnBuild: ["RUN true"],
    Hostname: "0123",
  });
  expect(config).toEqual({
    User: "10001:10001",
    WorkingDir: "/application",
    Entrypoint: ["java", "-jar", "application.jar"],
    Env: ["LANG=C.UTF-8"],
    Labels: facts.labels,
  });
});

test.each([[null], [undefined], [{}], [{ Env: null, Labels: null }]])(
  "a base whose config is %j says nothing, and the image is whole",
  (base) => {
    expect(configOn(base)).toMatchObject({ Labels: facts.labels, Env: ["LANG=C.UTF-8"] });
  },
);
