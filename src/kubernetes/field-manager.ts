import type { PatchOperation } from "../ports/cluster-api.ts";

/** By this name the API server remembers which fields are Airfield's. */
export const FIELD_MANAGER = "airfield";

/** kubectl's, for what it applies on the client's side; so did Airfield before. */
const CLIENT_SIDE_MANAGER = "kubectl-client-side-apply";

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
interface ManagedField {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
}

/**
 * Of a live object that was applied on the client's side before: the patch that makes that apply ours, so that the next
 * one takes away what it no longer names. Undefined where there was none. kubectl does the same when it changes sides.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
 */
export function planTakeOver(live: unknown): readonly PatchOperation[] | undefined {
  const { metadata } = live as {
    readonly metadata?: {
      readonly resourceVersion?: string;
      readonly managedFields?: readonly ManagedField[];
    };
  };
  const { resourceVersion, managedFields = [] } = metadata ?? {};
  if (!managedFields.some(isClientSide)) return undefined;
  const fields = managedFields
    // Our own apply of a moment ago, which is made again.
    .filter(({ manager, operation }) => !(manager === FIELD_MANAGER && operation === "Apply"))
    .map((field) =>
      isClientSide(field) ? { ...field, manager: FIELD_MANAGER, operation: "Apply" } : field,
    );
  return [
    // Whoever changes it meanwhile is not overruled.
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
    { op: "replace", path: "/metadata/managedFields", value: fields },
  ];
}

function isClientSide({ manager, operation, subresource }: ManagedField): boolean {
  return manager === CLIENT_SIDE_MANAGER && operation === "Update" && subresource === undefined;
}
