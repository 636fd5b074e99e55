import { expect, test } from "vitest";
import { aClusterConfig } from "../../test/fakes/a-cluster-config.ts";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { nodeImageFiles, playHealthyNodes } from "../../test/fakes/healthy-nodes.ts";
import { ToolError } from "../errors/tool-error.ts";
import { runInCluster } from "./run-in-cluster.ts";

function fixture() {
  const ports = fakePorts();
  playHealthyNodes(ports.engine);
  ports.engine.images.add("airfield/node:1", { files: nodeImageFiles });
  ports.engine.images.add("airfield/registry:1");
  const seen: Readonly<Record<string, string>>[] = [];
  const ends = { exitCode: 3, failure: undefined as Error | undefined };
  ports.commands.runAttached = (_, options) => {
    seen.push(options?.env ?? {});
    return ends.failure === undefined
      ? Promise.resolve(ends.exitCode)
      : Promise.reject(ends.failure);
  };
  const run = () =>
    runInCluster(
      {
        create: {
          config: aClusterConfig({ name: "demo" }),
          ...{ waitMs: 60_000, retain: false, isEphemeral: false },
          components: {
            ...{ policy: "auto", ownCommand: ["airfield"], isWarmAllowed: true },
            builtTags: { node: "airfield/node:1", registry: "airfield/registry:1" },
          },
        },
        command: ["mvn", "verify"],
      },
      ports,
      new AbortController().signal,
    );
  const left = () => [
    ...ports.engine.containers.map(({ name }) => name),
    ...ports.files.paths.filter((path) => path.includes("airfield-run-")),
  ];
  return { ports, run, seen, ends, left };
}

test("the command has a cluster of its own, which is gone afterwards", async () => {
  const { run, seen, left } = fixture();
  expect(await run()).toBe(3);
  expect(seen).toMatchObject([{ AIRFIELD_CLUSTER: expect.stringMatching(/^run-/) as string }]);
  expect(seen[0]?.["KUBECONFIG"]).toContain("airfield-run-");
  expect(left()).toEqual([]);
});

test("a command that cannot be run is told, and its cluster is gone", async () => {
  const { run, ends, left } = fixture();
  ends.failure = new ToolError("program-not-found", { program: "mvn", purpose: "run it" });
  await expect(run()).rejects.toBe(ends.failure);
  expect(left()).toEqual([]);
});

test.each([
  ["the exit code", undefined],
  ["the failure", new ToolError("program-not-found", { program: "mvn", purpose: "run it" })],
])("a cluster that cannot be removed does not hide %s", async (_, failure) => {
  const { ports, run, ends } = fixture();
  ends.failure = failure;
  ports.engine.removeContainer = () => Promise.reject(new Error("it is in use"));
  const ended = run();
  if (failure === undefined) expect(await ended).toBe(3);
  else await expect(ended).rejects.toBe(failure);
  expect(ports.reporter.of("warning")).toContainEqual(
    expect.objectContaining({
      code: "left-after-rollback",
      hint: expect.stringMatching(/airfield delete cluster run-/) as string,
    }),
  );
});
