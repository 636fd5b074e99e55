import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineServer } from "../../../test/fakes/engine-server.ts";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { DockerContainerEngine } from "./docker-container-engine.ts";
import { openQuickEngine, type QuickEngine } from "./quick-engine.ts";

let server: EngineServer;
let engine: QuickEngine;
const ending = new AbortController();

beforeEach(async () => {
  server = await EngineServer.start();
  engine = await openQuickEngine(
    { env: { DOCKER_HOST: server.address.url }, homeDirectory: "/home/me", files: new FakeFiles() },
    { signal: ending.signal },
  );
});

afterEach(() => server[Symbol.asyncDispose]());

test("containers and images are those that the whole adapter would list", async () => {
  const container = (name: string) => ({
    ...{ Id: `id-of-${name}`, Names: [`/${name}`], Image: "node:1", State: "running" },
    ...{ Labels: { "dev.airfield.cluster": "shop" }, Created: 1_700_000_000 },
  });
  server.json("GET /containers/json", [container("shop-worker"), container("shop-control-plane")]);
  const image = (id: string, tags: readonly string[] | null) => ({
    ...{ Id: id, RepoTags: tags, Size: 5, Labels: null, Created: 1_700_000_000 },
  });
  server.json("GET /images/json", [
    image("a", ["shop:1", "shop:2"]),
    image("b", ["<none>:<none>"]),
    image("c", null),
  ]);
  const whole = new DockerContainerEngine(server.address);
  const labels = { "dev.airfield.cluster": "" };
  const [quick, slow] = [
    await engine.listContainers({ labels }),
    await whole.listContainers({ labels }),
  ];
  expect(quick).toEqual(slow);
  expect(quick.map(({ name }) => name)).toEqual(["shop-control-plane", "shop-worker"]);
  const asked = server.seen.map(({ url }) => new URL(url, "http://docker").searchParams);
  expect(asked[0]?.get("filters")).toBe(asked[1]?.get("filters"));
  expect(asked[0]?.get("all")).toBe("1");
  expect(await engine.listImages()).toEqual(await whole.listImages());
});

test("an engine that refuses, or that answers no more, is a failure", async () => {
  server.json("GET /images/json", { message: "no" }, 500);
  await expect(engine.listImages()).rejects.toThrow("500");
  server.on("GET /containers/json", () => ending.abort());
  await expect(engine.listContainers({ labels: {} })).rejects.toThrow("aborted");
});
