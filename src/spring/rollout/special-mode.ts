import { ToolError } from "../../errors/tool-error.ts";
import type { KubernetesObject, ObjectRef } from "../../ports/cluster-api.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { MANIFEST_HASH } from "../objects/plan-manifests.ts";

/** Set while the pods run in another way than `up` lets them run: "debug" or "live". */
const MODE = "airfield.dev/mode";
/** What the mode has changed, as it was: JSON of a {@link PlainState}. */
const PLAIN = "airfield.dev/plain";

interface PlainState {
  readonly replicas: number;
  readonly template: unknown;
  readonly hash: string | undefined;
}

/** A pod template, as far as modes change it; the rest is carried along. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly [Container, ...Container[]];
    readonly volumes?: readonly unknown[];
  };
}

export interface Container {
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly unknown[];
  readonly volumeMounts?: readonly unknown[];
  readonly startupProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly lifecycle?: unknown;
}

export interface DeploymentName {
  readonly name: string;
  readonly namespace: string;
}

export function modeOf(deployment: KubernetesObject | undefined): string | undefined {
  return deployment?.metadata?.annotations?.[MODE];
}

/**
 * Lets the application run as one pod of another template, and remembers at the Deployment how it was. By a patch and
 * not by `apply`: what `up` applied last stays what it was, so the next `up` need not know of modes to get it right.
 * Throws `cluster-request-failed`.
 */
export async function enterMode(
  cluster: SpringCluster,
  { name, namespace }: DeploymentName,
  {
    mode,
    change,
    signal,
  }: {
    readonly mode: "debug" | "live";
    readonly change: (template: PodTemplate) => PodTemplate;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const deployment = await cluster.api.get(refOf({ name, namespace }), { signal });
  if (deployment === undefined) {
    throw new ToolError("cluster-request-failed", {
      what: `change deployment/${name} in namespace "${namespace}"`,
      reason: "it is not there any more",
    });
  }
  const annotations = deployment.metadata?.annotations ?? {};
  const { replicas = 1, template } = deployment.spec ?? {};
  const plain =
    annotations[PLAIN] ?? JSON.stringify({ replicas, template, hash: annotations[MANIFEST_HASH] });
  const before = JSON.parse(plain) as PlainState;
  await cluster.api.patch(refOf({ name, namespace }), [
    { op: "add", path: pathOf(MODE), value: mode },
    { op: "add", path: pathOf(PLAIN), value: plain },
    // The next `up` sees that this is not what it would apply.
    { op: "add", path: pathOf(MANIFEST_HASH), value: mode },
    { op: "replace", path: "/spec/replicas", value: 1 },
    { op: "replace", path: "/spec/template", value: change(before.template as PodTemplate) },
  ]);
}

/** Lets the application run again as it did before; false when it is in no mode, or not there. */
export async function leaveMode(
  cluster: SpringCluster,
  deployment: KubernetesObject | undefined,
): Promise<boolean> {
  const { annotations, name = "", namespace = "default" } = deployment?.metadata ?? {};
  const plain = annotations?.[PLAIN];
  if (plain === undefined) return false;
  const { replicas, template, hash } = JSON.parse(plain) as PlainState;
  await cluster.api.patch(refOf({ name, namespace }), [
    { op: "remove", path: pathOf(MODE) },
    { op: "remove", path: pathOf(PLAIN) },
    hash === undefined
      ? { op: "remove", path: pathOf(MANIFEST_HASH) }
      : { op: "add", path: pathOf(MANIFEST_HASH), value: hash },
    { op: "replace", path: "/spec/replicas", value: replicas },
    { op: "replace", path: "/spec/template", value: template },
  ]);
  await removeDebugPort(cluster, { name, namespace });
  return true;
}

/** The Service and the published port of `debug`; nothing there is fine. */
export async function removeDebugPort(
  cluster: SpringCluster,
  { name, namespace }: DeploymentName,
): Promise<void> {
  const service = debugServiceOf(name);
  await cluster.unpublishPort({ name: service, namespace });
  await cluster.api.remove([{ kind: "Service", name: service, namespace }]);
}

export function debugServiceOf(name: string): string {
  return `${name}-debug`;
}

function refOf({ name, namespace }: DeploymentName): ObjectRef {
  return { kind: "Deployment", name, namespace };
}

/** An annotation as a JSON pointer (RFC 6901). */
function pathOf(annotation: string): string {
  return `/metadata/annotations/${annotation.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
