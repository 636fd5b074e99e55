import { expect, test } from "vitest";
import { FakeContainerEngine } from "../../../test/fakes/container-engine/fake-container-engine.ts";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { orAborted } from "../../steps/or-aborted.ts";
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

/** A node whose containerd has said this last. */
function nodeThatSays(stdout: string) {
  const clock = new FakeClock();
  const engine = new FakeContainerEngine();
  engine.exec = () => Promise.resolve({ exitCode: 0, stdout, stderr: "" });
  return { clock, engine };
}

test("waits for the containerd of a node that was just started", async () => {
  const ports = nodeThatSays("");
  expect(await whenAnswering("worker", failing(noSocket, noSocket), ports)).toBe("answer");
  expect(ports.clock.sleepsMs).toHaveLength(2);
});

test("tells at once of any other failure", async () => {
  const other = failure("ctr: content digest not found");
  const ports = nodeThatSays("");
  await expect(whenAnswering("worker", failing(noSocket, other), ports)).rejects.toBe(other);
});

test.each([
  [
    "what tells of trouble",
    "failed\ntime=x level=info msg=a\ncontainerd: invalid plugin config\nlevel=info msg=b\n",
    "containerd is failed\ncontainerd: containerd: invalid plugin config",
  ],
  [
    "the last lines where nothing does",
    "activating\none\ntwo\nthree\nfour\n",
    "containerd is activating\ncontainerd: two\ncontainerd: three\ncontainerd: four",
  ],
])("gives up with %s", async (_, stdout, details) => {
  const ports = nodeThatSays(stdout);
  await expect(
    whenAnswering("worker", () => Promise.reject(noSocket), ports),
  ).rejects.toMatchObject({
    code: "containerd-not-answering",
    facts: { node: "worker", waited: "60 s", details },
    cause: noSocket,
  });
  expect(ports.clock.monotonicMs()).toBe(60_000);
});

test("gives up on one that takes the question and never answers, and on a node that says nothing", async () => {
  const ports = nodeThatSays("");
  ports.engine.exec = () => Promise.reject(new Error("no such container"));
  const hang = (signal: AbortSignal) => {
    setImmediate(() => ports.clock.advance(60_000));
    return orAborted(new Promise(() => undefined), signal);
  };
  await expect(whenAnswering("worker", hang, ports)).rejects.toMatchObject({
    code: "containerd-not-answering",
    facts: { details: "" },
  });
});

test("passes on the caller's reason", async () => {
  const cancelled = new Error("Ctrl-C");
  const ports = nodeThatSays("");
  await expect(
    whenAnswering("worker", failing(noSocket), ports, AbortSignal.abort(cancelled)),
  ).rejects.toBe(cancelled);
});
