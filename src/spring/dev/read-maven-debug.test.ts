import { expect, test } from "vitest";
import { mavenDebug } from "../testing/maven-debug.ts";
import { readMavenDebug } from "./read-maven-debug.ts";

test("reads javac's options as Maven gives them, without the classes of before", () => {
  expect(readMavenDebug(mavenDebug(), "/app").javac).toEqual({
    options: [
      ...["-classpath", "/m2/spring.jar", "-sourcepath", "/app/src/main/java:"],
      ...["-s", "/app/target/generated-sources/annotations"],
      ...["-g", "-parameters", "--release", "17", "-encoding", "UTF-8"],
    ],
    sourceRoots: ["/app/src/main/java"],
    output: "/app/target/classes",
  });
});

test("reads the folders of resources, which of them are filtered, and by what", () => {
  const { resources, filtersDollars } = readMavenDebug(mavenDebug(), "/app");
  const yaml = ["**/application*.yml", "**/application*.properties"];
  expect(resources).toEqual([
    {
      directory: "/app/src/main/resources",
      targetPath: undefined,
      isFiltered: true,
      includes: yaml,
      excludes: [],
    },
    {
      directory: "/app/src/main/resources",
      targetPath: undefined,
      isFiltered: false,
      includes: [],
      excludes: yaml,
    },
  ]);
  expect(filtersDollars).toBe(false);
  expect(readMavenDebug(mavenDebug({ filtersDollars: true }), "/app").filtersDollars).toBe(true);
});

test("reads the goals in their order, by their plugins' short names", () => {
  const output = mavenDebug({
    goals: ["antlr4-maven-plugin:4.13:antlr4", "enforcer:3.5.0:enforce"],
  });
  expect(readMavenDebug(output, "/app").goals.slice(0, 4)).toEqual([
    ...["antlr4:antlr4", "enforcer:enforce"],
    ...["resources:resources", "compiler:compile"],
  ]);
});

test("knows no javac when Maven compiled nothing, another module, or the tests only", () => {
  expect(readMavenDebug("[INFO] Nothing to compile", "/app").javac).toBeUndefined();
  expect(readMavenDebug(mavenDebug(), "/other").javac).toBeUndefined();
  const tests = mavenDebug().replace("compile (default-compile)", "testCompile (x)");
  expect(readMavenDebug(tests, "/app").javac).toBeUndefined();
});
