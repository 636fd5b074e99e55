import type { Manifest } from "../objects/manifest.ts";
import { MANAGED_BY } from "../objects/plan-manifests.ts";
import type { ApplicationPreview } from "./preview-application.ts";

/** An application's objects as any cluster takes them. */
export interface PortableApplication {
  readonly name: string;
  readonly namespace: string;
  readonly version: string | undefined;
  /** The image as Airfield names it, which only the nodes of its clusters have. */
  readonly localImage: string;
  /** The objects of `up`, without what belongs to one cluster or to Airfield; Secrets are not among them. */
  readonly objects: readonly Manifest[];
  /** Secrets by name, and the keys they have. Values are never handed over. */
  readonly secrets: readonly { readonly name: string; readonly keys: readonly string[] }[];
  /** Names of the Services that people reach it by, with the port of each. */
  readonly services: readonly { readonly name: string; readonly port: number }[];
}

/** Airfield's own annotations and labels: hashes, folders, image ids. They say nothing on another cluster. */
const OWN_MARK = /^airfield\.dev\//;

export function toPortable(preview: ApplicationPreview): PortableApplication {
  const { name, namespace, version, image } = preview;
  const objects = preview.objects.map(toPortableObject);
  return {
    name,
    namespace,
    version,
    localImage: image,
    objects: objects.filter(({ kind }) => kind !== "Secret"),
    secrets: preview.objects
      .filter(({ kind }) => kind === "Secret")
      .map((secret) => ({ name: secret.metadata.name, keys: keysOf(secret) })),
    services: objects.flatMap((object) =>
      object.kind === "Service" && object.metadata.name === name
        ? [{ name, port: firstPort(object) }]
        : [],
    ),
  };
}

export function toPortableObject(object: Manifest): Manifest {
  const { namespace: _namespace, ...metadata } = object.metadata;
  const portable = withoutOwnMarks({ ...object, metadata }) as Manifest;
  if (portable.kind !== "Service") return portable;
  const { spec } = portable;
  // NodePort is what Airfield's published port needs; another cluster has its Ingress or its load balancer.
  return spec?.["type"] === "NodePort"
    ? { ...portable, spec: { ...spec, type: "ClusterIP" } }
    : portable;
}

/** The same without Airfield's annotations and its managed-by label, at any depth. */
function withoutOwnMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwnMarks);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key === "annotations" && isRecord(inner)) {
        const kept = Object.entries(inner).filter(([name]) => !OWN_MARK.test(name));
        return kept.length === 0 ? [] : [[key, Object.fromEntries(kept)]];
      }
      if (key === "labels" && isRecord(inner)) {
        const kept = Object.entries(inner).filter(
          ([name, label]) =>
            (MANAGED_BY as Readonly<Record<string, string>>)[name] !== label &&
            !OWN_MARK.test(name),
        );
        return [[key, Object.fromEntries(kept)]];
      }
      return [[key, withoutOwnMarks(inner)]];
    }),
  );
}

function keysOf(secret: object): readonly string[] {
  const { data, stringData } = secret as { readonly data?: object; readonly stringData?: object };
  return [...new Set([...Object.keys(data ?? {}), ...Object.keys(stringData ?? {})])].sort();
}

function firstPort(service: Manifest): number {
  const ports = service.spec?.["ports"] as readonly { readonly port?: number }[] | undefined;
  return ports?.[0]?.port ?? 80;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
