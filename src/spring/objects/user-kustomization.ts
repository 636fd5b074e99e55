import { join, relative } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { SpringCluster } from "../cluster-access.ts";
import type { KubernetesObject, ObjectRef } from "../../ports/cluster-api.ts";
import type { Manifest } from "./manifest.ts";
import {
  MANAGED_BY,
  MANIFEST_HASH,
  PROJECT_FOLDER,
  selectorOf,
  withHash,
} from "./plan-manifests.ts";

/** Where Airfield's own objects come in: the name of a file that the user's kustomization may list. */
const OBJECTS_FILE = "airfield.yaml";
/** Looked for beside the project when the config names no folder. */
const DEFAULT_FOLDER = "k8s";
/** https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#kustomization */
const KUSTOMIZATION_FILES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/** Patches are small; a folder with more than this is not meant for Airfield. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The user's own kustomization: what it says is done to the objects of `up` before they are applied. */
export interface UserKustomization {
  readonly dir: string;
  /** By paths relative to the folder, kustomization.yaml with Airfield's objects among its resources. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The kustomization that belongs to a project: the folder that the config names, else `k8s` beside the project. The
 * latter only when it cannot be meant to stand alone: it patches without having resources, or lists
 * airfield.yaml among them. Plenty of projects have manifests of their own there.
 */
export async function readUserKustomization(
  { projectDir, folder }: { readonly projectDir: string; readonly folder: string | undefined },
  files: Files,
): Promise<UserKustomization | undefined> {
  const dir = folder ?? join(projectDir, DEFAULT_FOLDER);
  const found = await readFolder(dir, files);
  const file = KUSTOMIZATION_FILES.find((name) => name in found);
  if (file === undefined) {
    if (folder === undefined) return undefined;
    throw new ToolError("kustomization-missing", { dir });
  }
  const kustomization = parseKustomization(found[file] ?? "");
  // Broken YAML is kustomize's to describe, where the folder is meant for us.
  if (kustomization === undefined) {
    return folder === undefined ? undefined : { dir, files: found };
  }
  const resources = listOf(kustomization["resources"]);
  const isListed = resources.includes(OBJECTS_FILE);
  if (folder === undefined && !isListed && resources.length > 0) return undefined;
  const whole = {
    ...kustomization,
    resources: isListed ? resources : [OBJECTS_FILE, ...resources],
  };
  return { dir, files: { ...found, [file]: stringify(whole, { lineWidth: 0 }) } };
}

/** On the Deployment or Job: what the kustomization added, as `Kind.group/name`, with `@namespace` where that is another one. */
const ADDED = "airfield.dev/added";
/** What holds more than the application's own, and data, stays when it is taken down. */
const OUTLIVES_APPLICATION =
  /^(Namespace|CustomResourceDefinition|PersistentVolume|PersistentVolumeClaim)$/;

/** The one object of an application that its pods are of. */
export function isWorkload({ kind }: { readonly kind?: string }): boolean {
  return kind === "Deployment" || kind === "Job";
}

/**
 * What the kustomization had added to a Deployment or Job that was applied, and goes with the application. Without a
 * namespace: the application's, or none.
 */
export function addedBy(
  workload: Pick<KubernetesObject, "metadata"> | undefined,
): readonly ObjectRef[] {
  const text = workload?.metadata?.annotations?.[ADDED] ?? "";
  return text.split(" ").flatMap((word): readonly ObjectRef[] => {
    const [reference = "", namespace] = word.split("@");
    const [type = "", name] = reference.split("/");
    if (name === undefined) return [];
    const [kind = "", ...group] = type.split(".");
    const place = namespace === undefined ? {} : { namespace };
    return [{ kind, group: group.join("."), name, ...place }];
  });
}

/** The objects as the user's kustomization leaves them, found again by the labels of the application. */
export async function applyUserKustomization(
  objects: readonly Manifest[],
  kustomization: UserKustomization,
  {
    name,
    namespace,
    projectDir,
    cluster,
    signal,
  }: {
    readonly name: string;
    readonly namespace: string;
    readonly projectDir: string;
    readonly cluster: Pick<SpringCluster, "kustomize">;
    readonly signal: AbortSignal;
  },
): Promise<readonly Manifest[]> {
  const { dir } = kustomization;
  const plain = objects.map(withoutHash);
  const documents = plain.map((object) => `---\n${JSON.stringify(object)}\n`).join("");
  const { exitCode, stdout, stderr } = await cluster.kustomize(
    { ...kustomization.files, [OBJECTS_FILE]: documents },
    { signal },
  );
  if (exitCode !== 0) {
    const reason = readableReason(stderr.trim() === "" ? stdout : stderr);
    throw new ToolError("kustomization-failed", { dir, reason });
  }
  const changed = parseAllDocuments(stdout).flatMap((document) => {
    const object = document.toJS() as Manifest | null;
    return object === null ? [] : [object];
  });
  for (const object of plain) {
    if (!changed.some((other) => isSameObject(other, object))) {
      throw new ToolError("kustomization-loses-object", {
        dir,
        kind: object.kind,
        name: object.metadata.name,
      });
    }
  }
  const added = changed
    .filter((object) => !plain.some((other) => isSameObject(other, object)))
    .filter(({ kind }) => !OUTLIVES_APPLICATION.test(kind))
    .map((object) => referenceOf(object, namespace));
  const own = changed.map((object) => ({
    ...object,
    metadata: {
      ...placeOf(object, namespace),
      labels: { ...selectorOf(name), ...MANAGED_BY, ...object.metadata.labels },
      // So that `down` finds what the kustomization adds.
      ...(isWorkload(object) && object.metadata.name === name && added.length > 0
        ? { annotations: { ...object.metadata.annotations, [ADDED]: added.join(" ") } }
        : {}),
    },
  }));
  return withHash(own, projectDir);
}

async function readFolder(dir: string, files: Files): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  let bytes = 0;
  const walk = async (folder: string): Promise<void> => {
    for (const { name, kind } of (await files.list(folder)) ?? []) {
      const path = join(folder, name);
      if (kind === "directory") await walk(path);
      else if (kind === "file") {
        bytes += (await files.status(path))?.sizeBytes ?? 0;
        if (bytes > MAX_BYTES)
          throw new ToolError("kustomization-failed", {
            dir,
            reason: "its files are larger than 4 MiB",
          });
        found[relative(dir, path)] = (await files.readText(path)) ?? "";
      }
    }
  };
  await walk(dir);
  return found;
}

