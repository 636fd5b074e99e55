import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { readSources } from "./fingerprint-sources.ts";
import { mavenProject } from "../../../test/fakes/spring/a-spring-project.ts";

const fingerprintSources = async (...args: Parameters<typeof readSources>) =>
  (await readSources(...args)).fingerprint;

const fingerprint = (more: Readonly<Record<string, string>> = {}, includeAll = false) =>
  fingerprintSources("/app", { files: new FakeFiles(mavenProject(more)), includeAll });

test("stays the same for the same content, whenever it was written", async () => {
  const files = new FakeFiles(mavenProject());
  const before = await fingerprintSources("/app", { files, includeAll: false });
  files.put("/app/pom.xml", mavenProject()["/app/pom.xml"] ?? "");
  expect(await fingerprintSources("/app", { files, includeAll: false })).toBe(before);
});

test.each([
  ["/app/src/main/java/com/example/B.java"],
  ["/app/src/main/resources/application.yml"],
  ["/app/src/main/java/com/example/build/C.java"],
  ["/app/.mvn/maven.config"],
  ["/app/module/pom.xml"],
])("changes with %s", async (path) => {
  expect(await fingerprint({ [path]: "changed" })).not.toBe(await fingerprint());
});

test.each([
  ["/app/target/classes/A.class"],
  ["/app/pom.xml.versionsBackup"],
  ["/app/node_modules/x.js"],
  ["/app/.git/HEAD"],
  ["/app/.idea/workspace.xml"],
  ["/app/src/test/java/ATest.java"],
  ["/app/src/main/java/com/example/.#Application.java"],
  ["/app/src/main/java/com/example/#Application.java#"],
  ["/app/src/main/resources/._application.yml"],
  ["/app/src/main/resources/.application.yml.swp"],
  ["/app/.flattened-pom.xml"],
  ["/app/dependency-reduced-pom.xml"],
  ["/app/app.log"],
  ["/app/data/test.mv.db"],
  ["/app/README.md"],
  ["/app/airfield.yaml"],
])("does not change with %s", async (path) => {
  expect(await fingerprint({ [path]: "changed" })).toBe(await fingerprint());
});

test("a Dockerfile of the project's own may use everything but build output", async () => {
  const base = await fingerprint({}, true);
  expect(await fingerprint({ "/app/src/test/java/A.java": "x" }, true)).not.toBe(base);
  expect(await fingerprint({ "/app/Dockerfile": "FROM x" }, true)).not.toBe(base);
  expect(await fingerprint({ "/app/target/a.jar": "x" }, true)).toBe(base);
});

test("keeps the border between path and content", async () => {
  const first = await fingerprint({ "/app/src/main/a": "bc" });
  expect(await fingerprint({ "/app/src/main/ab": "c" })).not.toBe(first);
});

test("follows links, and does not run in circles", async () => {
  const files = new FakeFiles({ ...mavenProject(), "/shared/common.yml": "a: 1" });
  const before = await fingerprintSources("/app", { files, includeAll: false });
  files.link("/app/src/main/resources/shared", "/shared").link("/app/src/main/loop", "/app");
  const linked = await fingerprintSources("/app", { files, includeAll: false });
  expect(linked).not.toBe(before);
  files.put("/shared/common.yml", "a: 2");
  expect(await fingerprintSources("/app", { files, includeAll: false })).not.toBe(linked);
});

test("what the archive does not depend on is left out, unless a Dockerfile may use it", async () => {
  const content = { "/app/other/pom.xml": "x", "/app/config/key": "secret" };
  const without = ["/app/other", "/app/config/key"];
  const files = new FakeFiles(mavenProject(content));
  const of = (includeAll: boolean) => fingerprintSources("/app", { files, includeAll, without });
  expect(await of(false)).toBe(await fingerprint());
  expect(await of(true)).toBe(await fingerprint(content, true));
});

test("a link to nowhere, as Emacs leaves one beside a file in work, is no source", async () => {
  const files = new FakeFiles(mavenProject());
  files.link("/app/src/main/java/com/example/Lock.java", "me@host.1234:5678");
  expect(await fingerprintSources("/app", { files, includeAll: false })).toBe(await fingerprint());
});

test("folders that the build writes to are no sources, whatever they are called", async () => {
  const content = { "/app/dist/app.jar": "x", "/app/out-of/classes/A.class": "x" };
  const outputs = ["/app/dist", "/app/out-of/classes"];
  for (const includeAll of [true, false]) {
    const files = new FakeFiles(mavenProject(content));
    const of = await fingerprintSources("/app", { files, includeAll, outputs });
    expect(of).toBe(await fingerprint({}, includeAll));
  }
});

test("what a build has written is no source until somebody else has written it", async () => {
  const path = "/app/src/main/resources/git.properties";
  const { hashes } = await readSources("/app", {
    ...{ files: new FakeFiles(mavenProject({ [path]: "commit 1" })), includeAll: false },
  });
  const name = "src/main/resources/git.properties";
  const written = { [name]: hashes[name] ?? "" };
  const of = (content: string) => {
    const files = new FakeFiles(mavenProject({ [path]: content }));
    return fingerprintSources("/app", { files, includeAll: false, written });
  };
  expect(await of("commit 1")).toBe(await fingerprint());
  expect(await of("edited")).not.toBe(await fingerprint());
});
