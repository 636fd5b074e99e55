import { expect, test } from "vitest";
import { mavenDebug } from "../../../test/fakes/spring/maven-debug.ts";
import { readMavenDebug } from "./read-maven-debug.ts";

test("reads javac's options as Maven gives them, without the classes and generated sources of before", () => {
  expect(readMavenDebug(mavenDebug(), "/app")).toEqual({
    options: [
      ...["-classpath", "/m2/spring.jar", "-sourcepath", "/app/src/main/java"],
      ...["-s", "/app/target/generated-sources/annotations"],
      ...["-g", "-parameters", "--release", "17", "-encoding", "UTF-8"],
    ],
    sourceRoots: ["/app/src/main/java"],
    output: "/app/target/classes",
  });
});

test("Maven 3.9 and later name plugins by their prefixes", () => {
  const output = mavenDebug().replaceAll(/maven-(\w+)-plugin/g, "$1");
  expect(readMavenDebug(output, "/app")).toEqual(readMavenDebug(mavenDebug(), "/app"));
});

test("knows no javac when Maven compiled nothing, another module, or the tests only", () => {
  expect(readMavenDebug("[INFO] Nothing to compile", "/app")).toBeUndefined();
  expect(readMavenDebug(mavenDebug(), "/other")).toBeUndefined();
  const tests = mavenDebug().replace("compile (default-compile)", "testCompile (x)");
  expect(readMavenDebug(tests, "/app")).toBeUndefined();
});
