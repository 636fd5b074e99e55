import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { detectProject, type SpringProject } from "../project/detect-project.ts";
import { needsBuildBefore, planBuild } from "./plan-build.ts";
import { mavenProject } from "../../../test/fakes/spring/a-spring-project.ts";

const usual = { runTests: false, offline: false };

async function project(changes: Partial<SpringProject> = {}): Promise<SpringProject> {
  const found = await detectProject("/app", { files: new FakeFiles(mavenProject()) });
  return { ...found, ...changes };
}

test("builds with mvn where the project has no wrapper, without its tests", async () => {
  expect(planBuild(await project(), usual)).toEqual({
    tool: "Maven",
    command: [
      "mvn",
      "--batch-mode",
      "--no-transfer-progress",
      "-Dstyle.color=never",
      "-Dmaven.test.skip=true",
      "package",
    ],
    versionCommand: ["mvn", "--version"],
    cwd: "/app",
    outputDir: "/app/target",
    archives: [],
    archiveName: "user-service-1.0.0.jar",
    packaging: "jar",
    makesImage: false,
  });
});

test.each([
  [
    { builder: "jib", baseImage: "airfield/jre-17:1" },
    "com.google.cloud.tools:jib-maven-plugin:3.4.6:dockerBuild -Djib.to.image=a:1 -Djib.from.image=docker://airfield/jre-17:1 -Djib.containerize=:user-service",
  ],
  [
    { builder: "buildpacks", baseImage: undefined },
    "spring-boot:build-image-no-fork -Dspring-boot.build-image.imageName=a:1 -Dspring-boot.build-image.pullPolicy=IF_NOT_PRESENT",
  ],
] as const)("lets Maven make the image, too: %j", async (image, words) => {
  const { command } = planBuild(await project(), { ...usual, image: { name: "a:1", ...image } });
  expect(command.join(" ")).toMatch(/ package /);
  expect(command.join(" ").split(" package ")[1]).toBe(words);
});

test("takes the Jib plugin and the base image of a pom that has them", async () => {
  const image = { builder: "jib", name: "a:1", baseImage: undefined } as const;
  const own = await project({ jib: { hasBaseImage: true } });
  expect(planBuild(own, { ...usual, image }).command.slice(-3)).toEqual([
    "jib:dockerBuild",
    "-Djib.to.image=a:1",
    "-Djib.containerize=:user-service",
  ]);
});

test.each([
  ["jib", ":app:jibDockerBuild --image=a:1 -Djib.from.image=docker://b:1"],
  ["buildpacks", ":app:bootBuildImage --imageName=a:1 --pullPolicy=IF_NOT_PRESENT"],
] as const)("lets Gradle make the image with %s", async (builder, words) => {
  const gradle = await project({ buildTool: "gradle", module: ":app" });
  const image = { builder, name: "a:1", baseImage: "b:1" };
  expect(planBuild(gradle, { ...usual, image }).command.join(" ")).toBe(
    `gradle --console=plain ${words}`,
  );
});

test("builds with the project's wrapper, executable or not", async () => {
  const wrapped = await project({ wrapper: { isExecutable: true } });
  const plain = await project({ wrapper: { isExecutable: false } });
  expect(planBuild(wrapped, usual).command[0]).toBe("./mvnw");
  expect(planBuild(plain, usual).command.slice(0, 2)).toEqual(["sh", "./mvnw"]);
  expect(planBuild(plain, usual).versionCommand).toEqual(["sh", "./mvnw", "--version"]);
});

test("builds a module together with what it needs", async () => {
  const plan = planBuild(await project({ rootDir: "/", module: "app" }), usual);
  expect(plan.cwd).toBe("/");
  expect(plan.command.slice(-4)).toEqual(["--projects", "app", "--also-make", "package"]);
  expect(plan.outputDir).toBe("/app/target");
});

test("compiles the tests when other modules need them", async () => {
  const { command } = planBuild(await project({ usesTestJars: true }), usual);
  expect(command).toContain("-DskipTests");
  expect(command).not.toContain("-Dmaven.test.skip=true");
});

test("runs the tests and works offline when asked to", async () => {
  const { command } = planBuild(await project(), { runTests: true, offline: true });
  expect(command.join(" ")).toBe(
    "mvn --batch-mode --no-transfer-progress -Dstyle.color=never --offline package",
  );
});

test.each<[Partial<SpringProject>, string, string]>([
  [{}, "gradle --console=plain bootJar", "/app/build/libs"],
  [{ wrapper: { isExecutable: true } }, "./gradlew --console=plain bootJar", "/app/build/libs"],
  [{ packaging: "war" }, "gradle --console=plain bootWar", "/app/build/libs"],
  [
    { module: ":apps:a", dir: "/app/apps/a" },
    "gradle --console=plain :apps:a:bootJar",
    "/app/apps/a/build/libs",
  ],
])("builds the Gradle project %j", async (changes, command, outputDir) => {
  const plan = planBuild(await project({ buildTool: "gradle", ...changes }), usual);
  expect(plan.command.join(" ")).toBe(command);
  expect(plan.outputDir).toBe(outputDir);
});

test.each([
  ["FROM jre\nCOPY target/*.jar /app.jar", true],
  ["FROM jre\nARG JAR_FILE=target/app.jar\nCOPY ${JAR_FILE} app.jar", true],
  ["FROM jre\nADD build/libs/app.jar /", true],
  ["FROM jre\nCOPY \\\n  --chown=1:1 \\\n  target/app.jar /", true],
  ['FROM jre\nCOPY ["target/app.jar", "/"]', true],
  [
    "FROM maven AS build\nCOPY . .\nRUN mvn package\nFROM jre\nCOPY --from=build /src/target/a.jar /",
    false,
  ],
  ["FROM maven\nCOPY src/ src/\nRUN mvn package # COPY target/x", false],
])("knows whether a Dockerfile needs the build first: %j", (text, expected) => {
  expect(needsBuildBefore(text)).toBe(expected);
});
