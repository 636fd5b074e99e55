import { expect, test } from "vitest";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { askNodes } from "./ask-nodes.ts";

async function sceneOf(nodes: readonly string[]) {
  const ports = fakePorts();
  ports.engine.images.add("node:1");
  for (const name of nodes) {
    await ports.engine.createContainer({
      ...{ name, image: "node:1", hostname: name, labels: {}, env: {} },
      ...{ network: { name: "bridge" }, restart: "no" },
    });
    await ports.engine.startContainer(name);
  }
  const ask = async (node: string, signal: AbortSignal) =>
    (await ports.engine.exec(node, ["hostname"], { signal })).stdout;
  return { ports, ask };
}

test("answers come in the order of the nodes", async () => {
  const { ports, ask } = await sceneOf(["a", "b"]);
  ports.engine.onExec(({ name }) => ({ stdout: name }));
  expect(await askNodes(["b", "a"], ask, { action: "tell its name", ports })).toEqual(["b", "a"]);
});

test("a node that hangs is told after its time, with what containerd said last", async () => {
  const { ports, ask } = await sceneOf(["a", "b"]);
  const first = Promise.withResolvers<void>();
  ports.engine.onExec(async ({ name }, command) => {
    if (command[0] !== "hostname") return { stdout: "active\nlevel=error msg=stuck\n" };
    if (name === "a") return { stdout: name };
    await first.promise;
    ports.clock.advance(60_000);
    return new Promise(() => undefined);
  });
  const askInTurn = async (node: string, signal: AbortSignal) => {
    const answer = await ask(node, signal);
    // After the microtasks in which it is noted that this node has answered.
    setImmediate(first.resolve);
    return answer;
  };
  const answers = askNodes(["a", "b"], askInTurn, { action: "tell its name", ports });
  await expect(answers).rejects.toMatchObject({
    code: "nodes-not-answering",
    facts: {
      nodes: ["b"],
      waited: "1 m 00 s",
      details: expect.stringContaining("msg=stuck") as string,
    },
  });
});

test("Ctrl-C ends the question as it is", async () => {
  const { ports, ask } = await sceneOf(["a"]);
  const abort = new AbortController();
  const reason = new Error("cancelled");
  ports.engine.onExec(() => {
    abort.abort(reason);
    return new Promise(() => undefined);
  });
  const answers = askNodes(["a"], ask, { action: "tell its name", ports, signal: abort.signal });
  await expect(answers).rejects.toBe(reason);
});
