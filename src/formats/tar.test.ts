import { pack } from "tar-stream";
import { expect, test } from "vitest";
import { collectBytes } from "../../test/fakes/collect-bytes.ts";
import { readTar } from "./read-tar.ts";
import { writeTar, type TarMember } from "./write-tar.ts";

function file(name: string, content: string, sizeBytes = content.length): TarMember {
  return { name, sizeBytes, content: streamOf([Buffer.from(content)]) };
}

async function* streamOf<T>(values: readonly T[]): AsyncIterable<T> {
  yield* values;
}

test.each([0, 1, 511, 512, 513, 100_000])(
  "writes a file of %i bytes as tar-stream reads it",
  async (size) => {
    const tar = writeTar(streamOf([file("a", "x".repeat(size)), file("b/c", "second")]));
    const read: [string, string][] = [];
    for await (const entry of readTar(tar))
      read.push([entry.name, Buffer.from(await collectBytes(entry.content)).toString()]);
    expect(read).toEqual([
      ["a", "x".repeat(size)],
      ["b/c", "second"],
    ]);
  },
);

test("writes the same bytes for the same content", async () => {
  const write = () => collectBytes(writeTar(streamOf([file("a", "one")])));
  expect(await write()).toEqual(await write());
});

test("announces sizes that octal cannot hold", async () => {
  const sizeBytes = 9 * 1024 ** 3;
  const [header] = await first(writeTar(streamOf([file("layer", "x", sizeBytes)])), 1);
  const entries = readTar(streamOf([header as Uint8Array]))[Symbol.asyncIterator]();
  const next = await entries.next();
  expect(next.value).toMatchObject({ name: "layer", sizeBytes });
});

test("fails rather than write a file that is not as long as announced", async () => {
  await expect(collectBytes(writeTar(streamOf([file("a", "one", 4)])))).rejects.toThrowError(
    "a has 3 bytes where 4 were announced",
  );
});

test("reads what tar-stream writes: long names, links, folders, and where the content lies", async () => {
  const long = `${"folder/".repeat(40)}file`;
  const tar = pack();
  tar.entry({ name: "a/", type: "directory" });
  tar.entry({ name: long }, "long");
  tar.entry({ name: "a/link", type: "symlink", linkname: "../up" });
  tar.entry({ name: "a/hard", type: "link", linkname: "up" });
  tar.entry({ name: "ümlaut" }, "last");
  tar.finalize();
  const whole = Buffer.from(await collectBytes(tar as AsyncIterable<Buffer>));
  const read: unknown[] = [];
  for await (const { name, kind, linkTarget, sizeBytes, offset, content } of readTar(
    pieces(whole, 100),
  )) {
    const text = String(whole.subarray(offset, offset + sizeBytes));
    expect(Buffer.from(await collectBytes(content)).toString()).toBe(text);
    read.push([name, kind, linkTarget ?? text]);
  }
  expect(read).toEqual([
    ["a/", "other", ""],
    [long, "file", "long"],
    ["a/link", "link", "up"],
    ["a/hard", "link", "up"],
    ["ümlaut", "file", "last"],
  ]);
});

test("goes on behind content that nobody read", async () => {
  const tar = writeTar(streamOf([file("a", "x".repeat(5000)), file("b", "y")]));
  const names: string[] = [];
  for await (const { name } of readTar(tar)) names.push(name);
  expect(names).toEqual(["a", "b"]);
});

test.each<[string, (header: Buffer) => void, RegExp]>([
  ["a wrong checksum", (header) => header.write("x", 0), /checksum/],
  ["a size that is no number", (header) => header.write("9zz", 124), /checksum|number/],
  [
    "a size that is impossible",
    (header) => {
      header.fill(0xff, 124, 136);
      sign(header);
    },
    /impossible/,
  ],
  [
    "a name without end",
    (header) => {
      header.write("L", 156);
      header.write("77777777777", 124);
      sign(header);
    },
    /name without end/,
  ],
])("refuses %s", async (_, spoil, reason) => {
  const whole = Buffer.from(await collectBytes(writeTar(streamOf([file("a", "one")]))));
  spoil(whole.subarray(0, 512));
  await expect(collectNames(whole)).rejects.toThrowError(reason);
});

async function collectNames(bytes: Buffer): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of readTar(pieces(bytes, 4096))) names.push(name);
  return names;
}

function sign(header: Buffer): void {
  header.fill(32, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
}

async function* pieces(bytes: Buffer, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function first<T>(values: AsyncIterable<T>, count: number): Promise<readonly T[]> {
  const taken: T[] = [];
  for await (const value of values) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}
