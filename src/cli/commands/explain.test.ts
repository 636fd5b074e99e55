import { expect, test } from "vitest";
import { runCli } from "../../../test/fakes/fake-cli.ts";
import { catalog } from "../../errors/catalog.ts";
import { warnings } from "../../errors/catalog/warnings.ts";

test("the page of an error says what it means, why, how it looks, what to do, and its exit code", async () => {
  const { stdout, error, opened } = await runCli(["explain", "container-not-running"]);
  expect(error).toBeUndefined();
  expect(opened).toEqual([]);
  expect(stdout).toMatchInlineSnapshot(`
    "container-not-running: A container that the work needs does not run.

    Nodes and registries are containers, which can be stopped or paused, and which
    do not all start again with the engine. Nothing can be run in one that stands
    still.

    As it is shown, in each of its forms

    Error: Container "shop-worker" is not running.
    Hint: Start it (docker start shop-worker), or see why it stopped: docker logs --tail 50 shop-worker

    Error: Container "shop-worker" is paused.
    Hint: Resume it: docker unpause shop-worker

    Exit code

    1 (Failure): The work was started and failed: a build, a cluster creation, a roll-out.
    "
  `);
});

test("the page of a warning says that the work goes on", async () => {
  const { stdout } = await runCli(["explain", "storage-unchanged"]);
  expect(stdout).toContain("Warning: The volume of postgres stays at 1Gi");
  expect(stdout).toContain("None: the work goes on.");
});

test("several codes are several pages", async () => {
  const { stdout } = await runCli(["explain", "port-taken", "disk-full"]);
  expect(stdout).toMatch(/^port-taken: [\s\S]*\n─{80}\n\ndisk-full: /);
});

test("without a code every code is listed, in a line of its own that is not too long", async () => {
  const { stdout } = await runCli(["explain"]);
  const [head, ...lines] = stdout.trimEnd().split("\n");
  expect(head).toMatch(/^CODE +KIND +EXIT +MEANS$/);
  const listed = lines.map((line) => line.split(" ")[0]);
  expect(listed).toEqual(
    expect.arrayContaining([...Object.keys(catalog), ...Object.keys(warnings), "bug"]),
  );
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});

test("programs get the same as data", async () => {
  const { stdout } = await runCli(["explain", "port-taken", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({
      code: "port-taken",
      kind: "error",
      examples: [expect.objectContaining({ hint: expect.stringContaining("ss -ltnp") })],
      exitCode: expect.objectContaining({ code: 4, name: "Conflict" }),
    }),
  ]);
  const all = await runCli(["explain", "-o", "json"]);
  expect((JSON.parse(all.stdout) as unknown[]).length).toBeGreaterThan(130);
});

test.each([
  ["port-takn", ["port-taken"]],
  ["PORT-TAKEN", ["port-taken"]],
  ["port", ["port-taken", "port-not-forwarded"]],
  ["kubeconfig", ["kubeconfig-locked", "kubeconfig-invalid"]],
  ["crash loop backoff!", []],
])("%j is no code, and the nearest are named", async (code, near) => {
  const { error, stdout } = await runCli(["explain", code]);
  expect(stdout).toBe("");
  expect(error).toMatchObject({ code: "error-code-unknown", exitCode: 3 });
  const { facts } = error as { facts: { near: readonly string[] } };
  expect(facts.near).toEqual(near.length === 0 ? [] : expect.arrayContaining(near));
  expect(facts.near[0]).toBe(near[0]);
});
