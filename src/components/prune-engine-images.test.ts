import { expect, test } from "vitest";
import type { ImageSummary } from "../ports/container-engine.ts";
import { FakeContainerEngine } from "../../test/fakes/container-engine/fake-container-engine.ts";
import { findObsolete, pruneEngineImages } from "./prune-engine-images.ts";
import { warmImageTag } from "./warm-image.ts";

const nodeId = `sha256:${"a".repeat(64)}`;
const builtTags = { node: "airfield/node:2", registry: "airfield/registry:1" };

const image = (tag: string, more: Partial<ImageSummary> = {}): ImageSummary => ({
  id: `id of ${tag}`,
  tags: [tag],
  labels: {},
  sizeBytes: 100,
  createdAt: "2026-01-01T00:00:00.000Z",
  ...more,
});
const application = (tag: string, createdAt: string) =>
  image(tag, { createdAt, labels: { "airfield.dev/application": "shop" } });

test.each<[string, readonly ImageSummary[], readonly string[]]>([
  [
    "keeps a warm image of a node image that is there",
    [image("airfield/node:2", { id: nodeId }), image(warmImageTag(nodeId))],
    [],
  ],
  [
    "finds a warm image whose node image is gone",
    [image(warmImageTag(nodeId))],
    [warmImageTag(nodeId)],
  ],
  [
    "finds a warm image that was made anew",
    [image("", { id: "sha256:old", tags: [], labels: { "dev.airfield.warm": nodeId } })],
    ["sha256:old"],
  ],
  [
    "finds components of another version",
    [image("airfield/node:1"), image("airfield/node:2")],
    ["airfield/node:1"],
  ],
  ["keeps components of which no current one is known", [image("airfield/jre-17:1")], []],
  ["keeps what is not Airfield's", [image("postgres:17"), image("airfield-like/node:1")], []],
  [
    "keeps only the newest image of an application",
    [application("shop:b", "2026-01-02T00:00:00Z"), application("shop:a", "2026-01-01T00:00:00Z")],
    ["shop:a"],
  ],
  [
    "knows images of other builders by their name",
    [
      image("airfield.internal/shop:b", { createdAt: "2026-01-02T00:00:00Z" }),
      image("airfield.internal/shop:a"),
    ],
    ["airfield.internal/shop:a"],
  ],
])("%s", (_, images, expected) => {
  expect(findObsolete(images, builtTags, new Set()).map(({ image: name }) => name)).toEqual(
    expected,
  );
});

test("keeps what a container uses", () => {
  const used = new Set(["airfield/node:1"]);
  expect(findObsolete([image("airfield/node:1")], builtTags, used)).toEqual([]);
});

test("removes them from the engine, unless it is only to say what", async () => {
  const engine = new FakeContainerEngine();
  engine.images.add("airfield/node:1");
  const prune = (isDryRun: boolean) => pruneEngineImages({ builtTags, isDryRun }, { engine });
  expect(await prune(true)).toHaveLength(1);
  expect(engine.images.find("airfield/node:1")).toBeDefined();
  expect(await prune(false)).toHaveLength(1);
  expect(engine.images.find("airfield/node:1")).toBeUndefined();
});
