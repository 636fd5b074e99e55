import { expect, test } from "vitest";
import type { SpringProject } from "../detect-project.ts";
import { mavenDebug } from "../testing/maven-debug.ts";
import {
  classifyChange,
  hasPlaceholders,
  planCompile,
  reasonForBuildTool,
} from "./plan-compile.ts";
import { readMavenDebug } from "./read-maven-debug.ts";

const plan = planCompile(readMavenDebug(mavenDebug(), "/app"));
const project: SpringProject = {
  buildTool: "maven",
  rootDir: "/app",
  dir: "/app",
  artifact: "user-service",
  packaging: "jar",
  javaVersion: 17,
  usesToolchains: false,
  web: "servlet",
  hasActuator: true,
  usesTestJars: false,
  propertiesFiles: [],
};

test("javac compiles what Maven compiles by javac alone", () => {
  expect(reasonForBuildTool(project, ["java"])).toBeUndefined();
  expect(plan.with).toBe("javac");
});

test.each<[string, Partial<SpringProject>, readonly string[]]>([
  ["daemon", { buildTool: "gradle" }, ["java"]],
  ["several", { module: "user" }, ["java"]],
  ["war", { packaging: "war" }, ["java"]],
  ["kotlin", {}, ["java", "kotlin"]],
])("the build tool compiles: %s", (reason, changes, languages) => {
  expect(reasonForBuildTool({ ...project, ...changes }, languages)).toContain(reason);
});

test("the build tool compiles where a plugin may make or change classes, and says which", () => {
  const maven = readMavenDebug(mavenDebug({ goals: ["antlr4-maven-plugin:4.13:antlr4"] }), "/app");
  expect(planCompile(maven)).toEqual({
    with: "build-tool",
    reason: "the build runs antlr4:antlr4",
  });
  expect(planCompile(readMavenDebug("", "/app")).with).toBe("build-tool");
});

test.each([
  ["src/main/java/com/example/A.java", "sources"],
  ["src/main/java/com/example", "sources"],
  ["src/main/java/com/example/.A.java.swp", "irrelevant"],
  ["src/main/java/com/example/A.java~", "irrelevant"],
  ["src/main/resources/static/index.html", "resource"],
  ["src/test/java/ATest.java", "irrelevant"],
  ["pom.xml", "build-file"],
  [".mvn/maven.config", "build-file"],
  ["src/main/antlr4/G.g4", "other"],
  ["README.md", "irrelevant"],
])("%s is taken for: %s", (path, kind) => {
  expect(classifyChange(`/app/${path}`, project, plan).kind).toBe(kind);
});

test("a resource goes where Maven copies it, and says whether it is filtered", () => {
  expect(
    classifyChange("/app/src/main/resources/application-dev.yml", project, plan),
  ).toMatchObject({
    target: "/app/target/classes/application-dev.yml",
    isFiltered: true,
  });
  expect(classifyChange("/app/src/main/resources/a/b.txt", project, plan)).toMatchObject({
    target: "/app/target/classes/a/b.txt",
    isFiltered: false,
  });
});

test("a text without properties is the same after filtering", () => {
  const dollars = { filtersDollars: true };
  const ats = { filtersDollars: false };
  expect(hasPlaceholders("a@b.example and @project.version", ats)).toBe(false);
  expect(hasPlaceholders("version: @project.version@", ats)).toBe(true);
  expect(hasPlaceholders("port: ${PORT:8080}", ats)).toBe(false);
  expect(hasPlaceholders("port: ${PORT:8080}", dollars)).toBe(true);
});
