import { applyPatch, type Operation } from "rfc6902";
import { isMapping } from "../formats/mapping.ts";
import { ToolError } from "../errors/tool-error.ts";
import type { KubeadmDocument, KubeadmPatches } from "./kubeadm-document.ts";
import {
  faultOfTarget,
  parseJson6902,
  parseKubeadmMergePatch,
  type KubeadmMergePatch,
  type PatchFault,
} from "../config/kubeadm-patch.ts";
import { mergePatch } from "../config/merge-patch.ts";

interface Json6902Target {
  /** Where the config has it, as far as is known here: "kubeadmConfigPatchesJSON6902[0]". */
  readonly place: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly operations: readonly Operation[];
}

/**
 * Changes the documents by all patches, in order: of each level first the merge patches, then those of JSON 6902.
 * A patch that fits no document is passed over, as in kind: the ones for JoinConfiguration meet no control plane.
 * Throws `patch-failed`.
 */
export function patchKubeadmDocuments(
  documents: readonly KubeadmDocument[],
  levels: readonly KubeadmPatches[],
): readonly KubeadmDocument[] {
  const patched = levels.reduce((current, level) => {
    const merges = level.kubeadmConfigPatches.flatMap(readMergePatch);
    const operations = level.kubeadmConfigPatchesJSON6902.map((patch, index) =>
      readJson6902Patch(patch, `kubeadmConfigPatchesJSON6902[${index}]`),
    );
    return current.map((document) => applyJson6902(applyMerges(document, merges), operations));
  }, documents);
  return patched.map(withoutMetadata);
}

/** Applies the operations to a copy of `content`; `target` names it in `patch-failed`. */
export function applyOperations<Content>(
  content: Content,
  operations: readonly Operation[],
  target: string,
): Content {
  const copy = structuredClone(content);
  operations.forEach((operation, index) => {
    const failure = attempt(copy, operation);
    if (failure === undefined) return;
    const which = operations.length === 1 ? "" : `operation ${index + 1}, `;
    throw new ToolError("patch-failed", {
      target,
      reason: `${which}${operation.op} ${operation.path}: ${failure}`,
    });
  });
  return copy;
}

