import { expect, test } from "vitest";
import { chainIdsOf, missingLayers } from "./chain-ids.ts";

/** diffIDs of an image and the keys that containerd 1.6.20 and 2.4.2 gave its snapshots. */
const diffIds = [
  "sha256:b389cc99d6e2705637dc7a65c21f45d9d32e124b49751a7e7986ce366acb0d3a",
  "sha256:22939cf5dad193e9af58f4f19a24f2eb2fc48be4010f694b9503bb9ad1c649bf",
  "sha256:76e8e93682f10b8f0f497a60546e09b4323175a389d67abd180f313eedc0f4f4",
] as const;
const chainIds = [
  "sha256:b389cc99d6e2705637dc7a65c21f45d9d32e124b49751a7e7986ce366acb0d3a",
  "sha256:0833b535571c66b027d88ecd84c84fdf34d0299120956e00da7b2310b15080a2",
  "sha256:f797330ecedbc4252a34483789fd1bd68b3598f648d0a2f3026c634cff51a5b1",
] as const;

test("names stacks of layers as containerd does", () => {
  expect(chainIdsOf(diffIds)).toEqual(chainIds);
  expect(chainIdsOf([])).toEqual([]);
});

test.each([
  { present: [], missing: [0, 1, 2] },
  { present: [0], missing: [1, 2] },
  { present: [0, 1], missing: [2] },
  { present: [0, 1, 2], missing: [] },
])("of three layers with $present unpacked, $missing are missing", ({ present, missing }) => {
  const has = new Set(present.map((i) => chainIds[i] ?? ""));
  expect(missingLayers(diffIds, has)).toEqual(missing.map((i) => diffIds[i]));
});

test("a layer is missing where it lies on another stack", () => {
  const other = ["sha256:" + "0".repeat(64), diffIds[1]];
  expect(missingLayers(other, new Set(chainIds))).toEqual(other);
});

test("an empty layer may occur twice", () => {
  const twice = [diffIds[0], diffIds[1], diffIds[1]];
  const has = new Set(chainIdsOf(twice).slice(0, 2));
  expect(missingLayers(twice, has)).toEqual([diffIds[1]]);
});
