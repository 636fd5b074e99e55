import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { root, Workspace } from "./airfield.ts";

/** Requests to the compiler, one after the other; resolves with its answers. */
async function compile(requests: readonly string[]): Promise<string> {
  const server = join(root, "dist/CompileServer.java");
  const { stdout } = await execa("java", [server], { input: `${requests.join("\n")}\n` });
  return stdout;
}

test("compiles what Maven would, leaves the files of editors out, and writes nothing on trial", async () => {
  await using workspace = await Workspace.create();
  const [sources, classes] = [join(workspace.folder, "src"), join(workspace.folder, "classes")];
  await mkdir(join(sources, "legacy"), { recursive: true });
  await mkdir(classes);
  await writeFile(join(sources, "A.java"), "class A {}");
  await writeFile(join(sources, "legacy/Old.java"), "package legacy; class Old {}");
  await symlink("me@host.12:34", join(sources, ".#A.java"));
  await symlink(sources, join(sources, "circle"));
  const request = [
    ...[
      `root ${sources}`,
      "include (?:[^/]+/)*[^/]*\\.java",
      "exclude (?:[^/]+/)*(?:legacy|circle)/.*",
    ],
    `output ${classes}`,
  ];
  expect(await compile([...request, "try"])).toMatch(/^written\tA\.class\ndone\tok\t\d+$/);
  expect(await readdir(classes)).toEqual([]);
  await writeFile(join(classes, "Gone.class"), "");
  const answers = await compile([...request, "try", ...request, "go", ...request, "go"]);
  expect(answers.replaceAll(/\t\d+$/gm, "").split("\n")).toEqual([
    ...["deleted\tGone.class", "written\tA.class", "done\tok"],
    ...["deleted\tGone.class", "written\tA.class", "done\tok"],
    "done\tok",
  ]);
  expect(await readdir(classes)).toEqual(["A.class"]);
  const before = await readFile(join(classes, "A.class"));
  await writeFile(join(sources, "A.java"), "class A { int a }");
  expect(await compile([...request, "go"])).toMatch(/^error\t.*A\.java\t1\t\d+\t/);
  expect(await readFile(join(classes, "A.class"))).toEqual(before);
});
