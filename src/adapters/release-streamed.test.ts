import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** In a process of its own: what else a test runner has in memory is as much as what is looked for. */
const program = `
import { setImmediate as nextTurn } from "node:timers/promises";
import { releaseStreamed } from ${JSON.stringify(new URL("release-streamed.ts", import.meta.url))};
const now = () => process.memoryUsage().arrayBuffers;
const beforeBytes = now();
let mostBytes = 0;
for (let i = 0; i < 800; i++) {
  releaseStreamed(Buffer.allocUnsafeSlow(256 * 1024).length);
  mostBytes = Math.max(mostBytes, now());
  await nextTurn();
}
console.log(mostBytes - beforeBytes);
`;

test("what has been streamed does not pile up", async () => {
  const args = ["--input-type=module", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  // 20 to 32 MB; 67 to 104 where nothing is released.
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(Number(stdout)).toBeLessThan(48 * 1024 ** 2);
});
