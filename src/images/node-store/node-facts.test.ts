import { expect, test } from "vitest";
import { parseNodeFacts, parseSnapshotter } from "./node-facts.ts";
import { parseImageList } from "./node-records.ts";

const target = "sha256:2ab006075383cc8282657be9324aacea1bb6accd7795cb6e700853dfdea240ea";
const config = "sha256:c19e95a25eddfea8c3605fa1720b6b040806ceba8bf1b99c82a7b8303f039289";
const chainId = "sha256:0833b535571c66b027d88ecd84c84fdf34d0299120956e00da7b2310b15080a2";
const parent = "sha256:b389cc99d6e2705637dc7a65c21f45d9d32e124b49751a7e7986ce366acb0d3a";
const type = "application/vnd.oci.image.manifest.v1+json";

// As containerd 1.6.20 and 2.4.2 print it.
const imageList = `REF                                                                     TYPE                                       DIGEST                                                                  SIZE      PLATFORMS   LABELS
docker.io/team/app:1                                                    ${type} ${target} 220.3 MiB linux/amd64 io.cri-containerd.image=managed
${config} ${type} ${target} 220.3 MiB linux/amd64 io.cri-containerd.image=managed
`;

test("reads what a node printed", () => {
  const text = [
    "aarch64\n",
    `KEY                     PARENT                  KIND\n${chainId} ${parent} Committed \n` +
      `${parent}                          Committed \n0123abcd ${chainId} Active \n`,
    "version = 2\n",
    "OPTIONS:\n   --label string [ --label string ]  Labels to attach to the image\n",
  ].join("--8<--\n");
  expect(parseNodeFacts(text)).toEqual({
    platform: "linux/arm64",
    snapshotter: "overlayfs",
    importFlags: [],
    labelsImports: true,
    chainIds: new Set([chainId, parent]),
  });
  expect(parseImageList(imageList)).toEqual([
    { name: "docker.io/team/app:1", target, source: undefined },
    { name: config, target, source: undefined },
  ]);
});

test.each([
  [2, []],
  [3, ["--local"]],
  [4, ["--local"]],
])("has ctr import by itself where the config's version is %i", (version, importFlags) => {
  const text = ["x86_64\n", "\n", `version = ${version}\n`].join("--8<--\n");
  expect(parseNodeFacts(text)).toMatchObject({ importFlags });
});

test("believes a source label only for the target it was given to", () => {
  const row = (label: string) => `x:1 ${type} ${target} 1.0 MiB linux/amd64 a=b,${label},c=d\n`;
  const sourceOf = (label: string) => parseImageList(row(label))[0]?.source;
  expect(sourceOf(`airfield.dev/source=${config}/${target}`)).toBe(config);
  expect(sourceOf(`airfield.dev/source=${config}/${parent}`)).toBeUndefined();
  expect(sourceOf("airfield.dev/source=nonsense")).toBeUndefined();
});

test.each([
  [
    "version 2",
    'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd]\nsnapshotter = "native"\n',
    "native",
  ],
  [
    "version 3",
    "version = 3\n[plugins.'io.containerd.cri.v1.images']\nsnapshotter = 'fuse-overlayfs'\n",
    "fuse-overlayfs",
  ],
  [
    "version 4",
    "version = 4\n[plugins]\n[plugins.'io.containerd.cri.v1.images']\nsnapshotter = 'zfs'\n[plugins.'io.containerd.cri.v1.runtime']\nsnapshotter = 'x'\n",
    "zfs",
  ],
  ["no setting", "version = 3\n", "overlayfs"],
  [
    "an empty setting",
    'version = 3\n[plugins."io.containerd.cri.v1.images"]\nsnapshotter = ""\n',
    "overlayfs",
  ],
])("finds the snapshotter in a config dump of %s", (_, dump, snapshotter) => {
  expect(parseSnapshotter(dump)).toBe(snapshotter);
});
