import { isMapping } from "../formats/mapping.ts";
import { mergePatch } from "../config/merge-patch.ts";
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
  readonly apiVersion?: string;
  /** A tree of field names: {"f:spec": {"f:replicas": {}}} */
  readonly fieldsV1?: Fields;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Of a live object: the patch that gives our apply the fields that it should own and does not, so that the next apply
 * takes away those that it no longer names. Undefined where there are none. These are:
 * - what was applied on the client's side, by kubectl or by an older Airfield; kubectl does the same when it changes sides;
 * - what our own patches have set in a pod template (debug mode, live update). A patch counts as another manager than
 *   an apply, also under the same name.
 *
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
 */
export function planTakeOver(live: unknown): readonly PatchOperation[] | undefined {
  const { apiVersion, metadata } = live as {
    readonly apiVersion?: string;
    readonly metadata?: {
      readonly resourceVersion?: string;
      readonly managedFields?: readonly ManagedField[];
    };
  };
  const { resourceVersion, managedFields = [] } = metadata ?? {};
  const isOfVersion = (field: ManagedField) => field.apiVersion === apiVersion;
  const clientSide = managedFields.filter((field) => isOfVersion(field) && isClientSide(field));
  const patched = managedFields.filter(
    (field) => isOfVersion(field) && isOwnPatch(field) && templateOf(field) !== undefined,
  );
  const [first] = [...clientSide, ...patched];
  if (first === undefined) return undefined;
  const applied = managedFields.filter((field) => isOfVersion(field) && isOwnApply(field));
  const owned = [...applied, ...clientSide].map(({ fieldsV1 }) => fieldsV1 ?? {});
  const templates = patched.map((field) => ({ "f:spec": { "f:template": templateOf(field) } }));
  const ours: ManagedField = {
    ...(applied[0] ?? first),
    ...{ manager: FIELD_MANAGER, operation: "Apply" },
    // Trees without null: the union of their fields.
    fieldsV1: [...owned, ...templates].reduce<Fields>(
      (all, more) => mergePatch(all, more) as Fields,
      {},
    ),
  };
  const others = managedFields
    .filter((field) => !applied.includes(field) && !clientSide.includes(field))
    .flatMap((field) => (patched.includes(field) ? withoutTemplate(field) : [field]));
  return [
    // Whoever changes it meanwhile is not overruled.
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
    { op: "replace", path: "/metadata/managedFields", value: [ours, ...others] },
  ];
}

function isClientSide({ manager, operation, subresource }: ManagedField): boolean {
  return manager === CLIENT_SIDE_MANAGER && operation === "Update" && subresource === undefined;
}

function isOwnApply({ manager, operation, subresource }: ManagedField): boolean {
  return manager === FIELD_MANAGER && operation === "Apply" && subresource === undefined;
}

function isOwnPatch({ manager, operation, subresource }: ManagedField): boolean {
  return manager === FIELD_MANAGER && operation === "Update" && subresource === undefined;
}

function templateOf({ fieldsV1 }: ManagedField): unknown {
  const spec = fieldsV1?.["f:spec"];
  return isMapping(spec) ? spec["f:template"] : undefined;
}

/** None where nothing else was patched. A name without children would mean the whole of it. */
function withoutTemplate(field: ManagedField): readonly ManagedField[] {
  const { "f:spec": spec, ...others } = field.fieldsV1 ?? {};
  const { "f:template": _, ...more } = isMapping(spec) ? spec : {};
  const fieldsV1 = { ...others, ...(Object.keys(more).length === 0 ? {} : { "f:spec": more }) };
  return Object.keys(fieldsV1).length === 0 ? [] : [{ ...field, fieldsV1 }];
}