function parseKustomization(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = parse(text) ?? {};
    const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
    return isMapping ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Without kubectl's "error:", and out of the log line that newer ones make of it (`E1121 … err="…"`). */
function readableReason(output: string): string {
  const logged = /^E\d{4} [^\n]*\berr=("(?:[^"\\]|\\.)*")/m.exec(output)?.[1];
  return logged === undefined
    ? output.trim().replace(/^error: /, "")
    : (JSON.parse(logged) as string);
}

/** Hash and folder are put on anew: the hash is that of what is applied in the end. */
function withoutHash(object: Manifest): Manifest {
  const annotations = Object.fromEntries(
    Object.entries(object.metadata.annotations ?? {}).filter(
      ([key]) => key !== MANIFEST_HASH && key !== PROJECT_FOLDER,
    ),
  );
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function isSameObject(a: Manifest, b: Manifest): boolean {
  return (
    a.kind === b.kind &&
    a.metadata.name === b.metadata.name &&
    a.metadata.namespace === b.metadata.namespace
  );
}

function referenceOf({ apiVersion, kind, metadata }: Manifest, namespace: string): string {
  const [group] = apiVersion.includes("/") ? apiVersion.split("/") : [undefined];
  const elsewhere =
    metadata.namespace === undefined || metadata.namespace === namespace
      ? ""
      : `@${metadata.namespace}`;
  return `${kind}${group === undefined ? "" : `.${group}`}/${metadata.name}${elsewhere}`;
}

/** What says no namespace goes into the application's; kinds that have none keep none. */
function placeOf({ kind, metadata }: Manifest, namespace: string): Manifest["metadata"] {
  const hasNone =
    /^(Cluster|Namespace$|PersistentVolume$|StorageClass$|PriorityClass$|CustomResourceDefinition$|IngressClass$|RuntimeClass$)/.test(
      kind,
    );
  return hasNone || metadata.namespace !== undefined ? metadata : { ...metadata, namespace };
}
