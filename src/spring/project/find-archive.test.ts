import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { findArchive } from "./find-archive.ts";
import type { BuildPlan } from "../plan/plan-build.ts";
import { bootArchive } from "../../../test/fakes/spring/a-boot-archive.ts";

const plan: BuildPlan = {
  tool: "Maven",
  command: [],
  versionCommand: [],
  cwd: "/app",
  archives: [],
  outputDir: "/app/target",
  archiveName: "app-2.jar",
  packaging: "jar",
  makesImage: false,
};
const plain = bootArchive({ version: "" });

function find(archives: Readonly<Record<string, Buffer>>, changes: Partial<BuildPlan> = {}) {
  const files = new FakeFiles();
  for (const [name, content] of Object.entries(archives)) files.put(`/app/target/${name}`, content);
  return findArchive({ ...plan, ...changes }, files);
}

test("finds the only executable archive among others", async () => {
  const found = await find({
    "other-name.jar": bootArchive(),
    "other-name-sources.jar": bootArchive(),
    "other-name-plain.jar": plain,
    "library.jar": plain,
    "app.jar.original": bootArchive(),
  });
  expect(found.path).toBe("/app/target/other-name.jar");
});

test("prefers the expected name to one that an older build left", async () => {
  const found = await find({ "app-1.jar": bootArchive(), "app-2.jar": bootArchive() });
  expect(found.path).toBe("/app/target/app-2.jar");
});

test("lists the candidates when it cannot know", async () => {
  await expect(find({ "a.jar": bootArchive(), "b.jar": bootArchive() })).rejects.toMatchObject({
    code: "archive-ambiguous",
    facts: { archives: ["a.jar", "b.jar"] },
  });
});

test.each([{}, { "app-2.jar": plain }, { "app-1.jar": Buffer.from("broken") }])(
  "says that there is no executable archive",
  async (archives) => {
    await expect(find(archives as Readonly<Record<string, Buffer>>)).rejects.toMatchObject({
      code: "archive-missing",
    });
  },
);

test("an archive that was cut off is no candidate, unless it is the one that was to be built", async () => {
  const cut = bootArchive().subarray(0, 200);
  expect((await find({ "a.jar": cut, "b.jar": bootArchive() })).path).toBe("/app/target/b.jar");
  await expect(find({ "app-2.jar": cut, "b.jar": bootArchive() })).rejects.toMatchObject({
    code: "archive-damaged",
    facts: { reason: "it is no zip, or its end is missing" },
  });
});

test("reads what is inside an archive", async () => {
  const facts = async (archive: Buffer) => (await find({ "a.jar": archive })).facts;
  expect(await facts(bootArchive())).toEqual({
    springBootVersion: "3.5.16",
    hasActuator: true,
    web: "servlet",
    buildJava: 17,
  });
  const reactive = bootArchive({ version: "3.2.0", libraries: ["spring-webflux-6.1.0"] });
  expect(await facts(reactive)).toMatchObject({ hasActuator: false, web: "reactive" });
  expect((await facts(bootArchive({ libraries: [] }))).web).toBe("none");
});

test("takes the archive that Maven told, wherever it lies and whatever else is there", async () => {
  const archives = ["/app/target/app-2.jar", "/elsewhere/app-2-exec.jar", "/app/target/gone.jar"];
  const files = new FakeFiles({ "/elsewhere/app-2-exec.jar": bootArchive() })
    .put("/app/target/app-2.jar", plain)
    .put("/app/target/app-1.jar", bootArchive());
  const found = await findArchive({ ...plan, archives }, files);
  expect(found.path).toBe("/elsewhere/app-2-exec.jar");
});
