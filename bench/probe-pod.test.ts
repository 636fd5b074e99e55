import { expect, test } from "vitest";
import { parseProbeAnswer } from "./probe-pod.ts";

test("reads the two times of the probe", () => {
  expect(parseProbeAnswer("6123.40 6124.91\n")).toEqual({
    startedUptime: 6123.4,
    answeredUptime: 6124.91,
  });
});

test.each(["", "6123.40", " 6124.91", "6123.40 ", "sh: nslookup: not found"])(
  "refuses %j",
  (message) => {
    expect(parseProbeAnswer(message)).toBeUndefined();
  },
);
