import { Readable } from "node:stream";
import { extract, type Header } from "tar-stream";
import { expect, test } from "vitest";
import { collectBytes } from "../../../test/fakes/collect-bytes.ts";
import { FIXED_SECONDS, layerTar, type LayerFile } from "./layer-tar.ts";

function file(path: string, text = "x", modifiedSeconds = FIXED_SECONDS): LayerFile {
  return {
    path,
    sizeBytes: Buffer.byteLength(text),
    modifiedSeconds,
    async *content() {
      yield Buffer.from(text);
    },
  };
}

function tar(files: readonly LayerFile[]): Promise<Buffer> {
  return collectBytes(layerTar(files, { owner: 10_001 }));
}

/** As another program reads it. */
async function read(bytes: Buffer): Promise<readonly { header: Header; text: string }[]> {
  const found: { header: Header; text: string }[] = [];
  for await (const entry of Readable.from([bytes]).pipe(extract())) {
    found.push({
      header: entry.header,
      text: (await collectBytes(entry as AsyncIterable<Buffer>)).toString(),
    });
  }
  return found;
}

test("holds the folders before their files, with an owner that is not root", async () => {
  const entries = await read(await tar([file("app/lib/b.jar", "b"), file("app/a.jar", "aa", 42)]));
  const folder = ["directory", 0o755, 10_001, 10_001, FIXED_SECONDS, ""];
  const plain = ["file", 0o644, 10_001, 10_001];
  expect(
    entries.map(({ header: { name, type, mode, uid, gid, mtime }, text }) => [
      ...[name, type, mode, uid, gid],
      ...[(mtime?.getTime() ?? 0) / 1000, text],
    ]),
  ).toEqual([
    ["app/", ...folder],
    ["app/a.jar", ...plain, 42, "aa"],
    ["app/lib/", ...folder],
    ["app/lib/b.jar", ...plain, FIXED_SECONDS, "b"],
  ]);
});

test("the same files in another order are the same bytes", async () => {
  const [a, b] = [file("app/a", "1"), file("app/B", "2")];
  expect(await tar([a, b])).toEqual(await tar([b, a]));
});

test.each(["a".repeat(100), `${"b/".repeat(80)}c`, "grüße.txt", "日本/語.jar"])(
  "keeps the name %s",
  async (name) => {
    const entries = await read(await tar([file(name, "content")]));
    expect(entries.at(-1)).toMatchObject({ header: { name, size: 7 }, text: "content" });
  },
);

test("fails when a file has not the size that was announced", async () => {
  await expect(tar([{ ...file("a", "x"), sizeBytes: 2 }])).rejects.toThrow("a has 1 bytes");
});
