/** The part of a Deployment that tells. All optional: an API's answer is input. */
interface Deployment {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

/** All pods run the newest version and are available; nothing of an older one is left. */
export function isRolledOut(deployment: Deployment | undefined): boolean {
  const { metadata, spec, status } = deployment ?? {};
  if (metadata === undefined || status === undefined) return false;
  const wanted = spec?.replicas ?? 1;
  return (
    status.observedGeneration === metadata.generation &&
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted
  );
}
