import { expect, test } from "vitest";
import { renderLoop, toLoopFigures, type WayResults } from "./loop-report.ts";

const results: WayResults = {
  way: "image",
  edits: [
    { warmup: true, phases: [{ name: "compile", ms: 9_000 }], answeredMs: 20_000 },
    { warmup: false, phases: [{ name: "compile", ms: 100 }], answeredMs: 4_000 },
    { warmup: false, phases: [{ name: "compile", ms: 300 }], answeredMs: 5_000 },
  ],
};

test("tells medians of every phase and of the whole, without the warm-up", () => {
  expect(renderLoop([results])).toBe(
    [
      "airfield dev --with image (2 edits)",
      "  compile         0.20 s (0.10–0.30)",
      "  answer seen     4.50 s (4.00–5.00)",
      "",
    ].join("\n"),
  );
});

test("tells why a way was given up, with what was measured until then", () => {
  const failed = renderLoop([{ way: "kind", edits: [], failure: "no kind" }]);
  expect(failed).toContain("failed: no kind");
  expect(failed).toContain("answer seen     –");
});

test("the figures have the statistics beside the edits", () => {
  expect(toLoopFigures([results])).toMatchObject([
    { way: "image", answeredMs: { count: 2, median: 4_500 }, phases: { compile: { max: 300 } } },
  ]);
});
