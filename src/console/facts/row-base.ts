import type { KubernetesObject } from "../../ports/cluster-api.ts";

/** Labels of what `airfield up` makes, its pods included. */
const MANAGED_BY = "app.kubernetes.io/managed-by";
const NAME = "app.kubernetes.io/name";

interface RowBase {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly createdAt: string;
  readonly application?: string;
}

/** What every row says of its object. */
export function rowBase({ metadata = {} }: KubernetesObject): RowBase {
  const { uid = "", name = "", namespace = "", creationTimestamp = "", labels = {} } = metadata;
  const application = labels[MANAGED_BY] === "airfield" ? labels[NAME] : undefined;
  return {
    ...{ uid, name, namespace, createdAt: creationTimestamp },
    ...(application === undefined ? {} : { application }),
  };
}

interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** The object that made this one and keeps it as it is. */
export function ownerOf({ metadata }: KubernetesObject): { readonly owner?: Owner } {
  const owners = metadata?.ownerReferences ?? [];
  const { kind, name, uid } = owners.find(({ controller }) => controller === true) ?? {};
  if (kind === undefined || name === undefined || uid === undefined) return {};
  return { owner: { kind, name, uid } };
}

/** What a condition says, where it is `status`. */
export function conditionOf(
  { status }: KubernetesObject,
  type: string,
): NonNullable<NonNullable<KubernetesObject["status"]>["conditions"]>[number] | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Several lines as one. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
