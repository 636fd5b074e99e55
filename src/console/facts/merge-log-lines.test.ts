import { describe, expect, test } from "vitest";
import { LogResume } from "./log-resume.ts";
import { compareTimes, LogMerge } from "./merge-log-lines.ts";

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const line = (stream: string, ms: number, text = `${stream}${ms}`) => ({
  ...{ stream, at: at(ms), text },
});
const texts = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text);

describe("lines of several streams", () => {
  test("are told by their times, when nothing earlier is likely to come", () => {
    const merge = new LogMerge();
    merge.add(line("b", 20), 0);
    merge.add(line("a", 10), 100);
    merge.add(line("a", 30), 200);
    expect(merge.take(200, false)).toEqual([]);
    expect(texts(merge.take(300, false))).toEqual(["a10", "b20"]);
    expect(texts(merge.take(500, false))).toEqual(["a30"]);
    expect(merge.isEmpty).toBe(true);
  });

  test("with equal times stay as they came", () => {
    const merge = new LogMerge();
    merge.add(line("a", 10, "first"), 0);
    merge.add(line("a", 10, "second"), 0);
    expect(texts(merge.take(300, false))).toEqual(["first", "second"]);
  });

  test("of one stream wait for nothing", () => {
    const merge = new LogMerge();
    merge.add(line("a", 10), 0);
    expect(texts(merge.take(0, true))).toEqual(["a10"]);
  });

  test("are left out, the oldest first, where there are too many, and are counted", () => {
    const merge = new LogMerge();
    for (let i = 0; i < 12_345; i += 1) merge.add(line("a", i), 0);
    merge.add(line("b", 1), 0);
    const told = merge.take(300, false);
    expect(told).toHaveLength(5_001);
    expect(told.find(({ stream }) => stream === "a")).toMatchObject({
      text: "a7345",
      skipped: 7_345,
    });
    expect(told.filter(({ skipped }) => skipped !== undefined)).toHaveLength(1);
    expect(told.at(-1)?.text).toBe("a12344");
  });

  test("are counted also when some wait on in between", () => {
    const merge = new LogMerge();
    for (let i = 0; i < 6_000; i += 1) merge.add(line("a", i), 0);
    expect(merge.take(0, false)).toEqual([]);
    for (let i = 6_000; i < 7_000; i += 1) merge.add(line("a", i), 100);
    const told = merge.take(400, false);
    expect(told.length + (told[0]?.skipped ?? 0)).toBe(7_000);
  });

  test("take 8 MB at most in all, and of the largest stream the most is left out", () => {
    const merge = new LogMerge();
    const long = "x".repeat(10_000);
    let added = 0;
    for (let i = 0; i < 90; i += 1) {
      for (const stream of ["a", "b", "c", "d", "e", "f"]) merge.add(line(stream, i, long), 0);
      added += 6;
    }
    const told = merge.take(300, false);
    const bytes = told.reduce((sum, { text }) => sum + text.length * 2, 0);
    expect(bytes).toBeLessThanOrEqual(8 * 1024 ** 2);
    expect(bytes).toBeGreaterThan(7 * 1024 ** 2);
    expect(told.reduce((sum, { skipped = 0 }) => sum + 1 + skipped, 0)).toBe(added);
  });
});

test.each([
  ["2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.12Z", -1],
  ["2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456788Z", 1],
  ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", 0],
  ["", "2026-01-01T00:00:00Z", 0],
])("of %s and %s the order is %i", (a, b, expected) => {
  expect(Math.sign(compareTimes(a, b))).toBe(expected);
});

describe("a log that is read again", () => {
  const read = (resume: LogResume, lines: readonly (readonly [number, string])[]) => {
    resume.begin();
    return lines.filter(([ms, text]) => resume.isNew(at(ms), text)).map(([, text]) => text);
  };

  test("begins one second before the last line", () => {
    const resume = new LogResume();
    expect(resume.sinceTime).toBeUndefined();
    read(resume, [
      [5_900, "a"],
      [7_100, "b"],
    ]);
    expect(resume.sinceTime).toBe("2026-01-01T00:00:06Z");
  });

  test("tells no line twice and none too few, also of equal lines", () => {
    const resume = new LogResume();
    expect(
      read(resume, [
        [6_000, "a"],
        [6_500, "same"],
        [6_500, "same"],
        [7_100, "b"],
      ]),
    ).toEqual([...["a", "same", "same", "b"]]);
    const again = [
      [6_000, "a"],
      [6_500, "same"],
      [6_500, "same"],
      [6_500, "same"],
      [7_100, "b"],
      [7_200, "b"],
    ] as const;
    expect(read(resume, again)).toEqual(["same", "b"]);
    expect(read(resume, [...again, [9_000, "c"]])).toEqual(["c"]);
  });

  test("takes a line of stderr that was overtaken", () => {
    const resume = new LogResume();
    read(resume, [[7_000, "out"]]);
    expect(
      read(resume, [
        [6_999, "err"],
        [7_000, "out"],
      ]),
    ).toEqual(["err"]);
  });
});
