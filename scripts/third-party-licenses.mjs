// Makes the text of dist/THIRD_PARTY_LICENSES.txt. MIT, ISC, BSD and Apache-2.0 all ask that copies carry the
// copyright notice and the licence, and a bundle is a copy.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Licences that ask for nothing but their notice, by SPDX name. Any other (copyleft, source-available, none at all)
 * has to be looked at by a person first. https://spdx.org/licenses/
 */
const ACCEPTED = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
];

/** The text, for packages that name their licence and do not bring it. */
const STANDARD_TEXTS = {
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
  ISC: `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`,
};

/**
 * The folders of the packages that esbuild has put into the bundle.
 * @param outputs `metafile.outputs`, https://esbuild.github.io/api/#metafile
 */
export function bundledPackages(outputs) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs ?? {}));
  const folders = inputs.flatMap(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [],
  );
  return [...new Set(folders)].sort();
}

/**
 * The notices of all packages, each text once.
 * @param folders relative to `root`
 * @throws when a package has no licence, one that is not in the list, or nothing to make its notice of
 */
export async function thirdPartyLicenses(folders, root) {
  const packagesByText = new Map();
  for (const folder of folders) {
    const { title, text } = await noticeOf(join(root, folder));
    packagesByText.set(text, (packagesByText.get(text) ?? new Set()).add(title));
  }
  const notices = [...packagesByText]
    .map(([text, titles]) => `${[...titles].sort().join("\n")}\n\n${text}\n`)
    .sort();
  return ["The program holds code of the packages below, under these licences.\n", ...notices].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}

async function noticeOf(folder) {
  const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const title = `${about.name} ${about.version} (${about.license})`;
  if (!ACCEPTED.includes(about.license)) {
    throw new Error(
      `${title} is in the bundle, and its licence is not in the list of scripts/third-party-licenses.mjs. ` +
        "Do without the package, or add the licence when what it asks for is met.",
    );
  }
  const files = (await readdir(folder)).filter((name) =>
    /^(licen[cs]e|notice|copying)\b/i.test(name),
  );
  const texts = await Promise.all(files.sort().map((name) => readFile(join(folder, name), "utf8")));
  if (files.some((name) => !/^notice/i.test(name))) {
    return { title, text: texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n") };
  }
  const author = typeof about.author === "object" ? about.author.name : about.author;
  const standard = STANDARD_TEXTS[about.license];
  if (author === undefined || standard === undefined) {
    throw new Error(
      `${title} is in the bundle and brings no text of its licence, and nothing to make it of.`,
    );
  }
  return { title, text: [`Copyright (c) ${author}`, ...texts, standard].join("\n\n") };
}
