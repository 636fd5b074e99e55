import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { isToolError } from "../errors/tool-error.ts";
import { patchContainerdConfig } from "./containerd-patches.ts";

const version2 = `version = 2
disabled_plugins = ["restart"]

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10.1"
  max_concurrent_downloads = 3
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
`;

const version3 = `version = 3

[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
`;

function patch(toml: string, ...containerdConfigPatches: string[]): Record<string, unknown> {
  return parse(
    patchContainerdConfig(toml, { containerdConfigPatches, containerdConfigPatchesJSON6902: [] }),
  );
}

function json6902(...containerdConfigPatchesJSON6902: string[]): Record<string, unknown> {
  return parse(
    patchContainerdConfig(version2, {
      containerdConfigPatches: [],
      containerdConfigPatchesJSON6902,
    }),
  );
}

test("tables merge, everything else is replaced", () => {
  const patched = patch(
    version2,
    `disabled_plugins = []
[plugins."io.containerd.grpc.v1.cri".containerd]
discard_unpacked_layers = true`,
  );
  expect(patched).toMatchObject({
    disabled_plugins: [],
    plugins: {
      "io.containerd.grpc.v1.cri": {
        sandbox_image: "registry.k8s.io/pause:3.10.1",
        containerd: { snapshotter: "overlayfs", discard_unpacked_layers: true },
      },
    },
  });
});

test("integers stay integers and floats stay floats, which containerd tells apart", () => {
  const text = patchContainerdConfig("version = 2\na = 1\nb = 1.0\n", {
    containerdConfigPatches: ["c = 2\nd = 2.0"],
    containerdConfigPatchesJSON6902: ["- {op: add, path: /e, value: 3}"],
  });
  expect(text.trim().split("\n")).toEqual([
    "version = 2",
    "a = 1",
    "b = 1.0",
    "c = 2",
    "d = 2.0",
    "e = 3",
  ]);
});

test("a patch for another version is passed over, so that a config can carry both", () => {
  const both = ['version = 3\ndisabled_plugins = ["a"]', 'version = 2\ndisabled_plugins = ["b"]'];
  expect(patch(version2, ...both)["disabled_plugins"]).toEqual(["b"]);
  expect(patch(version3, ...both)["disabled_plugins"]).toEqual(["a"]);
});

test("a file without a version is of containerd's oldest layout", () => {
  expect(patch("a = 1", "version = 2\na = 2", "version = 1\nb = 3")).toEqual({
    a: 1,
    version: 1,
    b: 3,
  });
});

test("a patch without a version, written for version 2, is translated for version 3", () => {
  const patched = patch(
    version3,
    `[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "my/pause:1"
enable_selinux = true
stream_server_port = "1"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/opt/cni"
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/etc/containerd/certs.d"
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runsc]
runtime_type = "io.containerd.runsc.v1"
[plugins."io.containerd.gc.v1.scheduler"]
startup_delay = "10s"`,
  );
  expect(patched["plugins"]).toEqual({
    "io.containerd.grpc.v1.cri": { stream_server_port: "1" },
    "io.containerd.cri.v1.images": {
      snapshotter: "native",
      pinned_images: { sandbox: "my/pause:1" },
      registry: { config_path: "/etc/containerd/certs.d" },
    },
    "io.containerd.cri.v1.runtime": {
      enable_selinux: true,
      cni: { bin_dirs: ["/opt/cni"] },
      containerd: { runtimes: { runsc: { runtime_type: "io.containerd.runsc.v1" } } },
    },
    "io.containerd.gc.v1.scheduler": { startup_delay: "10s" },
  });
});

test("what the patch says in version 3's own words goes before its translation", () => {
  const patched = patch(
    version3,
    `[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "old"
[plugins."io.containerd.cri.v1.images"]
snapshotter = "new"`,
  );
  expect(patched["plugins"]).toEqual({ "io.containerd.cri.v1.images": { snapshotter: "new" } });
});

test("the patch of kind's local registry script applies", () => {
  const text = `[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"`;
  expect(patch(version2, text)).toEqual(patch(version2));
});

test("JSON 6902 operations apply after the merge patches", () => {
  expect(json6902('[{"op": "remove", "path": "/disabled_plugins"}]')).not.toHaveProperty(
    "disabled_plugins",
  );
  const path = "/plugins/io.containerd.grpc.v1.cri/containerd/snapshotter";
  expect(json6902(`- {op: replace, path: ${path}, value: native}`)).toMatchObject({
    plugins: { "io.containerd.grpc.v1.cri": { containerd: { snapshotter: "native" } } },
  });
});

