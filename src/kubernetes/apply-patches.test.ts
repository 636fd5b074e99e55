import { expect, test } from "vitest";
import { isToolError } from "../errors/tool-error.ts";
import { patchKubeadmDocuments } from "./apply-patches.ts";
import type { KubeadmDocument, KubeadmPatches } from "./kubeadm-document.ts";

const cluster: KubeadmDocument = {
  apiVersion: "kubeadm.k8s.io/v1beta4",
  kind: "ClusterConfiguration",
  apiServer: {
    certSANs: ["localhost"],
    extraArgs: [
      { name: "a", value: "1" },
      { name: "b", value: "2" },
    ],
  },
};
const kubelet: KubeadmDocument = {
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  failSwapOn: false,
};

function patch(
  changes: Partial<KubeadmPatches>,
  documents: readonly KubeadmDocument[] = [cluster, kubelet],
): readonly KubeadmDocument[] {
  return patchKubeadmDocuments(documents, [
    { kubeadmConfigPatches: [], kubeadmConfigPatchesJSON6902: [], ...changes },
  ]);
}

function merge(...kubeadmConfigPatches: string[]): KubeadmDocument | undefined {
  return patch({ kubeadmConfigPatches })[0];
}

function json6902(text: string, target: object = {}): KubeadmDocument | undefined {
  const whole = { group: "", version: "", kind: "ClusterConfiguration", patch: text, ...target };
  return patch({ kubeadmConfigPatchesJSON6902: [whole] })[0];
}

test("no patches change nothing", () => {
  expect(patch({})).toEqual([cluster, kubelet]);
});

test("mappings merge, null removes, lists are replaced", () => {
  const document: KubeadmDocument = {
    ...kubelet,
    evictionHard: { a: "1", b: "2" },
    clusterDNS: ["10.0.0.1"],
  };
  const [patched] = patch(
    {
      kubeadmConfigPatches: [
        "kind: KubeletConfiguration\nevictionHard: {a: null, c: '3'}\nclusterDNS: [10.0.0.2]\nfailSwapOn: null",
      ],
    },
    [document],
  );
  expect(patched).toEqual({
    apiVersion: kubelet.apiVersion,
    kind: kubelet.kind,
    evictionHard: { b: "2", c: "3" },
    clusterDNS: ["10.0.0.2"],
  });
});

test("several documents of one patch change one document each", () => {
  const patched = patch({
    kubeadmConfigPatches: [
      "---\nkind: ClusterConfiguration\nclusterName: x\n---\n# a comment\n---\nkind: KubeletConfiguration\nmaxPods: 5\n",
    ],
  });
  expect(patched).toMatchObject([{ clusterName: "x" }, { maxPods: 5 }]);
});

test("kind's own separators may be longer than three dashes", () => {
  expect(merge("kind: KubeletConfiguration\n----\nkind: ClusterConfiguration\nx: 1")).toMatchObject(
    {
      x: 1,
    },
  );
});

test("a patch of another apiVersion is passed over, one without fits all", () => {
  expect(merge("kind: ClusterConfiguration\napiVersion: kubeadm.k8s.io/v1beta2\nx: 1")).toEqual(
    cluster,
  );
  expect(merge("kind: ClusterConfiguration\nx: 1")).toMatchObject({ x: 1 });
});

test("flags merge by name: changed in place, added at the end, removed by null", () => {
  const list = [
    { name: "a", value: "9" },
    { name: "c", value: "3" },
  ];
  expect(
    merge("kind: ClusterConfiguration\napiServer: {extraArgs: {a: '9', b: null, c: '3'}}"),
  ).toMatchObject({ apiServer: { extraArgs: list } });
  expect(
    merge(
      "kind: ClusterConfiguration\napiServer: {extraArgs: [{name: a, value: '9'}, {name: b, value: null}, {name: c, value: '3'}]}",
    ),
  ).toMatchObject({ apiServer: { extraArgs: list } });
});