function attempt(content: unknown, operation: Operation): string | undefined {
  const fault = faultOfPlaces(content, operation);
  if (fault !== undefined) return `there is no such path: ${fault}`;
  try {
    const [failure] = applyPatch(content, [operation]);
    if (failure === undefined || failure === null) return undefined;
    return failure.name === "MissingError" ? "there is no such path" : failure.message;
  } catch (error) {
    // rfc6902 throws plain errors for what it does not expect.
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The library takes what is no index of a list for a key of it, or for 0: the value would be lost, or lie elsewhere.
 * https://datatracker.ietf.org/doc/html/rfc6902#section-4
 */
function faultOfPlaces(content: unknown, operation: Operation): string | undefined {
  switch (operation.op) {
    case "add":
      return faultOfPlace(content, operation.path, "new");
    case "move":
    case "copy":
      return (
        faultOfPlace(content, operation.from, "existing") ??
        faultOfPlace(content, operation.path, "new")
      );
    case "remove":
    case "replace":
      return faultOfPlace(content, operation.path, "existing");
    case "test":
      return undefined;
  }
}

/** @param pointer as RFC 6901 has it: "~1" stands for "/", "~0" for "~" */
function faultOfPlace(
  content: unknown,
  pointer: string,
  what: "new" | "existing",
): string | undefined {
  const [, ...tokens] = pointer.split("/");
  let value = content;
  let place = "the document";
  for (const [index, token] of tokens.entries()) {
    const isPlaceOfNew = what === "new" && index === tokens.length - 1;
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    const fault = faultOfKey(value, key, isPlaceOfNew);
    if (fault !== undefined) return `${place} ${fault}`;
    value = (value as Readonly<Record<string, unknown>>)[key];
    place = `/${tokens.slice(0, index + 1).join("/")}`;
  }
  return undefined;
}

/** Continues the sentence that begins with the name of `holder`. */
function faultOfKey(holder: unknown, key: string, isPlaceOfNew: boolean): string | undefined {
  if (Array.isArray(holder)) {
    if (key === "-")
      return isPlaceOfNew
        ? undefined
        : 'is a list, and "-" is the place after its last item: only add takes it, at the end of a path';
    if (!/^(0|[1-9]\d*)$/.test(key))
      return `is a list, whose items are numbered from 0 on, and "${key}" is no such number`;
    const items = holder.length === 1 ? "one item" : `${holder.length} items`;
    return Number(key) < holder.length + (isPlaceOfNew ? 1 : 0)
      ? undefined
      : `has ${items}, numbered from 0 on`;
  }
  if (!isMapping(holder)) return "is neither a mapping nor a list";
  if (isPlaceOfNew)
    return key === "-"
      ? 'is a mapping, and "-" is the place after the last item of a list'
      : undefined;
  if (Object.hasOwn(holder, key)) return undefined;
  const keys = Object.keys(holder);
  return `has no "${key}"${keys.length === 0 ? "" : `, but ${keys.join(", ")}`}`;
}

function readMergePatch(text: string): readonly KubeadmMergePatch[] {
  const { patches, faults } = parseKubeadmMergePatch(text);
  refuseFaults("kubeadmConfigPatches", faults);
  return patches;
}

function readJson6902Patch(
  patch: KubeadmPatches["kubeadmConfigPatchesJSON6902"][number],
  place: string,
): Json6902Target {
  const apiVersion = patch.group === "" ? patch.version : `${patch.group}/${patch.version}`;
  const wrongTarget = faultOfTarget(patch.kind, apiVersion);
  const { operations, faults } = parseJson6902(patch.patch);
  refuseFaults(
    "kubeadmConfigPatchesJSON6902",
    wrongTarget === undefined ? faults : [{ line: 1, reason: wrongTarget }],
  );
  return { place, kind: patch.kind, apiVersion, operations };
}

/** load-config.ts refuses such patches with their line in the file; this is for configs made otherwise. */
function refuseFaults(target: string, faults: readonly PatchFault[]): void {
  const [first] = faults;
  if (first !== undefined) {
    throw new ToolError("patch-failed", {
      target,
      reason: `line ${first.line}: ${first.reason}`,
    });
  }
}

function applyMerges(
  document: KubeadmDocument,
  merges: readonly KubeadmMergePatch[],
): KubeadmDocument {
  return merges
    .filter((patch) => fits(patch, document))
    .reduce((current, { content }) => {
      // The patch's apiVersion and kind are those of the document, or absent.
      const { apiVersion: _apiVersion, kind: _kind, ...changes } = content;
      return mergePatch(current, changes, specialOf(current)) as KubeadmDocument;
    }, document);
}

function applyJson6902(
  document: KubeadmDocument,
  patches: readonly Json6902Target[],
): KubeadmDocument {
  return patches
    .filter((patch) => fits(patch, document))
    .reduce(
      (current, { place, operations }) =>
        applyOperations(current, operations, `${current.kind} (${place})`),
      document,
    );
}

function fits(
  patch: { readonly kind: string; readonly apiVersion: string },
  document: KubeadmDocument,
): boolean {
  return (
    patch.kind === document.kind &&
    (patch.apiVersion === "" || patch.apiVersion === document.apiVersion)
  );
}

/**
 * Flags merge by name in either form, so that a patch without apiVersion fits every Kubernetes version, and
 * SANs add up: a patch that adds one must not lose "localhost". As kind does since 0.32
 * (https://github.com/kubernetes-sigs/kind/pull/4173).
 */
function specialOf(
  document: KubeadmDocument,
): (key: string, target: unknown, patch: unknown) => unknown {
  if (!document.apiVersion.startsWith("kubeadm.k8s.io/")) return () => undefined;
  const isList = document.apiVersion.endsWith("/v1beta4");
  return (key, target, patch) => {
    if ((key === "extraArgs" || key === "kubeletExtraArgs") && patch !== null) {
      return mergeFlags(target, patch, isList);
    }
    if (key === "certSANs" && (patch === null || Array.isArray(patch))) {
      return [...new Set([...asList(target), ...asList(patch)])];
    }
    return undefined;
  };
}

interface Flag {
  readonly name: string;
  /** Null removes the flag. */
  readonly value: string | null;
}

function mergeFlags(target: unknown, patch: unknown, isList: boolean): unknown {
  const changes = asFlags(patch);
  const names = new Set(changes.map(({ name }) => name));
  const kept = asFlags(target);
  // A changed flag keeps its place; one that comes twice in the patch is meant twice.
  const merged = [
    ...kept.flatMap((flag, index) => {
      if (!names.has(flag.name)) return [flag];
      const isFirst = kept.findIndex(({ name }) => name === flag.name) === index;
      return isFirst ? changes.filter(({ name }) => name === flag.name) : [];
    }),
    ...changes.filter(({ name }) => !kept.some((flag) => flag.name === name)),
  ].filter(({ value }) => value !== null);
  return isList ? merged : Object.fromEntries(merged.map(({ name, value }) => [name, value]));
}

function asFlags(value: unknown): readonly Flag[] {
  if (isMapping(value)) {
    return Object.entries(value).map(([name, content]) => ({ name, value: flagValue(content) }));
  }
  return asList(value).flatMap((item) =>
    isMapping(item) && typeof item["name"] === "string"
      ? [{ name: item["name"], value: flagValue(item["value"]) }]
      : [],
  );
}

/** kubeadm takes strings only; `v: 4` and `profiling: false` are easily written. */
function flagValue(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Patches made for kind carry `metadata: {name: config}`, of which kubeadm complains. */
function withoutMetadata(document: KubeadmDocument): KubeadmDocument {
  const { metadata: _metadata, ...rest } = document as KubeadmDocument & { metadata?: unknown };
  return rest;
}
