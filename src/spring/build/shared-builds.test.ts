import { expect, test } from "vitest";
import type { BuildPlan } from "../plan/plan-build.ts";
import { SharedBuilds, type BuildOutcome } from "./shared-builds.ts";

function plan(cwd: string, ...command: readonly string[]): BuildPlan {
  return {
    ...{ tool: "Maven", command, versionCommand: [], cwd, archives: [], outputDir: cwd },
    ...{ archiveName: undefined, packaging: "jar", makesImage: false },
  };
}

const { signal } = new AbortController();
const done: BuildOutcome = { exitCode: 0, output: "" };

/** Builds that end when the test says so. */
function slowBuilds() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const run = async ({ command }: BuildPlan): Promise<BuildOutcome> => {
    begun.push(command.join(" "));
    await new Promise<void>((resolve) => ends.push(resolve));
    return done;
  };
  return { begun, run, endNext: () => ends.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("runs two builds at a time", async () => {
  const { begun, run, endNext } = slowBuilds();
  const builds = new SharedBuilds(2, new Map());
  const all = ["a", "b", "c"].map((name) => builds.build(plan(`/${name}`, name), run, signal));
  await turn();
  expect(begun).toEqual(["a", "b"]);
  endNext();
  await turn();
  expect(begun).toEqual(["a", "b", "c"]);
  endNext();
  endNext();
  expect(await Promise.all(all)).toEqual([done, done, done]);
});

test("modules of one build are built by one run", async () => {
  const begun: string[] = [];
  const builds = new SharedBuilds(2, new Map([["/shop", plan("/shop", "mvn", "a,b")]]));
  const run = async ({ command }: BuildPlan) => {
    begun.push(command.join(" "));
    return done;
  };
  await Promise.all([
    builds.build(plan("/shop", "mvn", "a"), run, signal),
    builds.build(plan("/shop", "mvn", "b"), run, signal),
  ]);
  expect(begun).toEqual(["mvn a,b"]);
});

test("when they do not build together each is built alone, one after the other", async () => {
  const begun: string[] = [];
  let atOnce = 0;
  const builds = new SharedBuilds(2, new Map([["/shop", plan("/shop", "mvn", "a,b")]]));
  const run = async ({ command }: BuildPlan): Promise<BuildOutcome> => {
    begun.push(command.join(" "));
    expect(++atOnce).toBe(1);
    await turn();
    atOnce--;
    return { exitCode: command.join(" ").includes("b") ? 1 : 0, output: command.join(" ") };
  };
  const outcomes = await Promise.all([
    builds.build(plan("/shop", "mvn", "a"), run, signal),
    builds.build(plan("/shop", "mvn", "b"), run, signal),
  ]);
  expect(begun).toEqual(["mvn a,b", "mvn a", "mvn b"]);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 1]);
});

test("a build that throws gives its place free", async () => {
  const builds = new SharedBuilds(1, new Map());
  await expect(
    builds.build(plan("/a"), () => Promise.reject(new Error("cancelled")), signal),
  ).rejects.toThrow("cancelled");
  expect(await builds.build(plan("/b"), async () => done, signal)).toBe(done);
});

test("an image that the build tool makes gets a run of its own, not at the time of another in that folder", async () => {
  const { begun, run, endNext } = slowBuilds();
  const builds = new SharedBuilds(2, new Map([["/shop", plan("/shop", "mvn", "a")]]));
  const all = [
    builds.build(plan("/shop", "mvn", "a"), run, signal),
    builds.build(
      { ...plan("/shop", "mvn", "b", "jib:dockerBuild"), makesImage: true },
      run,
      signal,
    ),
  ];
  await turn();
  expect(begun).toEqual(["mvn a"]);
  endNext();
  await turn();
  expect(begun).toEqual(["mvn a", "mvn b jib:dockerBuild"]);
  endNext();
  expect(await Promise.all(all)).toEqual([done, done]);
});

test.each([
  ["a place", "/b"],
  ["its folder", "/a"],
])(
  "a build that is cancelled while it waits for %s ends at once, and never begins",
  async (_, cwd) => {
    const { begun, run, endNext } = slowBuilds();
    const builds = new SharedBuilds(1, new Map());
    const first = builds.build(plan("/a", "first"), run, signal);
    const cancelling = new AbortController();
    const second = builds.build(plan(cwd, "second"), run, cancelling.signal);
    const third = builds.build(plan(cwd, "third"), run, signal);
    await turn();
    cancelling.abort(new Error("cancelled"));
    await expect(second).rejects.toThrow("cancelled");
    expect(begun).toEqual(["first"]);
    endNext();
    await turn();
    expect(begun).toEqual(["first", "third"]);
    endNext();
    expect(await Promise.all([first, third])).toEqual([done, done]);
  },
);

test("the place of a build that is cancelled as it gets it goes to the next", async () => {
  const { begun, run, endNext } = slowBuilds();
  const builds = new SharedBuilds(1, new Map());
  const first = builds.build(plan("/a", "first"), run, signal);
  const cancelling = new AbortController();
  const second = builds.build(plan("/b", "second"), run, cancelling.signal);
  const third = builds.build(plan("/c", "third"), run, signal);
  await turn();
  cancelling.abort(new Error("cancelled"));
  endNext();
  await expect(second).rejects.toThrow("cancelled");
  await turn();
  expect(begun).toEqual(["first", "third"]);
  endNext();
  expect(await Promise.all([first, third])).toEqual([done, done]);
});

test("a module whose joint build goes on is given up alone", async () => {
  const { run, endNext } = slowBuilds();
  const builds = new SharedBuilds(2, new Map([["/shop", plan("/shop", "mvn", "a,b")]]));
  const a = builds.build(plan("/shop", "mvn", "a"), run, signal);
  const cancelling = new AbortController();
  const b = builds.build(plan("/shop", "mvn", "b"), run, cancelling.signal);
  cancelling.abort(new Error("cancelled"));
  await expect(b).rejects.toThrow("cancelled");
  endNext();
  expect(await a).toBe(done);
});
