import { expect, test } from "vitest";
import { createBuildProgress, readBuildFailure, readBuildToolJava } from "./read-build-output.ts";

test("reads Maven's compiler errors as path:line:column, each once", () => {
  const output = `[INFO] --- compiler:3.14.1:compile (default-compile) @ a ---
[ERROR] COMPILATION ERROR :
[INFO] -------------------------------------------------------------
[ERROR] /app/src/main/java/A.java:[30,20] cannot find symbol
  symbol:   class Userr
  location: class A
[ERROR] /app/src/main/java/A.java:[31,36] ';' expected
[INFO] 2 errors
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.14.1:compile (default-compile) on project a: Compilation failure: Compilation failure:
[ERROR] /app/src/main/java/A.java:[30,20] cannot find symbol
[ERROR]   symbol:   class Userr
[ERROR] -> [Help 1]
[ERROR] Re-run Maven using the -X switch to enable full debug logging.
`;
  expect(readBuildFailure(output, "/app").lines).toEqual([
    "src/main/java/A.java:30:20: cannot find symbol",
    "  symbol:   class Userr",
    "  location: class A",
    "src/main/java/A.java:31:36: ';' expected",
  ]);
});

test("reads Maven's other errors without its advice", () => {
  const output = `[INFO] Scanning for projects...
[ERROR] Failed to execute goal on project a: Could not resolve dependencies for project x:a:jar:1: Could not find artifact y:z:jar:1 -> [Help 1]
[ERROR]
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
[ERROR] [Help 1] http://cwiki.apache.org/confluence/x
`;
  expect(readBuildFailure(output, "/app").lines).toEqual([
    "Failed to execute goal on project a: Could not resolve dependencies for project x:a:jar:1: Could not find artifact y:z:jar:1",
  ]);
});

test("reads the compiler errors of Java and Kotlin under Gradle", () => {
  const output = `> Task :compileJava FAILED
/app/src/main/java/A.java:30: error: cannot find symbol
        new Userr();
            ^
  symbol: class Userr
e: file:///app/src/main/kotlin/B.kt:5:9 Unresolved reference: foo

FAILURE: Build failed with an exception.
* What went wrong:
Execution failed for task ':compileJava'.
* Try:
> Run with --info option
`;
  expect(readBuildFailure(output, "/app").lines).toEqual([
    "src/main/java/A.java:30: cannot find symbol",
    "        new Userr();",
    "            ^",
    "  symbol: class Userr",
    "src/main/kotlin/B.kt:5:9: Unresolved reference: foo",
  ]);
});

test("reads what went wrong when Gradle fails before compiling", () => {
  const output = "* What went wrong:\nPlugin [id: 'x'] was not found\n\n* Try:\n> Run with\n";
  expect(readBuildFailure(output, "/app").lines).toEqual(["Plugin [id: 'x'] was not found"]);
});

test("shows the last lines when nothing else is known", () => {
  const output = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
  expect(readBuildFailure(output, "/app").lines).toHaveLength(15);
});

test.each([
  ["[ERROR] Fatal error compiling: error: release version 21 not supported", 21],
  ["[ERROR] Fatal error compiling: invalid target release: 25", 25],
  [
    "x has been compiled by a more recent version of the Java Runtime (class file version 61.0), this version of the Java Runtime only recognizes class file versions up to 55.0",
    17,
  ],
  ["Dependency requires at least JVM runtime version 17. This build uses a Java 11 JVM.", 17],
  [
    "Cannot find a Java installation on your machine matching: {languageVersion=21, vendor=any}",
    21,
  ],
])("sees that a newer JDK is needed: %s", (output, needed) => {
  expect(readBuildFailure(output, "/app").neededJava).toBe(needed);
});

test("sees that there is no compiler", () => {
  const output =
    "[ERROR] No compiler is provided in this environment. Perhaps you are running on a JRE";
  expect(readBuildFailure(output, "/app").hasNoCompiler).toBe(true);
});

test("reads the Java of Maven and of Gradle", () => {
  const maven =
    "Apache Maven 3.8.7\nMaven home: /m\nJava version: 17.0.15, vendor: Debian, runtime: /jvm/17\nDefault locale: en\n";
  expect(readBuildToolJava(maven)).toEqual({ version: 17, home: "/jvm/17" });
  expect(readBuildToolJava("Gradle 8.14\nLauncher JVM:  21.0.2 (Eclipse)\n")).toEqual({
    version: 21,
    home: undefined,
  });
});

test("tells the builder's image that buildpacks could not pull", () => {
  const output = `[ERROR] Failed to execute goal a:b:build-image-no-fork (default-cli) on project x: failed: Docker API call to '/run/docker.sock/v1.45/images/create?fromImage=docker.io%2Fpaketobuildpacks%2Fbuilder-noble-java-tiny%3Alatest' failed with status code 500 "Internal Server Error" and message "Get "https://registry-1.docker.io/v2/": no such host" -> [Help 1]`;
  expect(readBuildFailure(output, "/app").missingImage).toEqual({
    image: "docker.io/paketobuildpacks/builder-noble-java-tiny:latest",
    reason: 'Get "https://registry-1.docker.io/v2/": no such host',
  });
});

function progressOf(lines: readonly string[]) {
  const read = createBuildProgress();
  return lines.flatMap((line) => read(line) ?? []);
}

test("of a build with one module the goals are told", () => {
  expect(
    progressOf([
      "[INFO] Scanning for projects...",
      "[INFO] Building user-service 1.0.0",
      "[INFO] --- resources:3.3.1:resources (default-resources) @ user-service ---",
      "[INFO] --- maven-compiler-plugin:3.14.1:compile (default-compile) @ user-service ---",
      "[INFO] --- spring-boot:3.5.0:repackage (repackage) @ user-service ---",
      "[ERROR] broken",
    ]),
  ).toEqual([
    { detail: "resources:resources" },
    { detail: "compiler:compile" },
    { detail: "spring-boot:repackage" },
  ]);
});

test("of a build with several modules each module is told, with its place", () => {
  expect(
    progressOf([
      "[INFO] Building shop 1                                                    [1/4]",
      "[INFO] --- compiler:3.14.1:compile (default-compile) @ shop ---",
      "[INFO] Building Shop :: API [beta] 1-SNAPSHOT                             [2/4]",
      "[INFO] --- compiler:3.14.1:compile (default-compile) @ api ---",
    ]),
  ).toEqual([
    { detail: "shop 1 (1 of 4)", fraction: 0 },
    { detail: "Shop :: API [beta] 1-SNAPSHOT (2 of 4)", fraction: 0.25 },
  ]);
});

test("of Gradle the tasks are told, and of projects below the root each one once in a row", () => {
  expect(
    progressOf([
      "> Task :compileJava",
      "> Task :bootJar UP-TO-DATE",
      "> Task :api:compileJava",
      "> Task :api:classes",
      "> Task :apps:users:bootJar",
      "> Task :bootJar",
    ]).map(({ detail }) => detail),
  ).toEqual([":compileJava", ":bootJar", ":api", ":apps:users", ":bootJar"]);
});
