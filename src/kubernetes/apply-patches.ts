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
    const operations = level.kubeadmConfigPatchesJSON6902.map(readJson6902Patch);
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
  for (const operation of operations) {
    const failure = attempt(copy, operation);
    if (failure !== undefined) {
      throw new ToolError("patch-failed", {
        target,
        reason: `${operation.op} ${operation.path}: ${failure}`,
      });
    }
  }
  return copy;
}

function attempt(content: unknown, operation: Operation): string | undefined {
  try {
    const [failure] = applyPatch(content, [operation]);
    if (failure === undefined || failure === null) return undefined;
    return failure.name === "MissingError" ? "there is no such path" : failure.message;
  } catch (error) {
    // rfc6902 throws plain errors for unusable pointers, and a TypeError where the parent is no container.
    return error instanceof Error ? error.message : String(error);
  }
}

function readMergePatch(text: string): readonly KubeadmMergePatch[] {
  const { patches, faults } = parseKubeadmMergePatch(text);
  refuseFaults("kubeadmConfigPatches", faults);
  return patches;
}

function readJson6902Patch(
  patch: KubeadmPatches["kubeadmConfigPatchesJSON6902"][number],
): Json6902Target {
  const apiVersion = patch.group === "" ? patch.version : `${patch.group}/${patch.version}`;
  const wrongTarget = faultOfTarget(patch.kind, apiVersion);
  const { operations, faults } = parseJson6902(patch.patch);
  refuseFaults(
    "kubeadmConfigPatchesJSON6902",
    wrongTarget === undefined ? faults : [{ line: 1, reason: wrongTarget }],
  );
  return { kind: patch.kind, apiVersion, operations };
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
      (current, { operations }) => applyOperations(current, operations, current.kind),
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
