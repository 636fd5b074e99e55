import { createPatch } from "rfc6902";
import { parse } from "yaml";
import type {
  ClusterApi,
  KubernetesObject,
  ObjectRef,
  PatchOperation,
} from "../../ports/cluster-api.ts";
import type { Ports } from "../../ports/ports.ts";
import { renderYaml } from "../facts/document-text.ts";
import { reasonOf } from "./reason-of.ts";

// yaml and rfc6902 are loaded with this file, which is imported when the first document is edited.

export interface EditResult {
  readonly state: "changed" | "unchanged" | "gone";
}

interface Editing extends Pick<Ports, "commands" | "files" | "host"> {
  readonly api: Pick<ClusterApi, "get" | "patch">;
  readonly signal: AbortSignal;
}

/**
 * Has a user edit an object in their editor, and changes in the cluster what they have changed. What the cluster refuses
 * is shown above the text, to be mended there; saving it unchanged, or empty, gives up. The terminal has to be theirs
 * meanwhile. Throws `program-not-found` where there is no editor, and what the cluster says to the first question.
 */
export async function editDocument(ref: ObjectRef, editing: Editing): Promise<EditResult> {
  const { api, files, commands, host, signal } = editing;
  const object = await api.get(ref, { signal });
  if (object === undefined) return { state: "gone" };
  const before = editable(object);
  const original = renderYaml(before);
  const folder = await files.makeTemporaryDirectory("airfield-edit-");
  const path = `${folder}/${ref.kind.toLowerCase()}-${ref.name}.yaml`;
  try {
    let text = original;
    let failure: string | undefined;
    for (;;) {
      await files.writeTextAtomic(path, `${header(failure)}${text}`, { mode: 0o600 });
      const exitCode = await commands.runAttached([...editorOf(host), path], { signal });
      const saved = withoutHeader((await files.readText(path)) ?? "");
      if (exitCode !== 0 || saved.trim() === "" || saved === text) return { state: "unchanged" };
      text = saved;
      try {
        const operations = planEdit(before, parse(text) as unknown);
        if (operations.length === 0) return { state: "unchanged" };
        await api.patch(ref, [...unchangedSince(before), ...operations], { signal });
        return { state: "changed" };
      } catch (error) {
        signal.throwIfAborted();
        failure = reasonOf(error);
      }
    }
  } finally {
    await files.remove(folder);
  }
}

/** What can be changed, and what tells which object it is. */
function editable(object: KubernetesObject): KubernetesObject {
  const { status: _, ...rest } = object;
  const metadata = Object.entries(object.metadata ?? {}).filter(([key]) => key !== "managedFields");
  return { ...rest, metadata: Object.fromEntries(metadata) };
}

/** Throws where the text is no object, or another one. */
function planEdit(before: KubernetesObject, after: unknown): readonly PatchOperation[] {
  if (typeof after !== "object" || after === null || Array.isArray(after)) {
    throw new Error("the text is no object of Kubernetes");
  }
  const { kind, metadata } = after as KubernetesObject;
  if (kind !== before.kind || metadata?.name !== before.metadata?.name) {
    throw new Error("kind and name say which object it is; they cannot be changed");
  }
  return createPatch(before, after) as readonly PatchOperation[];
}

/** What somebody else has changed meanwhile is not written over. Not by the resourceVersion: each report of a state changes it. */
function unchangedSince({ metadata }: KubernetesObject): readonly PatchOperation[] {
  const generation = metadata?.generation;
  if (generation === undefined) return [];
  return [{ op: "test", path: "/metadata/generation", value: generation }];
}

/** https://kubernetes.io/docs/reference/kubectl/generated/kubectl_edit/ asks in this order, too. */
function editorOf(host: Ports["host"]): readonly string[] {
  const editor = ["KUBE_EDITOR", "VISUAL", "EDITOR"].map((name) => host.environment(name));
  return (editor.find((each) => each !== undefined) ?? "vi").split(/\s+/).filter(Boolean);
}

function header(failure: string | undefined): string {
  const lines = [
    "Save and leave to change the object; save nothing, or all of it unchanged, to leave it as it is.",
    ...(failure === undefined ? [] : [`Not changed: ${failure}`]),
  ];
  return lines.map((line) => `# ${line.replaceAll("\n", "\n# ")}\n`).join("");
}

/** Comments at the top are ours. */
function withoutHeader(text: string): string {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => !line.startsWith("#"));
  return first === -1 ? "" : lines.slice(first).join("\n");
}
