import { expect, test } from "vitest";
import { aBuild } from "../../../test/scenes/spring-scene.ts";
import { faultOfTraining, wantsStartupArchive } from "./wants-startup-archive.ts";

test.each([
  [{}, 1, false],
  [{}, 5, false],
  [{}, 6, true],
  [{ pushTo: "registry.test/shop" }, 1, true],
  [{ startupArchive: "on" }, 1, true],
  [{ startupArchive: "off", pushTo: "registry.test/shop" }, 5, false],
] as const)(
  "build %j with %i pods: an archive of the classes is made: %s",
  (build, replicas, is) => {
    expect(wantsStartupArchive({ build: aBuild(build), replicas }, "assemble")).toBe(is);
  },
);

test("images of other builders are as those make them", () => {
  const build = aBuild({ startupArchive: "on" });
  expect(wantsStartupArchive({ build, replicas: 1 }, "jib")).toBe(false);
});

test.each([
  ["3.1.12", false],
  ["2.7.18", false],
  ["3.2.0", true],
  ["4.0.0", true],
  [undefined, true],
])("Spring Boot %s can be trained: %s", (version, canBe) => {
  expect(faultOfTraining(version) === undefined).toBe(canBe);
});
