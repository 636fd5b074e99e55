import { expect, test } from "vitest";
import type { Measurement, Run } from "./measurement.ts";
import { renderResults, renderRun, toFigures, type ToolResults } from "./report.ts";

const topology = { name: "1+1", controlPlanes: 1, workers: 1 };

test("shows medians, spread and ratios, airfield first whatever the order of the runs", () => {
  const kind = results("kind", [aRun(1, 48_000), aRun(2, 47_000), aRun(3, 50_500)]);
  const airfield = results("airfield", [
    aRun(1, 90_000, { warmup: true }),
    aRun(1, 6_100),
    aRun(2, 6_000),
    aRun(3, 8_000),
  ]);
  expect(renderResults({ topology, tools: [kind, airfield] })).toMatchInlineSnapshot(`
    "1 control plane, 1 worker (runs: airfield 3 of 3, kind 3 of 3)
                                            airfield               kind   kind/airfield
      command returned, s           6.20 (6.10–8.10)   48.1 (47.1–50.6)               –
      all nodes Ready, s            5.60 (5.50–7.50)   47.5 (46.5–50.0)            8.5×
      first pod runs, s             5.70 (5.60–7.60)   47.6 (46.6–50.1)            8.4×
      DNS answers (end point), s    6.10 (6.00–8.00)   48.0 (47.0–50.5)            7.9×
      returned and DNS answers, s   6.20 (6.10–8.10)   48.1 (47.1–50.6)            7.8×
      deleted, nothing left, s      1.00 (1.00–1.00)   1.00 (1.00–1.00)            1.0×
      peak memory of nodes, MiB        500 (500–500)      500 (500–500)            1.0×
      idle memory of nodes, MiB        450 (450–450)      450 (450–450)            1.0×
      … of other containers, MiB          10 (10–10)         10 (10–10)               –
    "
  `);
});

test("has no ratio for one tool alone, and a dash for what could not be measured", () => {
  const { peakBytes: _peak, idleBytes: _idle, ...withoutMemory } = aMeasurement(5_000);
  const runs = [{ ...aRun(1, 0), measurement: withoutMemory }];
  const text = renderResults({ topology, tools: [results("airfield", runs)] });
  expect(text).not.toContain("×");
  expect(text).toMatch(/peak memory of nodes, MiB +–$/m);
});

test("tells of failures by their first line and counts the others", () => {
  const failed = aFailedRun(2, "exit code 2\nError: no space left on device");
  const text = renderResults({ topology, tools: [results("kind", [aRun(1, 48_000), failed])] });
  expect(text).toContain("(runs: kind 1 of 2)");
  expect(text).toContain("kind run 2 failed: exit code 2\n");
  expect(text).not.toContain("no space");
});

test("shows no table when nothing was measured", () => {
  const failed = { ...aFailedRun(1, "exit code 2"), warmup: true };
  expect(renderResults({ topology, tools: [results("kind", [failed])] })).toBe(
    "1 control plane, 1 worker (runs: kind 0 of 0)\n  kind warm-up 1 failed: exit code 2\n",
  );
});

test("tells of one run in a line", () => {
  expect(renderRun(aRun(1, 6_120))).toBe(
    "returned 6.22 s, Ready 5.62 s, DNS 6.12 s, deleted 1.00 s",
  );
  expect(renderRun(aFailedRun(1, "exit code 2\nmore"))).toBe("failed: exit code 2\nmore");
});

test("puts statistics beside the runs for JSON", () => {
  const runs = [aRun(1, 9_000, { warmup: true }), aRun(1, 6_000)];
  expect(toFigures({ topology, tools: [results("airfield", runs)] })).toMatchObject({
    topology: { name: "1+1" },
    tools: [
      {
        tool: "airfield",
        statistics: { dnsMs: { count: 1, median: 6_000 } },
        runs: [{ warmup: true }, { measurement: { dnsMs: 6_000 } }],
      },
    ],
  });
});

function results(tool: ToolResults["tool"], runs: readonly Run[]): ToolResults {
  return { tool, createCommand: `${tool} create`, deleteCommand: `${tool} delete`, runs };
}

function aRun(index: number, dnsMs: number, { warmup = false } = {}): Run {
  return { ...begun(index), warmup, measurement: aMeasurement(dnsMs) };
}

function aFailedRun(index: number, failure: string): Run {
  return { ...begun(index), failure };
}

function begun(index: number): Omit<Run, "measurement" | "failure"> {
  return {
    index,
    warmup: false,
    cluster: `bench-${index}`,
    startedAt: "2026-11-21T10:00:00.000Z",
    load: [0.1, 0.2, 0.3],
    busyProcessors: 0.05,
  };
}

function aMeasurement(dnsMs: number): Measurement {
  return {
    apiMs: dnsMs - 2_000,
    firstReadyMs: dnsMs - 900,
    readyMs: dnsMs - 500,
    podMs: dnsMs - 400,
    dnsMs,
    returnedMs: dnsMs + 100,
    usableMs: dnsMs + 100,
    deleteMs: 1_000,
    peakBytes: 500 * 2 ** 20,
    idleBytes: 450 * 2 ** 20,
    idleOthersBytes: 10 * 2 ** 20,
  };
}