test.each([
  { name: "a merge patch", run: () => patch(version2, "[plugins\nx"), message: "line 1" },
  { name: "the node's file", run: () => patch("🗿"), message: "the file is no TOML" },
  { name: "JSON 6902 text", run: () => json6902("🏰"), message: "list of operations" },
  {
    name: "a path that is not there",
    run: () => json6902('[{"op": "remove", "path": "/fooooooo"}]'),
    message: "there is no such path",
  },
])("says what is wrong with $name", ({ run, message }) => {
  expect(run).toThrow(message);
  expect(run).toThrow(expect.toSatisfy((error) => isToolError(error, "patch-failed")));
});

describe("what the entrypoint fits to the host", () => {
  const lines = (...containerdConfigPatches: string[]) =>
    patchContainerdConfig(version2, {
      containerdConfigPatches,
      containerdConfigPatchesJSON6902: [],
    });
  /** The entrypoint's own expression (images/node/files/usr/local/bin/entrypoint). */
  const fitted = (text: string) => text.replaceAll(/^( *snapshotter = ).*/gm, '$1"fitted"');
  const snapshotters = (text: string): unknown =>
    (parse(fitted(text)) as { plugins: Record<string, { containerd: object }> }).plugins[
      "io.containerd.grpc.v1.cri"
    ]?.containerd;

  test("stays as a patch sets it, also to what the image has", () => {
    const own = (name: string) =>
      lines(`[plugins."io.containerd.grpc.v1.cri".containerd]\nsnapshotter = "${name}"`);
    expect(snapshotters(own("native"))).toEqual({ snapshotter: "native" });
    expect(snapshotters(own("overlayfs"))).toEqual({ snapshotter: "overlayfs" });
    const json = patchContainerdConfig(version2, {
      containerdConfigPatches: [],
      containerdConfigPatchesJSON6902: [
        `- {op: test, path: /plugins/io.containerd.grpc.v1.cri/containerd/snapshotter, value: overlayfs}
- {op: replace, path: /plugins/io.containerd.grpc.v1.cri/containerd/snapshotter, value: native}`,
      ],
    });
    expect(snapshotters(json)).toEqual({ snapshotter: "native" });
  });

  test("is fitted where no patch sets it, beside a runtime of the user's own", () => {
    const runtimes = 'plugins."io.containerd.grpc.v1.cri".containerd.runtimes';
    const text = lines(
      `[${runtimes}.mine.options]\nSystemdCgroup = false\n[${runtimes}.runc]\nruntime_type = "io.containerd.runc.v2"`,
    );
    expect(snapshotters(text)).toMatchObject({ snapshotter: "fitted" });
    expect(text).toContain('"SystemdCgroup" = false');
  });
});

describe("registries in containerd's older way", () => {
  const mirrors = `[plugins."io.containerd.grpc.v1.cri".registry.mirrors."localhost:5000"]
  endpoint = ["http://kind-registry:5000"]
[plugins."io.containerd.grpc.v1.cri".registry.configs."registry.example.com".tls]
  insecure_skip_verify = true`;

  test("do not get into the file, which reads hosts.toml files", () => {
    const registry = { config_path: "/etc/containerd/certs.d" };
    const cri = { "io.containerd.grpc.v1.cri": { registry } };
    expect(patch(version2, mirrors)).toMatchObject({ plugins: cri });
    const text = JSON.stringify(patch(version2, mirrors));
    expect(text).not.toMatch(/mirrors|configs/);
  });

  test("make an image that has no such folders read them", () => {
    expect(patch("version = 2", mirrors)).toMatchObject({
      plugins: {
        "io.containerd.grpc.v1.cri": {
          registry: { config_path: "/etc/containerd/certs.d:/etc/docker/certs.d" },
        },
      },
    });
    expect(patch(version3, mirrors)).toMatchObject({
      plugins: {
        "io.containerd.cri.v1.images": {
          registry: { config_path: "/etc/containerd/certs.d:/etc/docker/certs.d" },
        },
      },
    });
  });

  test("a config_path of the user's own is read before ours", () => {
    const own = '[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/etc/mine"';
    expect(patch(version2, own)).toMatchObject({
      plugins: {
        "io.containerd.grpc.v1.cri": {
          registry: { config_path: "/etc/mine:/etc/containerd/certs.d" },
        },
      },
    });
  });
});
