import { expect, test } from "vitest";
import { chainIdsOf } from "./chain-ids.ts";
import type { NodeFacts } from "../node-store/node-facts.ts";
import type { NodeImage } from "../node-store/node-records.ts";
import { layersToSend, planFullLoad, planLoad, type LoadPlan } from "./plan-load.ts";
import type { HostImage } from "../host-image.ts";

const digest = (character: string) => `sha256:${character.repeat(64)}`;
const [base, deps, app, other] = ["1", "2", "3", "4"].map(digest) as [
  string,
  string,
  string,
  string,
];

const image: HostImage = {
  ref: "app:1",
  name: "docker.io/library/app:1",
  id: digest("c"),
  platform: "linux/amd64",
  layers: [base, deps, app],
};

type Node = NodeFacts & { readonly images: readonly NodeImage[] };

function aNode(facts: Partial<Node> = {}): Node {
  return {
    platform: "linux/amd64",
    snapshotter: "overlayfs",
    importFlags: [],
    labelsImports: true,
    chainIds: new Set(),
    images: [],
    ...facts,
  };
}

function plan(images: readonly HostImage[], node: Node): LoadPlan {
  return planLoad("dev-worker", images, node.images, node);
}

test("sends everything to an empty node", () => {
  expect(plan([image], aNode()).images).toEqual([
    { image, action: "send", missing: [base, deps, app] },
  ]);
});

test("sends only the layers above those that are unpacked", () => {
  const facts = aNode({ chainIds: new Set(chainIdsOf([base, deps, other])) });
  expect(plan([image], facts).images).toEqual([{ image, action: "send", missing: [app] }]);
});

test("sends no layer when only the config differs", () => {
  const facts = aNode({ chainIds: new Set(chainIdsOf(image.layers)) });
  expect(plan([image], facts).images).toEqual([{ image, action: "send", missing: [] }]);
});

const target = digest("e");
test.each([
  [
    "by CRI's record of the config",
    [
      { name: image.name, target },
      { name: image.id, target },
    ],
  ],
  ["by the manifest", [{ name: image.name, target: image.id }]],
  ["by our label", [{ name: image.name, target, source: image.id }]],
])("finds an image that is there %s", (_, records) => {
  const images = records.map((record) => ({ source: undefined, ...record }));
  expect(plan([image], aNode({ images })).images).toEqual([{ image, action: "present" }]);
});

test("tags an image that is there under another name", () => {
  const images = [
    { name: "docker.io/library/app:0", target, source: undefined },
    { name: image.id, target, source: undefined },
  ];
  expect(plan([image], aNode({ images })).images).toEqual([
    { image, action: "tag", from: "docker.io/library/app:0", target },
  ]);
});

test("sends an image whose name leads to something else on the node", () => {
  const images = [{ name: image.name, target, source: digest("f") }];
  expect(plan([image], aNode({ images })).images[0]?.action).toBe("send");
});

test("refuses an image for another platform", () => {
  expect(() => plan([image], aNode({ platform: "linux/arm64" }))).toThrowError(
    expect.objectContaining({
      code: "image-platform-mismatch",
      facts: { image: "app:1", platform: "linux/amd64", needed: "linux/arm64" },
    }),
  );
});

test("sends layers that images share once", () => {
  const second = {
    ...image,
    name: "docker.io/library/b:1",
    id: digest("d"),
    layers: [base, other],
  };
  expect(layersToSend(plan([image, second], aNode()))).toEqual(new Set([base, deps, app, other]));
});

test("a full load sends every layer of what is sent", () => {
  const facts = aNode({ chainIds: new Set(chainIdsOf([base, deps])) });
  expect(planFullLoad(plan([image], facts)).images).toEqual([
    { image, action: "send", missing: image.layers },
  ]);
});
