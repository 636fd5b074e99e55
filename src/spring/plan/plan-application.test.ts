import { expect, test } from "vitest";
import type { BuildConfig } from "../../config/cluster-config.ts";
import type { SpringProject } from "../project/detect-project.ts";
import { planApplication, planBaseImage, planImageName } from "./plan-application.ts";
import { aBuild, anApplication } from "../../../test/scenes/spring-scene.ts";
import type { Looked } from "../up/up-stages.ts";

const project: SpringProject = {
  ...{ rootDir: "/app", dir: "/app", artifact: "shop", version: "1.0.0", packaging: "jar" },
  ...{ buildTool: "maven", javaVersion: 17, web: "servlet", hasActuator: true },
  ...{ archiveName: "shop-1.0.0.jar", propertiesFiles: [] },
} as unknown as SpringProject;
const looked: Looked = {
  ...{ project, name: "shop", imageBuilder: "assemble", needsArchive: true },
  contents: { config: {}, secrets: {} },
  sources: { fingerprint: "abc" },
};
const request = { runTests: false, offline: false };

test.each<[string, Partial<BuildConfig>, Partial<Looked>, object | undefined]>([
  ["the user's", { baseImage: "company/jre:17" }, {}, { ref: "company/jre:17" }],
  ["a JRE for the project's Java", {}, {}, { javaVersion: 17 }],
  ["known by the archive only", {}, { project: { ...project, javaVersion: undefined } }, undefined],
  ["the Dockerfile's business", {}, { imageBuilder: "dockerfile" }, undefined],
  ["the buildpacks' business", {}, { imageBuilder: "buildpacks" }, undefined],
])("the image below is %s", (_, build, changes, expected) => {
  const application = anApplication({ build: aBuild(build) });
  expect(planBaseImage({ ...looked, ...changes }, application)).toEqual(expected);
});

test("an image's name changes with all that it is made of, and with nothing else", () => {
  const application = anApplication();
  const name = (changes: Partial<Looked> = {}, more: object = {}) =>
    planImageName({ ...looked, ...changes }, { application, baseImage: "jre:1", ...more });
  expect(name()).toMatch(/^airfield\.internal\/shop:[0-9a-f]{12}$/);
  expect(name({ contents: { config: { a: "b" } } as unknown as Looked["contents"] })).toBe(name());
  const others = [
    name({ sources: { fingerprint: "other" } }),
    name({ imageBuilder: "dockerfile" }),
    name({}, { baseImage: "jre:2" }),
    name({}, { libraryArchive: "libraries" }),
  ];
  expect(new Set([name(), ...others]).size).toBe(5);
});

test("an image that is there is not built; without labels of ours the build files say what is in it", () => {
  const present = { imageId: "sha256:1", baseImage: "jre:0" };
  const plan = planApplication(looked, { baseImage: "jre:1", image: "shop:1", present }, request);
  expect(plan).toMatchObject({
    ...{ image: "shop:1", baseImage: "jre:0", build: undefined },
    present: { imageId: "sha256:1", facts: { web: "servlet", hasActuator: true } },
  });
});

test("one that is not there is built, by a plug-in with its name", () => {
  const wanted = { baseImage: undefined, image: "shop:1", present: undefined };
  expect(planApplication(looked, wanted, request)).toMatchObject({
    ...{ present: undefined, build: { tool: "Maven", makesImage: false } },
  });
  const jib = planApplication({ ...looked, imageBuilder: "jib" }, wanted, request);
  expect(jib.build).toMatchObject({ makesImage: true });
  expect(jib.build?.command.join(" ")).toContain("shop:1");
});
