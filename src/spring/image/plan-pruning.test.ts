import { expect, test } from "vitest";
import { planPruning, type StoreContents } from "./plan-pruning.ts";

const hourMs = 3_600_000;
const image = (
  path: string,
  usedHour: number,
  ...layers: readonly (readonly [string, number])[]
) => ({
  path,
  usedMs: usedHour * hourMs,
  layers: layers.map(([digest, sizeBytes]) => ({ digest, sizeBytes })),
});
const blob = (name: string, hour = 0) => ({ name, modifiedMs: hour * hourMs });

function plan(
  contents: Pick<StoreContents, "images" | "blobs">,
  limits: { readonly images: number; readonly bytes: number },
) {
  return planPruning({ ...contents, blobNameOf: ({ digest }) => digest }, limits);
}

test("removes what was used longest ago, with the layers that nothing else has", () => {
  const images = [
    image("old", 1, ["libraries", 60], ["a", 10]),
    image("newest", 9, ["libraries", 60], ["c", 10]),
    image("new", 5, ["libraries", 60], ["b", 10]),
  ];
  const blobs = [blob("libraries"), blob("a"), blob("b"), blob("c")];
  expect(plan({ images, blobs }, { images: 9, bytes: 85 })).toEqual({
    images: ["old"],
    blobs: ["a"],
  });
  expect(plan({ images, blobs }, { images: 1, bytes: 85 })).toEqual({
    images: ["new", "old"],
    blobs: ["a", "b"],
  });
  expect(plan({ images, blobs }, { images: 9, bytes: 999 })).toEqual({ images: [], blobs: [] });
});

test("keeps the image used last, however large", () => {
  const images = [image("only", 5, ["huge", 900])];
  expect(plan({ images, blobs: [blob("huge")] }, { images: 9, bytes: 10 })).toEqual({
    images: [],
    blobs: [],
  });
});

test("a young blob of no image may be another command's", () => {
  const images = [image("only", 9, ["x", 1])];
  const blobs = [blob("x"), blob("young", 8.5), blob("stray", 2)];
  expect(plan({ images, blobs }, { images: 9, bytes: 10 }).blobs).toEqual(["stray"]);
});
