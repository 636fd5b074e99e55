import { ToolError } from "../../../errors/tool-error.ts";
import { warningOf } from "../../../errors/warning-of.ts";
import { isRolledOut } from "../../../kubernetes/is-rolled-out.ts";
import { isLoopback } from "../../project/application-properties.ts";
import type { SettingsReport } from "../../plan/describe-settings.ts";
import { remedyOfLoopback } from "../../rollout/diagnose-unready.ts";
import { ensureNamespace } from "../../rollout/ensure-namespace.ts";
import { finalObjects } from "../../objects/final-objects.ts";
import { isAutoscaled, withScaleOf } from "../../rollout/keep-scale.ts";
import type { Manifest } from "../../objects/manifest.ts";
import { MANAGED_BY, PROJECT_FOLDER } from "../../objects/plan-manifests.ts";
import { secretNameOf } from "../../objects/plan-contents.ts";
import { apiClientOf } from "../../objects/plan-permissions.ts";
import { probeKindOf } from "../../objects/plan-probes.ts";
import { groupOf } from "../../../kubernetes/resources.ts";
import type { KnownKind, KubernetesObject, ObjectRef } from "../../../ports/cluster-api.ts";
import { manifestHashOf } from "../../rollout/rollout-state.ts";
import { hasSucceeded, isAtWork } from "../../rollout/run-job.ts";
import { leaveMode } from "../../rollout/special-mode.ts";
import { isWorkload } from "../../objects/user-kustomization.ts";
import { Skipped } from "../../../steps/flow.ts";
import type { ObjectsBefore, UpContext } from "../up-context.ts";
import type { Applied, Asked, UpTask } from "../up-stages.ts";

/** For a job that is at work to stop, beside what its application may take. */
const REMOVAL_MS = 120_000;

/** All objects of the application; nothing at all when the cluster has exactly these and they run. */
export const applyManifests: UpTask<Asked, Applied> = {
  id: "apply-manifests",
  phase: "ready",
  title: ({ request }) => `Applying to namespace "${request.application.namespace}"`,
  async run(context, asked, { signal }) {
    const { request, cluster, ports } = context;
    const { name, image, project, imageId, contents, environment } = asked;
    const { namespace } = request.application;
    const { objects, properties, facts, settings } = await finalObjects(
      {
        ...{ application: request.application, dependencies: request.dependencies },
        ...{ project, name, imageId, contents, environment, facts: asked.facts },
        image: cluster.pullableName(image),
        waitsForStart: request.waitsForStart === true,
      },
      { cluster, files: ports.files, signal },
    );
    const planned = { ...asked, properties, facts, manifests: objects };
    let before = await readObjectsBefore(context, planned, signal);
    // Debugged or under live update: plain again first, so that nothing of that stays.
    if (await leaveMode(cluster, before.deployment)) {
      before = await readObjectsBefore(context, planned, signal);
    }
    const isSame = objects.every(
      (manifest) => manifestHashOf(manifest) === manifestHashOf(liveOf(manifest, before.all)),
    );
    const { deployment, job } = before;
    const isJob = request.application.run === "job";
    // A service that is not ready yet is waited for; a job that failed is run again.
    const isSettled = !isJob || isAtWork(job) || (hasSucceeded(job) && !request.rebuild);
    // Scaled to none, it cannot be up.
    const isAsleep = deployment?.spec?.replicas === 0;
    const isDone = isJob ? hasSucceeded(job) : isRolledOut(deployment) && !isAsleep;
    let applied: Applied = {
      ...{ ...planned, before, isAutoscaled: false },
      isUnchanged: isSame && isSettled && isDone,
    };
    if (!isSame || !isSettled) {
      refuseLoopback(planned, settings);
      warnOfChanges(context, applied);
      if (before.all.length === 0) await ensureNamespace(namespace, { cluster, signal });
      context.underWay.rollout = applied;
      const hasScaler =
        deployment !== undefined && (await isAutoscaled({ name, namespace }, cluster, signal));
      applied = { ...applied, isAutoscaled: hasScaler };
      context.underWay.rollout = applied;
      if (job !== undefined) await removeJob({ name, namespace }, context, signal);
      const scaled = hasScaler ? withScaleOf(deployment, objects) : objects;
      await cluster.api.apply(scaled, { signal });
    }
    if (isAsleep) await wakeUp({ name, namespace }, context, signal);
    return isSame && isSettled && !isAsleep
      ? new Skipped("the cluster has exactly this", applied)
      : applied;
  },
};

/**
 * The probes of such an application could never succeed. Where the user's kustomization has given it a container
 * beside it, that may pass requests on.
 */
function refuseLoopback(
  {
    name,
    facts,
    properties,
    manifests,
  }: Pick<Applied, "name" | "facts" | "properties" | "manifests">,
  { settings }: SettingsReport,
): void {
  const { serverAddress = "" } = properties;
  const workload = manifests.find(isWorkload);
  if (facts.web === "none" || !isLoopback(serverAddress)) return;
  if (workload === undefined || !isAlone(workload)) return;
  const { property = "server.address", origin = [] } =
    settings.find(({ name }) => name === "address") ?? {};
  throw new ToolError("application-unreachable", {
    ...{ name, address: serverAddress, property, origin },
    remedy: remedyOfLoopback("server", { isIpv6: serverAddress.includes(":") }),
  });
}

