import { expect, test } from "vitest";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { whenAnswering } from "./when-answering.ts";

const failure = (output: string) =>
  new ToolError("node-command-failed", { node: "worker", command: "ctr", exitCode: 1, output });
const noSocket = failure(
  "ctr: cannot access socket /run/containerd/containerd.sock: stat /run/containerd/containerd.sock: no such file or directory",
);

/** Fails in these ways, one after the other, then answers. */
function failing(...failures: readonly ToolError[]) {
  const left = [...failures];
  return () => {
    const next = left.shift();
    return next === undefined ? Promise.resolve("answer") : Promise.reject(next);
  };
}

test("waits for the containerd of a node that was just started", async () => {
  const clock = new FakeClock();
  expect(await whenAnswering(failing(noSocket, noSocket), clock)).toBe("answer");
  expect(clock.sleepsMs).toHaveLength(2);
});

test("tells at once of any other failure", async () => {
  const clock = new FakeClock();
  const other = failure("ctr: content digest not found");
  await expect(whenAnswering(failing(noSocket, other), clock)).rejects.toBe(other);
});

test("does not wait for ever", async () => {
  const clock = new FakeClock();
  await expect(whenAnswering(() => Promise.reject(noSocket), clock)).rejects.toBe(noSocket);
  expect(clock.monotonicMs()).toBeLessThan(30_000);
});
