import { expect, test } from "vitest";
import { parse } from "yaml";
import { isToolError } from "../errors/tool-error.ts";
import {
  contextName,
  currentContext,
  mergeKubeconfig,
  removeFromKubeconfig,
  renameKubeconfig,
} from "./kubeconfig.ts";

const path = "/home/me/.kube/config";

const adminConf = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://demo-control-plane:6443
  name: demo
contexts:
- context:
    cluster: demo
    user: kubernetes-admin
  name: kubernetes-admin@demo
current-context: kubernetes-admin@demo
kind: Config
preferences: {}
users:
- name: kubernetes-admin
  user:
    client-certificate-data: Q0VSVA==
    client-key-data: S0VZ
`;

const ours = renameKubeconfig(adminConf, { name: "demo", server: "https://127.0.0.1:40001" });

const theirs = `# my clusters
apiVersion: v1
kind: Config
clusters:
- name: prod
  cluster:
    server: https://prod.example:6443
    x-future-field: kept
contexts:
- name: prod
  context: {cluster: prod, user: prod, namespace: shop} # the shop
current-context: prod
preferences:
  colors: true
users:
- name: prod
  user:
    exec:
      command: aws
      args: [eks, get-token]
`;

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isToolError(error, "kubeconfig-invalid")) return error.facts.reason;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("context, cluster and user have our name, the server is the one on the host", () => {
  expect(ours).toMatchInlineSnapshot(`
    "apiVersion: v1
    kind: Config
    clusters:
    - name: airfield-demo
      cluster:
        certificate-authority-data: Q0E=
        server: https://127.0.0.1:40001
    contexts:
    - name: airfield-demo
      context:
        cluster: airfield-demo
        user: airfield-demo
    current-context: airfield-demo
    users:
    - name: airfield-demo
      user:
        client-certificate-data: Q0VSVA==
        client-key-data: S0VZ
    "
  `);
  expect(contextName("demo")).toBe("airfield-demo");
});

test("long certificates stay on one line", () => {
  const long = "QUJD".repeat(1000);
  const renamed = renameKubeconfig(adminConf.replace("Q0E=", long), {
    name: "demo",
    server: "https://127.0.0.1:1",
  });
  expect(renamed).toContain(`certificate-authority-data: ${long}\n`);
});

test.each([
  ["", "it has no cluster"],
  ["cat: /etc/kubernetes/admin.conf: No such file", "mapping"],
  ["kind: Config\nclusters: []", "it has no cluster"],
])("refuses an admin.conf that is none: %j", (text) => {
  expect(refusal(() => renameKubeconfig(text, { name: "x", server: "y" }))).not.toBe("");
});

test.each([undefined, "", "\n  \n"])("a kubeconfig that is not there (%j) becomes ours", (text) => {
  expect(mergeKubeconfig(text, ours, path)).toBe(ours);
});

test("a kubeconfig of comments only keeps them", () => {
  const merged = mergeKubeconfig("# managed by me\n", ours, path);
  expect(merged).toContain("# managed by me");
  expect(parse(merged)).toEqual(parse(ours));
});

test("entries of others, unknown fields and comments stay as they are", () => {
  const merged = mergeKubeconfig(theirs, ours, path);
  expect(merged).toMatchInlineSnapshot(`
    "# my clusters
    apiVersion: v1
    kind: Config
    clusters:
    - name: prod
      cluster:
        server: https://prod.example:6443
        x-future-field: kept
    - name: airfield-demo
      cluster:
        certificate-authority-data: Q0E=
        server: https://127.0.0.1:40001
    contexts:
    - name: prod
      context: {cluster: prod, user: prod, namespace: shop} # the shop
    - name: airfield-demo
      context:
        cluster: airfield-demo
        user: airfield-demo
    current-context: airfield-demo
    preferences:
      colors: true
    users:
    - name: prod
      user:
        exec:
          command: aws
          args: [eks, get-token]
    - name: airfield-demo
      user:
        client-certificate-data: Q0VSVA==
        client-key-data: S0VZ
    "
  `);
});

test("merging twice is the same as once", () => {
  const once = mergeKubeconfig(theirs, ours, path);
  expect(mergeKubeconfig(once, ours, path)).toBe(once);
});

test("entries of our name are replaced where they stand, also when there are several", () => {
  const first = mergeKubeconfig(theirs, ours, path);
  const again = renameKubeconfig(adminConf, { name: "demo", server: "https://127.0.0.1:50002" });
  const doubled = first.replace(
    "users:\n",
    "users:\n- {name: airfield-demo, user: {token: old}}\n",
  );
  const merged = parse(mergeKubeconfig(doubled, again, path)) as Record<
    "clusters" | "users" | "contexts",
    { name: string }[]
  >;
  expect(merged.clusters.map(({ name }) => name)).toEqual(["prod", "airfield-demo"]);
  expect(merged.users.map(({ name }) => name)).toEqual(["airfield-demo", "prod"]);
  expect(merged.clusters[1]).toMatchObject({ cluster: { server: "https://127.0.0.1:50002" } });
  expect(JSON.stringify(merged)).not.toContain('"old"');
});

test.each([
  "apiVersion: v1\nkind: Config\nclusters: null\ncontexts: null\nusers: null\n",
  "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n",
  "kind: Config\n",
  "clusters: []\n",
  '{"kind": "Config", "apiVersion": "v1", "clusters": []}',
])("takes an empty kubeconfig as kubectl writes it: %j", (text) => {
  expect(parse(mergeKubeconfig(text, ours, path))).toEqual(parse(ours));
});

test("empty lists do not force our entries into one line", () => {
  const merged = mergeKubeconfig("kind: Config\nclusters: []\n", ours, path);
  expect(merged).toContain("clusters:\n- name: airfield-demo\n");
});

test("a file that indents its lists keeps doing so", () => {
  const indented = "kind: Config\nclusters:\n  - name: a\n    cluster: {server: x}\n";
  expect(mergeKubeconfig(indented, ours, path)).toContain("clusters:\n  - name: a\n");
});

test.each([
  ["hello", "it is no mapping"],
  ["- a\n- b\n", "it is no mapping"],
  ["kind: Deployment\n", 'its kind is "Deployment", not "Config"'],
  ["a: 1\n", "it has no kind, clusters, contexts or users"],
  ["kind: Config\nclusters: 5\n", "its clusters are no list"],
  ["kind: Config\nusers: {a: 1}\n", "its users are no list"],
  ["kind: Config\nkind: Config\n", "line 2: Map keys must be unique"],
  ["kind: Config\n\tx: 1\n", "line 2: "],
  ["kind: Config\nclusters: [\n", "line "],
  ["kind: Config\n---\nkind: Config\n", "multiple documents"],
  ["\u0000\u0001\u0002binary", ""],
])("refuses %j and says why", (text, reason) => {
  expect(refusal(() => mergeKubeconfig(text, ours, path))).toContain(reason);
  expect(refusal(() => removeFromKubeconfig(text, "airfield-demo", { path }))).toContain(reason);
});

test("an alias bomb is not written out", () => {
  const lines = ["kind: Config", "a0: &a0 [x, x]"];
  for (let level = 1; level < 30; level++) {
    lines.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
  }
  const merged = mergeKubeconfig(`${lines.join("\n")}\n`, ours, path);
  expect(merged.length).toBeLessThan(5000);
});

test("what was merged is removed without a trace, and the former context is current again", () => {
  const merged = mergeKubeconfig(theirs, ours, path);
  const removed = removeFromKubeconfig(merged, "airfield-demo", { path, previousContext: "prod" });
  expect(removed).toBe(roundTrip(theirs));
});

/** The text as the YAML library writes it, which is what any change leaves of a file's spacing. */
function roundTrip(text: string): string {
  const marked = text.replace("current-context: prod", "current-context: airfield-demo");
  return removeFromKubeconfig(marked, "airfield-demo", { path, previousContext: "prod" });
}

test.each([
  ["is gone", "gone"],
  ["was none", undefined],
])("no context is current when the former one %s", (_case, previousContext) => {
  const merged = mergeKubeconfig(theirs, ours, path);
  const removed = removeFromKubeconfig(merged, "airfield-demo", {
    path,
    ...(previousContext === undefined ? {} : { previousContext }),
  });
  expect((parse(removed) as Record<string, unknown>)["current-context"]).toBe("");
  expect(currentContext(removed, path)).toBeUndefined();
});

test("a context the user chose since stays current", () => {
  const merged = mergeKubeconfig(theirs, ours, path).replace(
    "current-context: airfield-demo",
    "current-context: prod",
  );
  const removed = removeFromKubeconfig(merged, "airfield-demo", { path });
  expect(currentContext(removed, path)).toBe("prod");
});

test("removes nothing of clusters whose names begin alike", () => {
  const other = renameKubeconfig(adminConf, { name: "demo-2", server: "https://127.0.0.1:2" });
  const both = mergeKubeconfig(mergeKubeconfig(undefined, ours, path), other, path);
  const removed = removeFromKubeconfig(both, "airfield-demo", { path });
  expect(removed).toContain("airfield-demo-2");
  expect(removed).not.toMatch(/airfield-demo$/m);
});

test("a kubeconfig without our entries comes back character for character", () => {
  const odd = theirs.replaceAll("\n", "\r\n");
  expect(removeFromKubeconfig(odd, "airfield-demo", { path })).toBe(odd);
  expect(removeFromKubeconfig("", "airfield-demo", { path })).toBe("");
});

test("the last entries leave empty lists, which kubectl reads", () => {
  const removed = removeFromKubeconfig(ours, "airfield-demo", { path });
  expect(parse(removed)).toEqual({
    apiVersion: "v1",
    kind: "Config",
    clusters: [],
    contexts: [],
    users: [],
    "current-context": "",
  });
});

test("says so when an entry to remove is shared by YAML anchors", () => {
  const shared = `kind: Config
clusters:
- &base
  name: airfield-demo
  cluster: {server: x}
- *base
- {name: other, cluster: {server: y}}
users:
- {name: other, x: *base}
`;
  expect(refusal(() => removeFromKubeconfig(shared, "airfield-demo", { path }))).toContain(
    "anchors",
  );
});

test.each([
  [undefined, undefined],
  ["", undefined],
  [theirs, "prod"],
  ["kind: Config\n", undefined],
  ["kind: Config\ncurrent-context: ''\n", undefined],
  ["kind: Config\ncurrent-context: 5\n", undefined],
])("the current context of %j is %j", (text, expected) => {
  expect(currentContext(text, path)).toBe(expected);
});
