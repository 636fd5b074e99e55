import { expect, test } from "vitest";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { ToolError } from "../errors/tool-error.ts";
import { findWarmImage, makeWarmImage, warmImageTag } from "./warm-image.ts";

const { signal } = new AbortController();

function fixture() {
  const ports = fakePorts();
  const { id } = ports.engine.images.add("kindest/node:v1", {
    files: {
      "/kind/version": "v1.34.4",
      "/kind/manifests/default-cni.yaml":
        "# would you kindly template this file\npods: {{ .PodSubnet }}\n",
    },
  });
  ports.engine.onStart((container) => {
    container.logLines.push("[  OK  ] Reached target multi-user.target - Multi-User System.");
  });
  return { engine: ports.engine, ports, tag: warmImageTag(id) };
}

const asksForImages = (command: readonly string[]) =>
  command.some((word) => word.startsWith("name=="));

test("is made once, named after its source, and leaves no container", async () => {
  const { engine, ports, tag } = fixture();
  expect(await findWarmImage("kindest/node:v1", ports)).toBeUndefined();
  expect(await makeWarmImage("kindest/node:v1", [], ports, signal)).toBe(tag);
  expect(await findWarmImage("kindest/node:v1", ports)).toBe(tag);
  expect(engine.containers).toEqual([]);
  await makeWarmImage("kindest/node:v1", [], ports, signal);
  expect(engine.callLines("commitContainer")).toHaveLength(1);
});

test("holds the images that every node is to have, and is made anew when they are others", async () => {
  const { engine, ports, tag } = fixture();
  const runtimes = ["airfield/jre-17:1", "airfield/jre-17:2"].map((name) =>
    engine.images.add(name),
  );
  engine.onExec((_container, command) =>
    asksForImages(command)
      ? { stdout: runtimes.map(({ tags, id }) => `docker.io/${tags[0]} type ${id} 1`).join("\n") }
      : undefined,
  );
  const make = (runtime: string) => makeWarmImage("kindest/node:v1", [runtime], ports, signal);
  await make("airfield/jre-17:1");
  await make("airfield/jre-17:1");
  expect(engine.callLines("commitContainer")).toHaveLength(1);
  expect(await make("airfield/jre-17:2")).toBe(tag);
  expect(engine.callLines("commitContainer")).toHaveLength(2);
});

test("an image that cannot be loaded into it is left out, once and for all", async () => {
  const { engine, ports, tag } = fixture();
  engine.images.add("airfield/jre-17:1");
  engine.onExec((_container, command) =>
    asksForImages(command) ? { exitCode: 1, stderr: "containerd has gone" } : undefined,
  );
  const make = () => makeWarmImage("kindest/node:v1", ["airfield/jre-17:1"], ports, signal);
  expect(await make()).toBe(tag);
  await make();
  expect(engine.callLines("commitContainer")).toHaveLength(1);
  expect(engine.containers).toEqual([]);
});

test("its maker reaches no network and belongs to no cluster", async () => {
  const { engine, ports } = fixture();
  await makeWarmImage("kindest/node:v1", [], ports, signal);
  const spec = engine.calls.find(({ method }) => method === "createContainer")?.parameters[0];
  expect(spec).toMatchObject({
    network: { name: "none" },
    labels: { "dev.airfield.warm": "building" },
  });
});

test("a node image that cannot be unpacked stays plain", async () => {
  const { engine, ports } = fixture();
  engine.onExec((_container, command) =>
    command.includes("warm-image") ? { exitCode: 3, stderr: "an image has whiteouts" } : undefined,
  );
  expect(await makeWarmImage("kindest/node:v1", [], ports, signal)).toBeUndefined();
  expect(await findWarmImage("kindest/node:v1", ports)).toBeUndefined();
  expect(engine.containers).toEqual([]);
});

test("without prepared objects it is warm all the same, and holds no half-made ones", async () => {
  const { engine, ports, tag } = fixture();
  engine.onExec((_container, command) =>
    command.includes("prepare-objects") ? { exitCode: 1 } : undefined,
  );
  expect(await makeWarmImage("kindest/node:v1", [], ports, signal)).toBe(tag);
  expect(engine.commandLines.at(-1)).toContain("rm -rf /opt/airfield/objects");
});

test("its objects are prepared with the manifests of the node image, on a node that nobody is", async () => {
  const { engine, ports } = fixture();
  await makeWarmImage("kindest/node:v1", [], ports, signal);
  const files = engine.calls.find(({ method }) => method === "putFiles")?.parameters[1];
  expect(files).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        path: "/opt/airfield-preparation/manifests/cni.yaml",
        content: expect.stringContaining("pods: 10.244.0.0/16") as string,
      }),
      expect.objectContaining({
        path: "/opt/airfield-preparation/kubeadm.conf",
        content: expect.stringContaining("name: airfield-prepared-node") as string,
      }),
    ]),
  );
});

test("leaves it to another command that is making it at the moment", async () => {
  const { engine, ports } = fixture();
  engine.failAt("createContainer", new ToolError("container-name-taken", { container: "x" }));
  expect(await makeWarmImage("kindest/node:v1", [], ports, signal)).toBeUndefined();
});

test.each(["startContainer", "exec", "commitContainer"] as const)(
  "removes its container when %s fails",
  async (method) => {
    const { engine, ports } = fixture();
    engine.failAt(method, new ToolError("disk-full", { action: method }));
    await expect(makeWarmImage("kindest/node:v1", [], ports, signal)).rejects.toMatchObject({
      code: "disk-full",
    });
    expect(engine.containers).toEqual([]);
  },
);

test("a maker that does not boot in time is given up and removed", async () => {
  const { engine, ports } = fixture();
  engine.onStart((container) => {
    container.logLines.length = 0;
  });
  const making = makeWarmImage("kindest/node:v1", [], ports, signal);
  const failed = expect(making).rejects.toMatchObject({
    code: "warm-image-late",
    facts: { image: "kindest/node:v1" },
  });
  await ports.clock.sleep(300_000);
  await failed;
  expect(engine.containers).toEqual([]);
});
