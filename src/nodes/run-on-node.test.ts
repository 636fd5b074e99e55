import { expect, test } from "vitest";
import type { ExecResult } from "../ports/container-engine.ts";
import { runOnNode } from "./run-on-node.ts";

function run(command: readonly string[], result: Partial<ExecResult>): Promise<string> {
  const exec = () => Promise.resolve({ exitCode: 0, stdout: "", stderr: "", ...result });
  return runOnNode({ exec }, "demo-worker", command);
}

test("resolves with what the command printed", async () => {
  expect(await run(["uname", "-m"], { stdout: "x86_64\n", stderr: "a warning" })).toBe("x86_64\n");
});

test.each([
  [["rm", "-f", "--", "a b", "it's"], `rm -f -- 'a b' 'it'\\''s'`],
  [["sh", "-c", "set -e\nctr images ls\n", "sh", "overlayfs"], "sh -c … sh overlayfs"],
])("a failure names the node and the command as a shell reads it: %s", async (command, shown) => {
  await expect(run(command, { exitCode: 3, stderr: "\nno such thing\n" })).rejects.toMatchObject({
    code: "node-command-failed",
    facts: { node: "demo-worker", command: shown, exitCode: 3, output: "no such thing" },
  });
});

test("a failure shows stdout where stderr is empty, and the last lines of either", async () => {
  const stdout = Array.from({ length: 40 }, (_, line) => `line ${line + 1}`).join("\n");
  await expect(run(["kubeadm"], { exitCode: 1, stdout })).rejects.toMatchObject({
    facts: { output: expect.stringMatching(/^line 16\n[^]*\nline 40$/) },
  });
});
