import { expect, test } from "vitest";
import type { SpringProject } from "../project/detect-project.ts";
import { mavenModule } from "../../../test/fakes/spring/maven-report.ts";
import { mavenDebug } from "../../../test/fakes/spring/maven-debug.ts";
import {
  classifyChange,
  hasPlaceholders,
  planCompile,
  reasonForBuildTool,
  type JavacCall,
} from "./plan-compile.ts";
import { matchesPattern } from "../project/ant-pattern.ts";
import { readMavenDebug } from "./read-maven-debug.ts";

const javac = readMavenDebug(mavenDebug(), "/app");
const plan = planCompile(javac, mavenModule());
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
  expect(planCompile(javac, mavenModule({ goals: ["antlr4:antlr4"] }))).toEqual({
    with: "build-tool",
    reason: "the build runs antlr4:antlr4",
  });
});

test("the build tool compiles where Maven did not tell enough, or compiles more than once", () => {
  expect(planCompile(undefined, mavenModule()).with).toBe("build-tool");
  expect(planCompile(javac, undefined).with).toBe("build-tool");
  const twice = mavenModule({ goals: ["compiler:compile"] });
  expect(planCompile(javac, twice)).toMatchObject({
    reason: "the build runs compiler:compile twice",
  });
});

test.each([
  [{}, "com/acme/A.java", true],
  [{ excludes: ["**/legacy/**"] }, "com/acme/A.java", true],
  [{ excludes: ["**/legacy/**"] }, "com/acme/legacy/A.java", false],
  [{ includes: ["com/acme/**"] }, "com/acme/A.java", true],
  [{ includes: ["com/acme/**"] }, "org/A.java", false],
  [{}, "com/acme/.#A.java", false],
  [{}, ".git/A.java", false],
])("compiles by %j %s: %s", (compile, path, isCompiled) => {
  const { call } = planCompile(javac, mavenModule({ compile })) as {
    readonly call: JavacCall;
  };
  const matches = (pattern: string) => matchesPattern(path, pattern);
  expect(call.includes.some(matches) && !call.excludes.some(matches)).toBe(isCompiled);
});

test.each([
  ["src/main/java/com/example/A.java", "sources"],
  ["src/main/java/com/example", "sources"],
  ["src/main/java/com/example/.A.java.swp", "irrelevant"],
  ["src/main/java/com/example/A.java~", "irrelevant"],
  ["src/main/java/com/example/.#A.java", "irrelevant"],
  ["src/main/java/com/example/4913", "irrelevant"],
  ["src/main/java/com/example/notes.txt", "irrelevant"],
  ["app.log", "irrelevant"],
  [".idea/workspace.xml", "irrelevant"],
  ["src/main/resources/static/index.html", "resource"],
  ["src/test/java/ATest.java", "irrelevant"],
  ["pom.xml", "build-file"],
  [".mvn/maven.config", "build-file"],
  ["src/main/antlr4/G.g4", "beside"],
  ["data/test.mv.db", "beside"],
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

const sql = mavenModule({
  copy: {
    resources: [
      {
        directory: "src/main/resources",
        targetPath: null,
        isFiltered: true,
        includes: [],
        excludes: [],
      },
      {
        directory: "/app/src/main/java",
        targetPath: null,
        isFiltered: false,
        includes: ["**/*.sql"],
        excludes: ["**/old/**"],
      },
      {
        directory: "/app/shared",
        targetPath: "static",
        isFiltered: false,
        includes: [],
        excludes: [],
      },
      {
        directory: "/app/docs",
        targetPath: "../docs",
        isFiltered: false,
        includes: [],
        excludes: [],
      },
    ],
  },
});

test.each([
  ["src/main/java/com/q.sql", { kind: "resource", target: "/app/target/classes/com/q.sql" }],
  ["src/main/java/com/A.java", { kind: "sources" }],
  ["src/main/java/com/A.html", { kind: "irrelevant" }],
  ["src/main/java/old/q.sql", { kind: "irrelevant" }],
  ["src/main/java/com", { kind: "other" }],
  ["src/main/resources/a.txt", { kind: "resource", isFiltered: true }],
  ["shared/a.css", { kind: "resource", target: "/app/target/classes/static/a.css" }],
  ["docs/a.md", { kind: "other" }],
])("with resources of several folders, %s is %j", (path, change) => {
  expect(classifyChange(`/app/${path}`, project, planCompile(javac, sql))).toMatchObject(change);
});

test("a resource that another folder has, too, is told with its rivals", () => {
  const path = "/app/src/main/resources/static/a.css";
  expect(classifyChange(path, project, planCompile(javac, sql))).toMatchObject({
    rivals: expect.arrayContaining(["/app/src/main/java/static/a.css", "/app/shared/a.css"]),
  });
});

test.each([
  [{}, "a@b.example and @project.version", false],
  [{}, "version: @project.version@", true],
  [{}, "port: ${PORT:8080}", false],
  [{ useDefaultDelimiters: "true" }, "port: ${PORT:8080}", true],
  [{ delimiters: ["#"] }, "nothing", true],
])("filtered by %j, %s may have a property: %s", (copy, text, isSo) => {
  const { placeholders } = planCompile(javac, mavenModule({ copy })) as {
    readonly placeholders: readonly string[] | undefined;
  };
  expect(hasPlaceholders(text, { placeholders })).toBe(isSo);
});