function isAlone({ spec }: Manifest): boolean {
  const template = spec?.["template"] as
    { readonly spec?: { readonly containers?: readonly unknown[] } } | undefined;
  return template?.spec?.containers?.length === 1;
}

/**
 * What the cluster has of this application, and under the names that it needs. Throws `application-name-taken` when
 * something there is somebody else's.
 */
async function readObjectsBefore(
  { request, cluster }: UpContext,
  { name, manifests }: Pick<Applied, "name" | "manifests">,
  signal: AbortSignal,
): Promise<ObjectsBefore> {
  const { namespace } = request.application;
  const own = objectsOf(name, namespace);
  const others = manifests
    .map(({ apiVersion, kind, metadata }) => ({
      ...{ kind, group: groupOf(apiVersion), name: metadata.name },
      namespace: metadata.namespace ?? namespace,
    }))
    .filter((ref) => !own.some(({ kind, name }) => kind === ref.kind && name === ref.name));
  const items = await cluster.api.getAll([...own, ...others], { signal });
  for (const manifest of manifests) {
    const live = liveOf(manifest, items);
    // What the user's kustomization adds is the user's, and may be there already.
    if (isOwn(manifest) && live !== undefined && !isOwn(live)) {
      throw new ToolError("application-name-taken", { name, namespace, kind: manifest.kind });
    }
  }
  const all = items.filter(isOwn);
  const deployment = all.find(({ kind }) => kind === "Deployment");
  const job = all.find(({ kind }) => kind === "Job");
  return {
    ...(deployment === undefined ? {} : { deployment }),
    ...(job === undefined ? {} : { job }),
    all,
  };
}

/** Every object that an application of this name may have. */
function objectsOf(name: string, namespace: string): readonly ObjectRef[] {
  const named: readonly KnownKind[] = [
    ...(["Deployment", "Job", "Service", "ConfigMap"] as const),
    ...(["ServiceAccount", "Role", "RoleBinding"] as const),
  ];
  return [
    ...named.map((kind) => ({ kind, name, namespace })),
    { kind: "Secret", name: secretNameOf(name), namespace },
    ...["ClusterRole", "ClusterRoleBinding"].map((kind) => ({
      ...{ kind, name: `${namespace}-${name}` },
    })),
  ];
}

function isOwn({ metadata }: Pick<KubernetesObject, "metadata">): boolean {
  const owner = metadata?.labels?.["app.kubernetes.io/managed-by"];
  return owner === MANAGED_BY["app.kubernetes.io/managed-by"];
}

function liveOf(
  { kind, metadata }: Manifest,
  live: readonly KubernetesObject[],
): KubernetesObject | undefined {
  return live.find((object) => object.kind === kind && object.metadata?.name === metadata.name);
}

/**
 * A Job cannot be changed, nor run again. Until its pod is gone, too, so that two never work at the same time.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
async function removeJob(
  place: { readonly name: string; readonly namespace: string },
  { cluster }: Pick<UpContext, "cluster">,
  signal: AbortSignal,
): Promise<void> {
  await cluster.api.remove([{ kind: "Job", ...place }], { withinMs: REMOVAL_MS, signal });
}

/** By `scale` and not by `apply`, which would remember a number that nobody has named. */
async function wakeUp(
  place: { readonly name: string; readonly namespace: string },
  { request, cluster }: Pick<UpContext, "request" | "cluster">,
  signal: AbortSignal,
): Promise<void> {
  const { replicas = 1 } = request.application;
  await cluster.api.scale({ kind: "Deployment", ...place }, replicas, { signal });
}

function warnOfChanges({ request, ports }: UpContext, applied: Applied): void {
  const { name, facts, project, properties, manifests, before } = applied;
  const { dir } = project;
  if (probeKindOf({ facts, properties }) === "tcp") {
    ports.reporter.report(
      warningOf("no-health-endpoint", { name, hasActuator: facts.hasActuator }),
    );
  }
  const client = apiClientOf(project.kubernetesLibraries ?? []);
  const hasAccount = manifests.some(
    (manifest) => isWorkload(manifest) && JSON.stringify(manifest).includes('"serviceAccountName"'),
  );
  if (client !== undefined && !hasAccount) {
    ports.reporter.report(warningOf("no-permissions", { name, client }));
  }
  if (before.job !== undefined && request.application.run === "service") {
    ports.reporter.report(warningOf("job-becomes-service", { name }));
  }
  const folderBefore = before.deployment?.metadata?.annotations?.[PROJECT_FOLDER];
  if (folderBefore !== undefined && folderBefore !== dir) {
    ports.reporter.report(
      warningOf("application-replaced", { name, before: folderBefore, now: dir }),
    );
  }
}
