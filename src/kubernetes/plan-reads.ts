import { resourcePath, resources } from "./resources.ts";

/** A question to the API server in place of a `kubectl get`. */
export interface ReadPlan {
  readonly reads: readonly Read[];
  /** Objects by their names: those that are missing are left out. */
  readonly isByName: boolean;
}

export interface Read {
  /** "/api/v1/namespaces/default/pods?labelSelector=app%3Dx" */
  readonly path: string;
  /** Lists leave kind and version out of their items. */
  readonly kind: string;
  readonly apiVersion: string;
}

/**
 * The requests that answer what a `kubectl get … --output json` asks; undefined for all that is not as simple (another
 * verb, another form of output, kinds of the user's own), which is kubectl's.
 */
export function planReads(args: readonly string[]): ReadPlan | undefined {
  const asked = parse(args);
  if (asked === undefined) return undefined;
  const { names, namespace, selector, isMissingFine } = asked;
  const isByName = names.every((name) => name.includes("/"));
  const [kinds = "", ...others] = names;
  if (isByName ? selector !== undefined || !isMissingFine : others.length > 0) return undefined;
  const reads: Read[] = [];
  for (const name of isByName ? names : kinds.split(",")) {
    const [type = "", object] = name.split("/");
    const resource = resources.find(
      ({ kind, plural }) => plural === type || kind.toLowerCase() === type,
    );
    if (resource === undefined) return undefined;
    const { kind, apiVersion } = resource;
    const path = resourcePath(resource, {
      namespace,
      ...(object === undefined ? {} : { name: object }),
    });
    const query = selector === undefined ? "" : `?labelSelector=${encodeURIComponent(selector)}`;
    reads.push({ path: `${path}${query}`, kind, apiVersion });
  }
  return { reads, isByName };
}

interface Asked {
  readonly names: readonly string[];
  readonly namespace: string;
  readonly selector: string | undefined;
  readonly isMissingFine: boolean;
}

function parse([verb, ...args]: readonly string[]): Asked | undefined {
  if (verb !== "get") return undefined;
  const names: string[] = [];
  const values = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("-")) names.push(arg);
    else if (arg === "--ignore-not-found") values.set(arg, "");
    else if (["--namespace", "--selector", "--output"].includes(arg)) {
      values.set(arg, args[++at] ?? "");
    } else return undefined;
  }
  const namespace = values.get("--namespace");
  if (namespace === undefined || values.get("--output") !== "json" || names.length === 0) {
    return undefined;
  }
  return {
    ...{ names, namespace, selector: values.get("--selector") },
    isMissingFine: values.has("--ignore-not-found"),
  };
}

/**
 * What kubectl would print for these answers, in the order of the reads; undefined as the answer of one that is missing.
 * Throws a SyntaxError for what is no JSON.
 */
export function toKubectlOutput(
  { reads, isByName }: ReadPlan,
  answers: readonly (string | undefined)[],
): string {
  const items = answers.flatMap((answer, at): readonly object[] => {
    if (answer === undefined) return [];
    const object = JSON.parse(answer) as { readonly items?: readonly object[] };
    if (isByName) return [object];
    const { kind, apiVersion } = reads[at] ?? {};
    return (object.items ?? []).map((item) => ({ apiVersion, kind, ...item }));
  });
  if (isByName && items.length === 0) return "";
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
