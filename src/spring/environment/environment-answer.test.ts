import { expect, test } from "vitest";
import { lookupIn, readAnswer } from "./environment-answer.ts";

const jar = "jar:file:/application/application.jar!/shared/server.yml";

function answerOf(properties: object, more: object = {}) {
  const answer = {
    ...{ springBoot: "3.5.16", java: "17", web: "servlet", profiles: [], ownProfiles: null },
    ...{ properties, classes: ["com.acme.App"], ...more },
  };
  return readAnswer(["a banner", `airfield-environment ${JSON.stringify(answer)}`, "", "bye"]);
}

function originOf(place: object): string | undefined {
  const read = answerOf({ "server.port": { value: "1", origin: [place] } });
  return read === undefined ? undefined : lookupIn(read.answer)("server.port")?.origin[0];
}

test.each([
  [
    { text: "x", resource: "class path resource [shared/server.yml]", url: jar, line: 2 },
    "src/main/resources/shared/server.yml:2",
  ],
  [
    {
      ...{ text: "x", resource: "class path resource [application-common.yml]", line: 3 },
      url: "jar:file:/application/lib/common-1.0.jar!/application-common.yml",
    },
    "application-common.yml:3 in common-1.0.jar",
  ],
  [
    {
      ...{ text: "x", resource: "class path resource [application.yml]", line: 3 },
      url: "file:/application/WEB-INF/classes/application.yml",
    },
    "src/main/resources/application.yml:3",
  ],
  [
    { text: "x", resource: "file [/workspace/config/application-k8s.yml]", line: 1 },
    "application-k8s.yml:1",
  ],
  [
    { text: "x", resource: "URL [file:/workspace/config/application-k8s.yml]", line: 1 },
    "application-k8s.yml:1",
  ],
  [{ text: "x", resource: "URL [file:/workspace/secrets/server.port]" }, "the secret server.port"],
  [{ text: "x", resource: "file [/workspace/secrets/server.port]" }, "the secret server.port"],
  [
    { text: 'System Environment Property "SERVER_PORT"', variable: "SERVER_PORT" },
    "the variable SERVER_PORT",
  ],
  [
    { text: '"server.port" from property source "defaultProperties"' },
    "the code (default properties of SpringApplication)",
  ],
  [
    { text: '"server.port" from property source "systemProperties"' },
    "a system property (-D, or set by the code)",
  ],
  [{ text: "somewhere else" }, "somewhere else"],
])("tells the place %j", (place, told) => {
  expect(originOf(place)).toBe(told);
});

test("a property that is not known before the application runs is set, but has no value", () => {
  const read = answerOf({ "server.port": { origin: [] } });
  expect(read === undefined ? undefined : lookupIn(read.answer)("server.port")).toEqual({
    value: undefined,
    origin: [],
  });
});

test("reads the profiles that the application activates by itself, and the classes that were loaded", () => {
  const own = { value: "dev, local", origin: [{ text: "x", variable: "A" }] };
  expect(answerOf({}, { ownProfiles: own })).toMatchObject({
    answer: { ownProfiles: { names: ["dev", "local"], origin: ["the variable A"] } },
    classes: ["com.acme.App"],
  });
});

test.each([[[]], [["no answer"]], [["airfield-environment {"]], [["airfield-environment {}"]]])(
  "there is no answer in %j",
  (lines) => {
    expect(readAnswer(lines)).toBeUndefined();
  },
);
