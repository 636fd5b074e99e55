import { beforeEach, expect, test } from "vitest";
import { fakePorts, type FakePorts } from "../../test/fakes/fake-ports.ts";
import type { ComponentSettings } from "./component-images.ts";
import { ensureComponentImage } from "./ensure-component-image.ts";

const recipe = `
  runc=$(go_binaries "$go/runc")
  etcd=$(go_binaries "$go/etcd")
  kubernetes=$(go_binaries "$go/kubernetes")
`;
const settings: ComponentSettings = {
  ...{ policy: "build", builtTags: { node: "airfield/node:1" }, isWarmAllowed: false },
  ...{ ownCommand: [], imagesFolder: "/images" },
};
let ports: FakePorts;
let told: unknown[];
let printed: string[];

beforeEach(() => {
  ports = fakePorts();
  ports.files.put("/images/node/recipe", recipe);
  told = [];
  printed = [];
});

function build(lines: readonly string[], exitCode = 0) {
  ports.commands.on(([program]) =>
    program === "/images/build" ? { exitCode, stderr: lines.join("\n") } : undefined,
  );
  return ensureComponentImage("node", settings, ports, {
    onProgress: (detail, fraction) =>
      void told.push(fraction === undefined ? detail : `${detail} ${Math.round(fraction * 100)}`),
    onOutput: (source, line) => void printed.push(`${source} | ${line}`),
  });
}

const lines = [
  "images: Building airfield/node:1.",
  "images: Building runc with go1.26.8.",
  "go: downloading github.com/opencontainers/runc v1.4.3",
  "go: downloading github.com/containerd/console v1.0.5",
  "images: Built runc in 50 s.",
  // etcd is in the cache.
  "images: Building kubernetes with go1.26.8.",
  "images: Built kubernetes in 1057 s.",
  "images: Built airfield/node:1 in 1110 s.",
];

test("a build tells each part that it begins and ends, and which of how many; the rest is output", async () => {
  expect(await build(lines)).toBe("airfield/node:1");
  expect(told).toEqual([
    "building images/node (the first time this takes minutes)",
    "Building airfield/node:1.",
    "Building runc with go1.26.8 (1 of 3). 0",
    "Built runc in 50 s (1 of 3). 33",
    "Building kubernetes with go1.26.8 (3 of 3). 67",
    "Built kubernetes in 1057 s (3 of 3). 100",
    "Built airfield/node:1 in 1110 s.",
  ]);
  expect(printed).toEqual([
    "images/node | go: downloading github.com/opencontainers/runc v1.4.3",
    "images/node | go: downloading github.com/containerd/console v1.0.5",
  ]);
});

test.each([[""], ["build_image() { :; }"], ['runc=$(go_binaries "$go/runc")']])(
  "a recipe of one part or none has nothing to count: %j",
  async (text) => {
    ports.files.put("/images/node/recipe", text);
    await build(["images: Built runc in 50 s."]);
    expect(told.at(-1)).toBe("Built runc in 50 s.");
  },
);

test("a build that fails shows its last lines, without what it downloaded before", async () => {
  const downloads = Array.from({ length: 30 }, (_, at) => `go: downloading example.com/${at} v1`);
  const failing = ["runc.go:1: broken", ...downloads, "images: go build of runc failed."];
  await expect(build(failing, 1)).rejects.toMatchObject({
    code: "component-image-unavailable",
    message: [
      "The node image is not available: /images/build node ended with exit code 1:",
      "  runc.go:1: broken",
      "  go build of runc failed.",
    ].join("\n"),
  });
});

const withoutScript: Omit<ComponentSettings, "policy"> = {
  ...{ builtTags: {}, isWarmAllowed: true, ownCommand: [] },
};

test.each([
  ["local", "only local ones are allowed"],
  ["build", "this installation has no build script for it"],
] as const)("policy %s says why there is no image", async (policy, tried) => {
  await expect(
    ensureComponentImage("registry", { ...withoutScript, policy }, ports, {}),
  ).rejects.toMatchObject({
    code: "component-image-unavailable",
    exitCode: 5,
    facts: { tried: expect.stringContaining(tried) },
  });
});

test("all that was tried is told: the pull that failed, and the build that cannot be", async () => {
  await expect(
    ensureComponentImage("registry", { ...withoutScript, policy: "auto" }, ports, {}),
  ).rejects.toMatchObject({
    code: "component-image-unavailable",
    facts: {
      tried: expect.stringMatching(/is not available.*; this installation has no build script/),
    },
    cause: { code: "image-not-found" },
  });
});
