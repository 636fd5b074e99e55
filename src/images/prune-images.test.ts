import { expect, test } from "vitest";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { FakeImageEngine } from "../../test/fakes/images/fake-image-engine.ts";
import { findUnused, pruneImages, reportRemoved } from "./prune-images.ts";
import type { StoredImage } from "./list-node-images.ts";

const image = (
  name: string | undefined,
  { isLoaded = true, id = `sha256:${name}` }: Partial<StoredImage> = {},
): StoredImage => ({
  names: name === undefined ? [] : [`docker.io/library/${name}`],
  id,
  chainIds: [],
  isLoaded,
});

test.each<[string, StoredImage, readonly string[], boolean]>([
  ["that was loaded and nobody names", image("old:1"), [], true],
  ["that a pod names", image("app:1"), ["docker.io/library/app:1"], false],
  ["that a container has by its id", image("app:1"), ["sha256:app:1"], false],
  ["that came with the node", image("pause:3", { isLoaded: false }), [], false],
  ["that lost its name", image(undefined, { isLoaded: false, id: "sha256:x" }), [], true],
  [
    "without a name, which a container uses",
    image(undefined, { id: "sha256:x" }),
    ["sha256:x"],
    false,
  ],
])("an image %s", (_, found, used, isUnused) => {
  const unused = findUnused({ images: [found], sizes: new Map() }, new Set(used));
  expect(unused).toEqual(isUnused ? [found] : []);
});

test("names the clusters there are when the one is not", async () => {
  const ports = {
    engine: new FakeImageEngine(["dev-worker"], []).asEngine(),
    clock: new FakeClock(),
  };
  const request = { cluster: "other", isDryRun: true, timeoutMs: 1_000 };
  await expect(pruneImages(request, ports)).rejects.toMatchObject({
    code: "cluster-not-found",
    facts: { known: ["dev"] },
  });
});

test("reports every name that goes, and what an image takes once", () => {
  const gone = {
    ...image("app:1"),
    names: ["docker.io/library/app:1", "docker.io/library/other:1"],
    chainIds: ["sha256:a"],
  };
  const contents = { images: [gone], sizes: new Map([["sha256:a", 5]]) };
  expect(reportRemoved("dev-worker", [gone], contents)).toEqual({
    removed: [
      { node: "dev-worker", image: "app:1", bytes: 5 },
      { node: "dev-worker", image: "other:1", bytes: 0 },
    ],
    freedBytes: 5,
  });
});
