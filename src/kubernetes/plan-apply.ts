import { isDeepStrictEqual } from "node:util";
import { resourcePath, resources } from "./resources.ts";

/** An object as it is to be. */
interface Wanted {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Requests to the API server in place of a `kubectl apply`. */
export interface ApplyPlan {
  /** By whom fields are owned, for an apply on the server's side; undefined: the client compares. */
  readonly manager: string | undefined;
  readonly objects: readonly { readonly path: string; readonly wanted: Wanted }[];
}

const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/** What `kubectl apply … -f -` is asked; undefined where it is asked something else, or of kinds of the user's own. */
export function planApply(
  args: readonly string[],
  stdin: string | undefined,
): ApplyPlan | undefined {
  const [verb, ...flags] = args;
  if (verb !== "apply" || flags.splice(-2).join(" ") !== "-f -" || stdin === undefined) {
    return undefined;
  }
  const manager = /^--server-side --force-conflicts --field-manager=(\S+)$/.exec(
    flags.join(" "),
  )?.[1];
  if (flags.length > 0 && manager === undefined) return undefined;
  const { items = [] } = JSON.parse(stdin) as { readonly items?: readonly Wanted[] };
  const objects = items.flatMap((wanted) => {
    const resource = resources.find(
      ({ kind, apiVersion }) => kind === wanted.kind && apiVersion === wanted.apiVersion,
    );
    const { name, namespace } = wanted.metadata ?? {};
    if (resource === undefined || name === undefined || namespace === undefined) return [];
    return [{ path: resourcePath(resource, { namespace, name }), wanted }];
  });
  return objects.length === items.length && items.length > 0 ? { manager, objects } : undefined;
}

/**
 * The strategic merge patch that makes a live object the wanted one, as `kubectl apply` would; "nothing" where it is.
 * Undefined where that takes more than setting, adding and removing fields: then kubectl has to do it, as also
 * where somebody has changed what was applied.
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-apply-calculates-differences-and-merges-changes
 */
export function planPatch(live: unknown, wanted: Wanted): object | "nothing" | undefined {
  const { annotations, resourceVersion } = (field(live, "metadata") ?? {}) as {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
  };
  const applied = annotations?.[lastAppliedAnnotation];
  if (applied === undefined || resourceVersion === undefined) return undefined;
  const before = JSON.parse(applied) as unknown;
  try {
    const patch = changeOf({
      before: withAnnotations(before),
      after: withAnnotations(wanted),
      live,
    });
    if (patch === undefined) return "nothing";
    const { metadata = {} } = patch as { readonly metadata?: { readonly annotations?: object } };
    return {
      ...(patch as object),
      metadata: {
        ...metadata,
        // Who has changed it since it was read is not overruled by a difference that is out of date.
        resourceVersion,
        annotations: {
          ...metadata.annotations,
          [lastAppliedAnnotation]: `${JSON.stringify(withAnnotations(wanted))}\n`,
        },
      },
    };
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

/** kubectl writes them where there are none. */
function withAnnotations(object: unknown): unknown {
  const metadata = (field(object, "metadata") ?? {}) as { readonly annotations?: object };
  return {
    ...(object as object),
    metadata: { ...metadata, annotations: { ...metadata.annotations } },
  };
}

/** It takes kubectl. */
class NotSimple extends Error {}

/** Lists whose elements are merged by their names: https://kubernetes.io/docs/reference/kubernetes-api/ (patch strategy). */
const namedLists = ["containers", "initContainers", "env"];

interface Versions {
  readonly before: unknown;
  readonly after: unknown;
  readonly live: unknown;
}

/** Undefined where nothing is to be changed. */
function changeOf({ before, after, live }: Versions, key = ""): unknown {
  if (isDeepStrictEqual(before, after)) {
    if (!contains(live, after)) throw new NotSimple();
    return undefined;
  }
  if (isObject(before) && isObject(after) && isObject(live))
    return fieldsOf({ before, after, live });
  if (Array.isArray(before) && Array.isArray(after) && Array.isArray(live)) {
    if (!namedLists.includes(key)) throw new NotSimple();
    return elementsOf({ before, after, live });
  }
  if (typeof before !== typeof after || isObject(after) || Array.isArray(after))
    throw new NotSimple();
  return after;
}

function fieldsOf({
  before,
  after,
  live,
}: Readonly<Record<keyof Versions, Readonly<Record<string, unknown>>>>): unknown {
  const changes: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!(key in after)) changes[key] = null;
    else if (key in before) {
      const change = changeOf({ before: before[key], after: after[key], live: live[key] }, key);
      if (change !== undefined) changes[key] = change;
    } else {
      if (key in live) throw new NotSimple();
      changes[key] = after[key];
    }
  }
  return Object.keys(changes).length === 0 ? undefined : changes;
}

function elementsOf({
  before,
  after,
  live,
}: Readonly<Record<keyof Versions, readonly unknown[]>>): unknown {
  if (!isDeepStrictEqual(before.map(nameOf), after.map(nameOf))) throw new NotSimple();
  const changes = after.flatMap((element, i) => {
    const name = nameOf(element);
    const same = live.filter((each) => nameOf(each) === name);
    if (name === undefined || same.length !== 1) throw new NotSimple();
    const change = changeOf({ before: before[i], after: element, live: same[0] });
    return change === undefined ? [] : [{ name, ...(change as object) }];
  });
  return changes.length === 0 ? undefined : changes;
}

/** Whether a live value is the wanted one, what the API server has added aside. */
function contains(live: unknown, wanted: unknown): boolean {
  if (isEmpty(wanted) && live === undefined) return true;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live)) return false;
    if (wanted.every((element) => nameOf(element) !== undefined)) {
      return wanted.every((element) =>
        live.some((each) => nameOf(each) === nameOf(element) && contains(each, element)),
      );
    }
    return wanted.length === live.length && wanted.every((each, i) => contains(live[i], each));
  }
  if (!isObject(wanted)) return live === wanted;
  return (
    isObject(live) && Object.entries(wanted).every(([key, value]) => contains(live[key], value))
  );
}

/** The API server leaves it out. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return (
    value === undefined ||
    value === null ||
    (isObject(value) && Object.values(value).every(isEmpty))
  );
}

function nameOf(element: unknown): unknown {
  return field(element, "name");
}

function field(object: unknown, key: string): unknown {
  return isObject(object) ? object[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
