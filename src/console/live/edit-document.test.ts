import { expect, test } from "vitest";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { editDocument } from "./edit-document.ts";

const ref = { kind: "ConfigMap", name: "a", namespace: "default" };

/** What each opening of the editor makes of the text. */
function anEditor(...edits: readonly ((text: string) => string)[]) {
  const ports = fakePorts();
  const api = new FakeClusterApi();
  api.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { k: "1" } });
  const texts: string[] = [];
  ports.commands.on(async (command, { isAttached }) => {
    const path = command.at(-1) ?? "";
    const text = (await ports.files.readText(path)) ?? "";
    texts.push(`${isAttached ? "" : "not attached "}${command.slice(0, -1).join(" ")}\n${text}`);
    const edited = edits[texts.length - 1]?.(text);
    if (edited === undefined) return { exitCode: 1 };
    await ports.files.writeTextAtomic(path, edited, { mode: 0o600 });
    return {};
  });
  const { signal } = new AbortController();
  return { ports, api, texts, edit: () => editDocument(ref, { ...ports, api, signal }) };
}

test("what is changed in the editor is changed in the cluster", async () => {
  const { api, edit, texts, ports } = anEditor((text) => text.replace('k: "1"', 'k: "2"'));
  expect(await edit()).toEqual({ state: "changed" });
  expect(api.stored(ref)?.data).toEqual({ k: "2" });
  expect(texts[0]).toMatch(/^vi\n# Save and leave to change the object.*\napiVersion: v1\n/);
  expect(await ports.files.list("/tmp")).toEqual([]);
});

test.each([
  ["saved as it was", (text: string) => text],
  ["emptied", () => ""],
  ["left with nothing but comments", () => "# nothing\n"],
  ["changed in its layout only", (text: string) => text.replace('k: "1"', "k: '1'")],
])("a text that is %s changes nothing", async (_, change) => {
  const { api, edit } = anEditor(change);
  expect(await edit()).toEqual({ state: "unchanged" });
  expect(api.calls).toEqual(["get ConfigMap/a"]);
});

test("what the cluster refuses is shown above the text, to be mended", async () => {
  const { api, edit, texts } = anEditor(
    (text) => text.replace('k: "1"', "k: bad"),
    (text) => text.replace("k: bad", "k: good"),
  );
  let refusals = 0;
  api.refusal = (call) =>
    call.startsWith("patch") && ++refusals === 1 ? "data.k: Invalid value" : undefined;
  expect(await edit()).toEqual({ state: "changed" });
  expect(texts[1]).toContain("\n# Not changed: data.k: Invalid value\n");
  expect(texts[1]).toContain("k: bad");
  expect(api.stored(ref)?.data).toEqual({ k: "good" });
});

test.each([
  ["is no YAML", (text: string) => `${text}\n  : [`, /Not changed: .+/],
  ["is no object", () => "just words", /no object of Kubernetes/],
  ["is another object", (text: string) => text.replace("name: a", "name: b"), /cannot be changed/],
])("a text that %s is refused before the cluster sees it", async (_, change, reason) => {
  const { api, edit, texts } = anEditor(change, (text) => text);
  expect(await edit()).toEqual({ state: "unchanged" });
  expect(texts[1]).toMatch(reason);
  expect(api.calls).toEqual(["get ConfigMap/a"]);
});

test("what somebody else has changed meanwhile is not written over", async () => {
  const { api, edit, texts } = anEditor((text) => {
    api.put({
      ...api.stored(ref),
      kind: "ConfigMap",
      metadata: { name: "a" },
      spec: { replicas: 2 },
    });
    return text.replace('k: "1"', 'k: "2"');
  });
  expect(await edit()).toEqual({ state: "unchanged" });
  expect(texts[1]).toContain("# Not changed: ");
  expect(api.stored(ref)?.data).toEqual({ k: "1" });
});

test("the user's own editor is taken, with its flags; what is gone is not edited", async () => {
  const { ports, api, edit, texts } = anEditor((text) => text);
  ports.host.variables.set("EDITOR", "nano");
  ports.host.variables.set("VISUAL", "code --wait");
  await edit();
  expect(texts[0]).toMatch(/^code --wait\n/);
  await api.remove([ref]);
  expect(await edit()).toEqual({ state: "gone" });
});
