import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { detectProject } from "../project/detect-project.ts";
import { learnModel, recallModel, withModel } from "./known-build.ts";
import { mavenProject } from "../../../test/fakes/spring/a-spring-project.ts";
import { mavenModule } from "../../../test/fakes/spring/maven-report.ts";

const REPORT = "/cache/report.json";
const place = { rootDir: "/app", reportFile: REPORT };
const model = mavenModule({
  outputDir: "/app/out",
  classesDir: "/app/out/classes",
  archives: ["/app/out/app.jar", "/app/out/app-exec.jar", "/app/out/app.pom"],
});

function told(modules: readonly unknown[] = [model]): FakeFiles {
  return new FakeFiles({ ...mavenProject(), [REPORT]: JSON.stringify({ modules }) });
}

test("what Maven told holds until a build file changes", async () => {
  const files = told();
  expect(await learnModel(place, files)).toEqual([model]);
  expect(await recallModel("/app", files)).toEqual([model]);
  files.put("/app/src/main/java/com/example/B.java", "class B {}");
  expect(await recallModel("/app", files)).toEqual([model]);
  files.put("/app/.mvn/maven.config", "-Pother");
  expect(await recallModel("/app", files)).toBeUndefined();
});

test.each([[""], ["{"], ['{"modules":[{}]}']])(
  "a report that is none, %j, is none",
  async (text) => {
    expect(await learnModel(place, new FakeFiles({ [REPORT]: text }))).toBeUndefined();
    expect(await learnModel(place, new FakeFiles())).toBeUndefined();
    expect(await recallModel("/app", new FakeFiles())).toBeUndefined();
  },
);

test("a project behind a link is found by the path that the user names", async () => {
  const files = told([
    mavenModule({ dir: "/real", outputDir: "/real/out", poms: ["/real/pom.xml"] }),
  ]);
  files.put("/real/pom.xml", "x").link("/linked", "/real");
  const modules = await learnModel({ ...place, rootDir: "/linked" }, files);
  expect(modules).toMatchObject([{ dir: "/linked", outputDir: "/linked/out" }]);
});

test("a project knows where its build writes, and what", async () => {
  const project = await detectProject("/app", { files: told() });
  expect(withModel(project, [model])).toMatchObject({
    outputDir: "/app/out",
    archives: ["/app/out/app.jar", "/app/out/app-exec.jar"],
    outputFolders: ["/app/out", "/app/out/classes"],
  });
  expect(withModel(project, [mavenModule({ dir: "/other" })])).toBe(project);
  expect(withModel(project, [mavenModule({ outputDir: "/app" })]).outputFolders).toEqual([
    "/app/target/classes",
  ]);
});
