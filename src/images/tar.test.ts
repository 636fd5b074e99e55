import { expect, test } from "vitest";
import { collectBytes } from "../../test/fakes/collect-bytes.ts";
import { readTar, writeTar, type TarFile } from "./tar.ts";

function file(name: string, content: string, sizeBytes = content.length): TarFile {
  return { name, sizeBytes, content: streamOf([Buffer.from(content)]) };
}

async function* streamOf<T>(values: readonly T[]): AsyncIterable<T> {
  yield* values;
}

test.each([0, 1, 511, 512, 513, 100_000])("writes a file of %i bytes as tar-stream reads it", async (size) => {
  const tar = writeTar(streamOf([file("a", "x".repeat(size)), file("b/c", "second")]));
  const read: [string, string][] = [];
  for await (const entry of readTar(tar))
    read.push([entry.name, Buffer.from(await collectBytes(entry.content)).toString()]);
  expect(read).toEqual([
    ["a", "x".repeat(size)],
    ["b/c", "second"],
  ]);
});

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

async function first<T>(values: AsyncIterable<T>, count: number): Promise<readonly T[]> {
  const taken: T[] = [];
  for await (const value of values) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}
