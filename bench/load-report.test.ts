import { expect, test } from "vitest";
import type { LoadMeasurement, LoadRun } from "./load-measurement.ts";
import { renderLoadResults, renderLoadRun, toLoadFigures } from "./load-report.ts";

const run = (
  index: number,
  first: Partial<LoadMeasurement>,
  more: Partial<LoadRun> = {},
): LoadRun => ({
  index,
  warmup: false,
  startedAt: "2026-01-01T00:00:00Z",
  load: [0, 0, 0],
  busyProcessors: 0,
  measurements: {
    first: { ms: 1000, cpuMs: 500, sentBytes: 400e6, peakBytes: 100e6, ...first },
  },
  ...more,
});

const results = {
  nodes: 2,
  tools: [
    { tool: "kind" as const, runs: [run(1, { ms: 20_000 }), run(2, { ms: 22_000 })] },
    {
      tool: "airfield" as const,
      runs: [
        run(1, { ms: 99_000 }, { warmup: true }),
        run(1, { ms: 10_000 }),
        run(2, { ms: 11_000 }),
      ],
    },
  ],
};

test("shows medians, what they lie between, and the ratio; warm-ups do not count", () => {
  const text = renderLoadResults(results);
  expect(text).toContain("to 2 nodes (runs: airfield 2, kind 2)");
  expect(text).toMatch(/seconds +10\.5 \(10\.0–11\.0\) +21\.0 \(20\.0–22\.0\) +2\.0×/);
  expect(text).toMatch(/CPU s of engine and nodes +– +– +–/);
});

test("names runs that failed", () => {
  const failed = run(3, {}, { measurements: {}, failure: "exit code 1\nmore" });
  const text = renderLoadResults({ nodes: 1, tools: [{ tool: "kind", runs: [failed] }] });
  expect(text).toContain("kind run 3 failed: exit code 1");
  expect(renderLoadRun(failed)).toContain("failed");
});

test("has the statistics in JSON", () => {
  expect(toLoadFigures(results)).toMatchObject({
    nodes: 2,
    tools: [
      { tool: "kind", statistics: { first: { ms: { median: 21_000 } } } },
      { tool: "airfield", statistics: { first: { ms: { median: 10_500 } } } },
    ],
  });
});
