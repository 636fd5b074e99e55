import { expect, test } from "vitest";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { learnWritten, recallWritten } from "./written-by-builds.ts";

const { signal } = new AbortController();

/** What is remembered of a build; git, where there is one, ignores these. */
async function learn(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  ignored?: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const ports = fakePorts();
  if (ignored !== undefined) {
    ports.commands.on((_, { stdin = "" }) => ({
      stdout: stdin
        .split("\0")
        .filter((path) => ignored.includes(path))
        .map((path) => `${path}\0`)
        .join(""),
    }));
  }
  await learnWritten("/app", { before, after }, { ports, signal });
  return recallWritten("/app", ports.files);
}

test("a new file beside the sources is the build's", async () => {
  expect(await learn({ "pom.xml": "1" }, { "pom.xml": "1", "flat.xml": "2" })).toEqual({
    "flat.xml": "2",
  });
});

test.each([
  [{ "notes.txt": "1" }, { "notes.txt": "2" }],
  [{}, { "src/main/java/B.java": "2" }],
  [{}, { "api/pom.xml": "2" }],
])("%j to %j may be the user's", async (before, after) => {
  expect(await learn(before, after)).toEqual({});
  expect(await learn(before, after, [])).toEqual({});
});

test("what git ignores is the build's, also among the sources and when it was there before", async () => {
  const path = "src/main/resources/git.properties";
  expect(await learn({ [path]: "1" }, { [path]: "2" }, [path])).toEqual({ [path]: "2" });
});

test("what one build wrote, the next may write again", async () => {
  const ports = fakePorts();
  const build = (
    before: Readonly<Record<string, string>>,
    after: Readonly<Record<string, string>>,
  ) => learnWritten("/app", { before, after }, { ports, signal });
  expect(await build({}, { "flat.xml": "1" })).toBe(true);
  expect(await build({ "flat.xml": "1" }, { "flat.xml": "1" })).toBe(false);
  expect(await build({ "flat.xml": "1" }, { "flat.xml": "2" })).toBe(true);
  expect(await recallWritten("/app", ports.files)).toEqual({ "flat.xml": "2" });
});