test("numbers and truth values of flags become texts, which kubeadm wants", () => {
  expect(
    merge("kind: ClusterConfiguration\nscheduler: {extraArgs: {v: 4, profiling: false}}"),
  ).toMatchObject({
    scheduler: {
      extraArgs: [
        { name: "v", value: "4" },
        { name: "profiling", value: "false" },
      ],
    },
  });
});

test("a flag given twice in a patch is meant twice", () => {
  expect(
    merge(
      "kind: ClusterConfiguration\napiServer: {extraArgs: [{name: a, value: x}, {name: a, value: y}]}",
    ),
  ).toMatchObject({
    apiServer: {
      extraArgs: [
        { name: "a", value: "x" },
        { name: "a", value: "y" },
        { name: "b", value: "2" },
      ],
    },
  });
});

test("flags as a list fit an older kubeadm, whose documents have a map", () => {
  const old: KubeadmDocument = {
    ...cluster,
    apiVersion: "kubeadm.k8s.io/v1beta3",
    apiServer: { extraArgs: { a: "1" } },
  };
  const [patched] = patch(
    {
      kubeadmConfigPatches: [
        "kind: ClusterConfiguration\napiServer: {extraArgs: [{name: b, value: '2'}]}",
      ],
    },
    [old],
  );
  expect(patched?.["apiServer"]).toEqual({ extraArgs: { a: "1", b: "2" } });
});

test("certSANs add up", () => {
  expect(
    merge("kind: ClusterConfiguration\napiServer: {certSANs: [my.example, localhost]}"),
  ).toMatchObject({ apiServer: { certSANs: ["localhost", "my.example"] } });
  expect(merge("kind: ClusterConfiguration\napiServer: {certSANs: null}")).toEqual(cluster);
});

test("metadata, which patches for kind carry, does not reach kubeadm", () => {
  expect(merge("kind: ClusterConfiguration\nmetadata: {name: config}")).toEqual(cluster);
});

