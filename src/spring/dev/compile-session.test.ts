import { expect, test } from "vitest";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { FakeCommands } from "../../../test/fakes/fake-commands.ts";
import { openCompileSession } from "./compile-session.ts";

const call = {
  ...{ options: ["-g"], sourceRoots: ["/app/src"], output: "/app/classes" },
  ...{ includes: [".*\\.java"], excludes: ["old/.*"] },
};
const clock = new FakeClock();
const options = { javaHome: "/jdk", serverFile: "/CompileServer.java", dir: "/app" };

test("tells what a compilation wrote, removed and complained about", async () => {
  const asked: string[] = [];
  const commands = new FakeCommands().talk(() => (line) => {
    asked.push(line);
    if (line !== "go") return [];
    return [
      "warning\t/app/src/A.java\t1\t2\told\\nand\\\\odd",
      "error\t\t0\t0\tno source",
      ...["written\tA.class", "deleted\tB.class", "done\tfailed\t120"],
    ];
  });
  const session = openCompileSession(options, { clock, commands });
  expect(await session.compile(call)).toEqual({
    isOk: false,
    problems: [
      ...[
        { isError: false, path: "/app/src/A.java", line: 1, column: 2, message: "old\nand\\odd" },
      ],
      ...[{ isError: true, path: "", line: 0, column: 0, message: "no source" }],
    ],
    ...{ written: ["A.class"], deleted: ["B.class"], ms: 120 },
  });
  expect(asked).toEqual([
    ...["option -g", "root /app/src", "include .*\\.java", "exclude old/.*"],
    ...["output /app/classes", "go"],
  ]);
  expect(commands.lines[0]).toMatch(/^\/jdk\/bin\/java .*CompileServer\.java$/);
  await session.close();
  expect(commands.talking).toBe(0);
});

test("a compiler that ends says so now and at every further compilation, with its last lines", async () => {
  const commands = new FakeCommands().on(() => ({
    ...{ exitCode: 1, stderr: "Error: no such module\n" },
  }));
  const session = openCompileSession(options, { clock, commands });
  session.close().catch(() => undefined);
  await expect(session.compile(call)).rejects.toMatchObject({ code: "compiler-stopped" });
  await expect(session.compile(call)).rejects.toThrow("no such module");
});

test("a JDK that is not there is told as such", async () => {
  const session = openCompileSession(options, { clock, commands: new FakeCommands() });
  session.close().catch(() => undefined);
  await expect(session.compile(call)).rejects.toMatchObject({ code: "program-not-found" });
});

test("a compiler that does not answer is stopped after five minutes, and says so", async () => {
  const late = new FakeClock();
  const commands = new FakeCommands().talk(() => () => []);
  const session = openCompileSession(options, { clock: late, commands });
  const compiled = session.compile(call);
  late.advance(300_000);
  await expect(compiled).rejects.toMatchObject({ code: "compiler-stopped" });
  await expect(compiled).rejects.toThrow("it did not answer in 5 minutes");
  await session.close();
});

test("a trial is asked for by another word", async () => {
  const asked: string[] = [];
  const commands = new FakeCommands().talk(() => (line) => {
    asked.push(line);
    return line === "try" ? ["done\tok\t1"] : [];
  });
  const session = openCompileSession(options, { clock, commands });
  expect(await session.compile(call, { isTrial: true })).toMatchObject({ isOk: true });
  expect(asked.at(-1)).toBe("try");
  await session.close();
});
