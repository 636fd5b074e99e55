import { runSteps } from "../../steps/run-steps.ts";
import type { Step } from "../../steps/step.ts";
import type { ApplicationConfig } from "../../config/cluster-config.ts";
import { isToolError } from "../../errors/tool-error.ts";
import type { KnownKind, ObjectRef } from "../../ports/cluster-api.ts";
import type { Ports } from "../../ports/ports.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { killedWarning } from "../rollout/killed-pods.ts";
import { MANAGED_BY, selectorOf } from "../objects/plan-manifests.ts";
import { debugServiceOf } from "../rollout/special-mode.ts";
import { readProject } from "../up/steps/find-project.ts";
import { addedBy } from "../objects/user-kustomization.ts";

export interface DownSurroundings {
  readonly cluster: SpringCluster;
  readonly ports: Pick<Ports, "files" | "clock" | "reporter">;
  readonly signal: AbortSignal;
}

export interface DownRequest {
  /** With a name the project's folder need not exist any more. */
  readonly application: ApplicationConfig;
}

export interface DownResult {
  readonly name: string;
  readonly namespace: string;
  /** "deployment/user-service", "port of user-service", …; empty when there was nothing. */
  readonly removed: readonly string[];
}

interface DownContext extends DownRequest {
  readonly cluster: SpringCluster;
  readonly ports: DownSurroundings["ports"];
  readonly found: { name?: string; removed: readonly string[] };
}

/** All that an application may have of its own. */
const KINDS: readonly KnownKind[] = [
  ...(["Deployment", "Job", "Service", "ConfigMap", "Secret", "ServiceAccount"] as const),
  ...(["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"] as const),
];

/** For the API and the kubelet, beside the time that the application may take to stop. */
const DELETE_MARGIN_SECONDS = 90;
/** Kubernetes' own, where nothing is said. */
const DEFAULT_GRACE_SECONDS = 30;

const findName: Step<DownContext> = {
  id: "find-project",
  title: () => "Looking at the project",
  after: [],
  appliesTo: ({ application }) => application.name === undefined,
  async run({ application, ports, found }) {
    found.name = (await readProject({ application }, ports)).named.name;
  },
};

const unpublish: Step<DownContext> = {
  id: "unpublish",
  title: () => "Taking the published port away",
  after: ["find-project"],
  async run({ application, cluster, found }) {
    const name = nameOf(found, application);
    const { namespace } = application;
    const isRemoved = await cluster.unpublishPort({ name, namespace });
    await cluster.unpublishPort({ name: debugServiceOf(name), namespace });
    if (!isRemoved) return { skipped: "none is published" };
    found.removed = [...found.removed, `port of ${name}`];
    return undefined;
  },
};

const removeObjects: Step<DownContext> = {
  id: "remove-objects",
  title: () => "Removing the application",
  after: ["unpublish"],
  async run({ application, cluster, ports, found }, { signal }) {
    const name = nameOf(found, application);
    const { namespace } = application;
    const place = { namespace, labels: { ...selectorOf(name), ...MANAGED_BY } };
    try {
      const [deployment] = await cluster.api.list({ kinds: ["Deployment"], ...place }, { signal });
      const graceSeconds =
        deployment?.spec?.template?.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
      // Until the pods are gone, too.
      const options = { withinMs: (graceSeconds + DELETE_MARGIN_SECONDS) * 1000, signal };
      const startedMs = ports.clock.monotonicMs();
      const removed = [...(await cluster.api.removeAll({ kinds: KINDS, ...place }, options))];
      const tookMs = ports.clock.monotonicMs() - startedMs;
      if (deployment !== undefined && tookMs >= graceSeconds * 1000) {
        ports.reporter.report(killedWarning(name, graceSeconds));
      }
      for (const added of addedBy(deployment)) {
        removed.push(...(await cluster.api.remove([{ namespace, ...added }], options)));
      }
      found.removed = [...found.removed, ...removed.map(removedName)];
      return removed.length === 0 ? { skipped: "it was not there" } : undefined;
    } catch (error) {
      if (!isToolError(error, "cluster-not-found")) throw error;
      return { skipped: "there is no cluster" };
    }
  },
};

/** Removes what `up` made of an application, and nothing else. Nothing there is fine. */
export async function down(
  request: DownRequest,
  { cluster, ports, signal }: DownSurroundings,
): Promise<DownResult> {
  const { application } = request;
  const { reporter, clock } = ports;
  const startedMs = clock.monotonicMs();
  const steps = [findName, unpublish, removeObjects];
  const context: DownContext = { application, cluster, ports, found: { removed: [] } };
  reporter.report({
    type: "run-started",
    title: `Taking down ${application.name ?? application.path}`,
    steps: steps.length,
  });
  await runSteps(steps, context, { reporter, clock, signal });
  const { removed } = context.found;
  const name = nameOf(context.found, application);
  reporter.report({
    type: "run-finished",
    summary: removed.length > 0 ? `${name} is removed.` : `There was no ${name} to remove.`,
    ms: Math.round(clock.monotonicMs() - startedMs),
  });
  return { name, namespace: application.namespace, removed };
}

/** "deployment/user-service", as kubectl calls it. */
export function removedName({ kind, name }: ObjectRef): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** A name given by the user is taken as it is: what is not there cannot be removed. */
function nameOf(found: DownContext["found"], { name }: ApplicationConfig): string {
  return found.name ?? name ?? "";
}
