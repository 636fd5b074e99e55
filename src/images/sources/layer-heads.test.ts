import { beforeEach, expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { headBytes, headOf, LayerHeads, readHead } from "./layer-heads.ts";

let files: FakeFiles;

beforeEach(() => {
  files = new FakeFiles();
});

test("are remembered by the next command", async () => {
  const heads = new LayerHeads(files);
  await heads.learn("sha256:a", "A");
  await heads.learn("sha256:b", "B");
  await heads.save();
  expect(await new LayerHeads(files).of(["sha256:b", "sha256:c"])).toEqual(new Set(["B"]));
});

test("that are damaged are learnt again", async () => {
  await files.writeBytes(`${files.cacheFolder}/layer-heads.json`, Buffer.from("{"));
  const heads = new LayerHeads(files);
  expect((await heads.of(["sha256:a"])).size).toBe(0);
  await heads.learn("sha256:a", "A");
  await heads.save();
  expect((await new LayerHeads(files).of(["sha256:a"])).size).toBe(1);
});

test("do not become more and more", async () => {
  const heads = new LayerHeads(files);
  for (let i = 0; i < 2001; i++) await heads.learn(`sha256:${i}`, `${i}`);
  await heads.save();
  const known = await new LayerHeads(files).of(["sha256:0", "sha256:1", "sha256:2000"]);
  expect(known).toEqual(new Set(["1", "2000"]));
});

test("tell layers apart by their beginning, however it comes", async () => {
  const layer = Buffer.alloc(3 * headBytes, 7);
  async function* inPieces(bytes: Buffer) {
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  }
  expect(await readHead(inPieces(layer))).toBe(headOf(layer));
  expect(headOf(layer)).toBe(headOf(layer.subarray(0, headBytes)));
  expect(headOf(layer)).not.toBe(headOf(layer.subarray(0, headBytes - 1)));
  expect(await readHead(inPieces(Buffer.from("small")))).toBe(headOf(Buffer.from("small")));
});
