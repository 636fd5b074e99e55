import { expect, test } from "vitest";
import { linesOf } from "./lines.ts";

test("joins what chunks tear apart, also inside a character", async () => {
  const bytes = new TextEncoder().encode('{"a":"é"}\n\n{"b":1}');
  const chunks = [bytes.subarray(0, 7), bytes.subarray(7, 9), bytes.subarray(9)];
  expect(await collect(linesOf(streamOf(chunks)))).toEqual(['{"a":"é"}', "", '{"b":1}']);
});

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function collect(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}