test("a key named __proto__ changes no prototype", () => {
  const [patched] = patch({
    kubeadmConfigPatches: ["kind: ClusterConfiguration\n__proto__: {polluted: yes}"],
  });
  expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("JSON 6902 operations apply in order, in YAML or JSON", () => {
  expect(
    json6902("- {op: add, path: /x, value: [1]}\n- {op: add, path: /x/-, value: 2}"),
  ).toMatchObject({ x: [1, 2] });
  expect(json6902('[{"op": "remove", "path": "/apiServer/extraArgs/0"}]')).toMatchObject({
    apiServer: { extraArgs: [{ name: "b" }] },
  });
});

test("JSON 6902 patches apply after the merge patches of the same level", () => {
  const [patched] = patch({
    kubeadmConfigPatches: ["kind: ClusterConfiguration\nclusterName: merged"],
    kubeadmConfigPatchesJSON6902: [
      {
        group: "kubeadm.k8s.io",
        version: "v1beta4",
        kind: "ClusterConfiguration",
        patch:
          "- {op: test, path: /clusterName, value: merged}\n- {op: replace, path: /clusterName, value: operated}",
      },
    ],
  });
  expect(patched?.["clusterName"]).toBe("operated");
});

test("a JSON 6902 patch of another version is passed over", () => {
  const target = { group: "kubeadm.k8s.io", version: "v1beta2" };
  expect(json6902("- {op: remove, path: /nothing}", target)).toEqual(cluster);
});

test.each([
  ["- {op: remove, path: /nothing}", "remove /nothing: there is no such path"],
  ["- {op: add, path: /a/b/c, value: 1}", "add /a/b/c: there is no such path"],
  ["- {op: replace, path: /apiServer/extraArgs/7, value: 1}", "there is no such path"],
  ["- {op: test, path: /kind, value: Other}", "test /kind: Test failed"],
  ["- {op: add, path: /kind/x, value: 1}", "/kind is neither a mapping nor a list"],
  [
    "- {op: remove, path: /apiServer/extraArg}",
    '/apiServer has no "extraArg", but certSANs, extraArgs',
  ],
  [
    "- {op: replace, path: /apiServer/extraArgs/-, value: 1}",
    '"-" is the place after its last item',
  ],
  ["- {op: remove, path: /apiServer/extraArgs/-}", '"-" is the place after its last item'],
  ["- {op: add, path: /apiServer/extraArgs/-/name, value: a}", '"-" is the place after its last'],
  ["- {op: add, path: /apiServer/-, value: 1}", '/apiServer is a mapping, and "-" is the place'],
  ["- {op: replace, path: /apiServer/extraArgs/a, value: 1}", "items are numbered from 0 on"],
  ["- {op: remove, path: /apiServer/certSANs/length}", '"length" is no such number'],
  ["- {op: replace, path: /apiServer/extraArgs/-1, value: 1}", '"-1" is no such number'],
  ["- {op: replace, path: /apiServer/extraArgs/01, value: 1}", '"01" is no such number'],
  ["- {op: add, path: /apiServer/certSANs/2, value: a}", "/apiServer/certSANs has one item"],
  ["- {op: move, from: /kind, path: /apiServer/extraArgs/kind}", '"kind" is no such number'],
  ["- {op: copy, from: /kind, path: /apiServer/extraArgs/9}", "extraArgs has 2 items"],
])("says which operation cannot be applied: %s", (text, message) => {
  expect(() => json6902(text)).toThrow(message);
  expect(() => json6902(text)).toThrow("ClusterConfiguration");
});

test("says which of several patches and operations it is", () => {
  const right = "- {op: add, path: /x, value: 1}";
  const target = { group: "", version: "", kind: "ClusterConfiguration" };
  const patches = [right, `${right}\n- {op: remove, path: /y}`].map((text) => ({
    ...target,
    patch: text,
  }));
  expect(() => patch({ kubeadmConfigPatchesJSON6902: patches })).toThrow(
    "A patch of ClusterConfiguration (kubeadmConfigPatchesJSON6902[1]) cannot be applied: operation 2, remove /y: there is no such path",
  );
});

test("~1 stands for a slash and ~0 for a tilde, and an index may be the place after the last item", () => {
  const document = { ...kubelet, map: { "a/b": 1, "c~d": 2 }, list: ["x"] };
  const [patched] = patch(
    {
      kubeadmConfigPatchesJSON6902: [
        {
          group: "",
          version: "",
          kind: "KubeletConfiguration",
          patch:
            "- {op: replace, path: /map/a~1b, value: 3}\n- {op: remove, path: /map/c~0d}\n- {op: add, path: /list/1, value: y}\n- {op: add, path: /list/-, value: z}\n- {op: add, path: /map/e~1f, value: 4}",
        },
      ],
    },
    [document],
  );
  expect(patched).toMatchObject({ map: { "a/b": 3, "e/f": 4 }, list: ["x", "y", "z"] });
  expect(patched?.["map"]).not.toHaveProperty("c~d");
});

test.each(["/__proto__/polluted", "/constructor/prototype/polluted"])(
  "an operation at %s reaches no prototype",
  (path) => {
    try {
      json6902(`- {op: add, path: ${path}, value: yes}`);
    } catch (error) {
      expect(isToolError(error, "patch-failed")).toBe(true);
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  },
);

test.each([
  { name: "bad YAML", text: "kind: ClusterConfiguration\na: [1", message: "line 2" },
  { name: "an unknown kind", text: "kind: Cluster", message: '"Cluster"' },
  { name: "no kind", text: "a: 1", message: "needs a kind" },
])("refuses a patch with $name even when no loader did", ({ text, message }) => {
  expect(() => merge(text)).toThrow(message);
});

test("leaves what it was given as it was", () => {
  const before = structuredClone([cluster, kubelet]);
  json6902("- {op: add, path: /apiServer/extraArgs/-, value: {name: z, value: z}}");
  merge("kind: ClusterConfiguration\napiServer: {extraArgs: {a: null}}");
  expect([cluster, kubelet]).toEqual(before);
});
