import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { releaseStreamed } from "./release-streamed.ts";

test("what has been streamed does not pile up", async () => {
  const pieceBytes = 256 * 1024;
  const beforeBytes = process.memoryUsage().arrayBuffers;
  let mostBytes = 0;
  for (let i = 0; i < 800; i++) {
    releaseStreamed(Buffer.allocUnsafeSlow(pieceBytes).length);
    mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers);
    await nextTurn();
  }
  expect(mostBytes - beforeBytes).toBeLessThan(40 * 1024 ** 2);
});
