import { expect, test } from "vitest";
import { ReplayFeed } from "./replay-feed.ts";

async function collected<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

test("gives every reader everything, whenever it comes", async () => {
  const feed = new ReplayFeed<number>();
  feed.push(1);
  const early = collected(feed);
  await Promise.resolve();
  feed.push(2);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  feed.push(3);
  feed.end();
  expect(await early).toEqual([1, 2, 3]);
  expect(await collected(feed)).toEqual([1, 2, 3]);
});

test("a slow reader does not hold back another", async () => {
  const feed = new ReplayFeed<number>();
  const slow = feed[Symbol.asyncIterator]();
  for (const value of [1, 2, 3]) feed.push(value);
  feed.end();
  expect((await slow.next()).value).toBe(1);
  expect(await collected(feed)).toEqual([1, 2, 3]);
  expect((await slow.next()).value).toBe(2);
});

test("fails for readers after what had come", async () => {
  const feed = new ReplayFeed<number>();
  feed.push(1);
  feed.fail(new Error("broken"));
  const reader = feed[Symbol.asyncIterator]();
  expect((await reader.next()).value).toBe(1);
  await expect(reader.next()).rejects.toThrowError("broken");
});
