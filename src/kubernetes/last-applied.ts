import { isMapping } from "../formats/mapping.ts";
import type { KubernetesObject, Manifest } from "../ports/cluster-api.ts";

/** At an object: JSON of what Airfield applied last, for going back to it. */
const LAST_APPLIED = "airfield.dev/last-applied";
/** The same of `kubectl apply` on the client's side, which Airfield used before. */
const KUBECTL_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * The manifest as it is sent: it remembers itself. ConfigMaps and Secrets do not, since annotations hold 256 KiB together
 * and they may hold four times as much; what they were is read off the object instead.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
 */
export function withLastApplied(manifest: Manifest): Manifest {
  if (holdsContents(manifest)) return manifest;
  const { metadata } = manifest;
  const annotations = { ...metadata.annotations, [LAST_APPLIED]: JSON.stringify(manifest) };
  return { ...manifest, metadata: { ...metadata, annotations } };
}

/** What was applied last of a live object; undefined when that cannot be told. */
export function lastApplied(object: KubernetesObject): Manifest | undefined {
  const { annotations } = object.metadata ?? {};
  const text = annotations?.[LAST_APPLIED] ?? annotations?.[KUBECTL_LAST_APPLIED];
  if (text !== undefined) return manifestIn(text);
  if (!holdsContents(object)) return undefined;
  const { apiVersion = "v1", kind = "", metadata = {}, data, binaryData, type } = object;
  const { name = "", namespace, labels } = metadata;
  // Undefined fields are not sent: JSON has none.
  return JSON.parse(
    JSON.stringify({
      ...{ apiVersion, kind, data, binaryData, type },
      metadata: { name, namespace, labels, annotations },
    }),
  ) as Manifest;
}

/** First what pods read, then the pods. */
export function inOrder(objects: readonly Manifest[]): readonly Manifest[] {
  return [...objects.filter(holdsContents), ...objects.filter((each) => !holdsContents(each))];
}

export function holdsContents({ kind }: { readonly kind?: string }): boolean {
  return kind === "ConfigMap" || kind === "Secret";
}

/** Undefined for what somebody has made of the annotation. */
function manifestIn(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) && isMapping(value["metadata"])
      ? (value as unknown as Manifest)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
