import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundledPackages, thirdPartyLicenses } from "./third-party-licenses.mjs";

let root;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "airfield-licences-"));
});
afterEach(() => rm(root, { recursive: true }));

/** @param files texts by name, beside package.json */
async function aPackage(about, files = {}) {
  const folder = join("node_modules", about.name);
  await mkdir(join(root, folder), { recursive: true });
  const all = { "package.json": JSON.stringify({ version: "1.0.0", ...about }), ...files };
  for (const [name, text] of Object.entries(all)) await writeFile(join(root, folder, name), text);
  return folder;
}

test("finds the packages that the outputs hold, those inside others and those with a scope too", () => {
  const outputs = {
    "dist/main.js": {
      inputs: {
        "src/main.ts": {},
        "node_modules/yaml/dist/index.js": {},
        "node_modules/yaml/dist/compose.js": {},
      },
    },
    "dist/chunk.js": {
      inputs: {
        "node_modules/tar-stream/node_modules/b4a/index.js": {},
        "../elsewhere/node_modules/@scope/name/lib/a.js": {},
      },
    },
    "dist/chunk.css": {},
  };
  expect(bundledPackages(outputs)).toEqual([
    "../elsewhere/node_modules/@scope/name",
    "node_modules/tar-stream/node_modules/b4a",
    "node_modules/yaml",
  ]);
});

test("each text stands once, under all the packages that bring it", async () => {
  const folders = [
    await aPackage({ name: "one", license: "MIT" }, { license: "Copyright A\r\nMIT text\r\n" }),
    await aPackage({ name: "two", license: "MIT" }, { "LICENSE.md": "Copyright A\nMIT text" }),
    await aPackage(
      { name: "three", license: "Apache-2.0" },
      { LICENCE: "Apache", NOTICE: "From B" },
    ),
  ];
  const text = await thirdPartyLicenses(folders, root);
  expect(text).toContain("one 1.0.0 (MIT)\ntwo 1.0.0 (MIT)\n\nCopyright A\nMIT text\n");
  expect(text).toContain("three 1.0.0 (Apache-2.0)\n\nApache\n\nFrom B\n");
  expect(text.match(/Copyright A/g)).toHaveLength(1);
});

test("a package without a file gets the standard text in its author's name", async () => {
  const folder = await aPackage({ name: "bare", license: "ISC", author: { name: "Ada" } });
  expect(await thirdPartyLicenses([folder], root)).toMatch(
    /bare 1\.0\.0 \(ISC\)\n\nCopyright \(c\) Ada\n\nPermission to use, copy/,
  );
});

test.each([
  ["a licence that asks for more", { license: "GPL-3.0-only" }, { LICENSE: "GPL" }],
  ["a licence nobody knows", { license: "SEE LICENSE IN terms.txt" }, { LICENSE: "Terms" }],
  ["no licence", {}, { LICENSE: "All rights reserved" }],
  ["neither a text nor an author", { license: "MIT" }, {}],
  [
    "only a notice, of a licence whose text is not here",
    { license: "Apache-2.0", author: "Ada" },
    { NOTICE: "N" },
  ],
])("%s fails the build and names the package", async (_, about, files) => {
  const folder = await aPackage({ name: "odd", ...about }, files);
  await expect(thirdPartyLicenses([folder], root)).rejects.toThrow("odd 1.0.0");
});
