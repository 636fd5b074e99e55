import { ToolError } from "../../errors/tool-error.ts";
import { warningOf } from "../../errors/warning-of.ts";
import { isRolledOut } from "../../kubernetes/is-rolled-out.ts";
import { isLoopback } from "../application-properties.ts";
import type { SettingsReport } from "../describe-settings.ts";
import { remedyOfLoopback } from "../diagnose-unready.ts";
import { ensureNamespace } from "../ensure-namespace.ts";
import { finalObjects } from "../final-objects.ts";
import { isAutoscaled, withScaleOf } from "../keep-scale.ts";
import { MANAGED_BY, PROJECT_FOLDER, type Manifest } from "../plan-manifests.ts";
import { secretNameOf } from "../plan-contents.ts";
import { apiClientOf } from "../plan-permissions.ts";
import { probeKindOf } from "../plan-probes.ts";
import { readNodePort } from "../read-node-port.ts";
import { groupOf } from "../../kubernetes/resources.ts";
import type { KnownKind, KubernetesObject, ObjectRef } from "../../ports/cluster-api.ts";
import { manifestHashOf } from "../rollout-state.ts";
import { hasSucceeded, isAtWork } from "../run-job.ts";
import { leaveMode } from "../special-mode.ts";
import { isWorkload } from "../user-kustomization.ts";
import { known, type ObjectsBefore, type UpContext, type UpStep } from "../up-context.ts";

/** For a job that is at work to stop, beside what its application may take. */
const REMOVAL_MS = 120_000;

/** All objects of the application; nothing at all when the cluster has exactly these and they run. */
export const applyManifests: UpStep = {
  id: "apply-manifests",
  title: ({ request }) => `Applying to namespace "${request.application.namespace}"`,
  after: ["load-image", "read-environment", "wait-for-prerequisites"],
  async run(context, { signal }) {
    const { request, cluster, ports, found } = context;
    const { namespace } = request.application;
    const {
      objects: manifests,
      properties,
      facts,
      settings,
    } = await finalObjects(
      {
        application: request.application,
        project: known(found, "project"),
        name: known(found, "name"),
        image: cluster.pullableName(known(found, "image")),
        imageId: known(found, "imageId"),
        facts: known(found, "facts"),
        contents: known(found, "contents"),
        environment: found.environment,
        dependencies: request.dependencies,
        waitsForStart: request.waitsForStart === true,
      },
      { cluster, files: ports.files, signal },
    );
    found.properties = properties;
    found.facts = facts;
    let before = await readObjectsBefore(context, manifests, signal);
    // Debugged or under live update: plain again first, so that nothing of that stays.
    if (await leaveMode(cluster, before.deployment)) {
      before = await readObjectsBefore(context, manifests, signal);
    }
    found.before = before;
    found.manifests = manifests;
    const isSame = manifests.every(
      (manifest) => manifestHashOf(manifest) === manifestHashOf(liveOf(manifest, before.all)),
    );
    const { job } = before;
    const isJob = request.application.run === "job";
    // A service that is not ready yet is waited for; a job that failed is run again.
    const isSettled = !isJob || isAtWork(job) || (hasSucceeded(job) && !request.rebuild);
    // Scaled to none, it cannot be up.
    const isAsleep = before.deployment?.spec?.replicas === 0;
    if (isSame && isSettled && isJob) {
      found.isUnchanged = hasSucceeded(job);
    } else if (isSame && isRolledOut(before.deployment) && !isAsleep) {
      found.isUnchanged = true;
      found.replicas = before.deployment?.spec?.replicas ?? 1;
    } else if (!isSame || !isSettled) {
      refuseLoopback(context, settings);
      warnOfChanges(context);
      if (before.all.length === 0) await ensureNamespace(namespace, { cluster, signal });
      found.isRollingOut = true;
      const place = { name: known(found, "name"), namespace };
      found.isAutoscaled =
        before.deployment !== undefined && (await isAutoscaled(place, cluster, signal));
      const objects = found.isAutoscaled ? withScaleOf(before.deployment, manifests) : manifests;
      if (job !== undefined) await removeJob(context, signal);
      await cluster.api.apply(objects, { signal });
    }
    if (isAsleep) await wakeUp(context, signal);
    if (known(found, "facts").web !== "none") {
      const service = { name: known(found, "name"), namespace };
      found.nodePort ??= await readNodePort(service, { cluster, signal });
    }
    return isSame && isSettled && !isAsleep
      ? { skipped: "the cluster has exactly this" }
      : undefined;
  },
};

/**
 * The probes of such an application could never succeed. Where the user's kustomization has given it a container
 * beside it, that may pass requests on.
 */
function refuseLoopback({ found }: UpContext, { settings }: SettingsReport): void {
  const { serverAddress = "" } = known(found, "properties");
  const workload = known(found, "manifests").find(isWorkload);
  if (known(found, "facts").web === "none" || !isLoopback(serverAddress)) return;
  if (workload === undefined || !isAlone(workload)) return;
  const { property = "server.address", origin = [] } =
    settings.find(({ name }) => name === "address") ?? {};
  throw new ToolError("application-unreachable", {
    ...{ name: known(found, "name"), address: serverAddress, property, origin },
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
  { request, cluster, found }: UpContext,
  manifests: readonly Manifest[],
  signal: AbortSignal,
): Promise<ObjectsBefore> {
  const name = known(found, "name");
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
  { request, cluster, found }: UpContext,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = request.application;
  const job = { kind: "Job", name: known(found, "name"), namespace };
  await cluster.api.remove([job], { withinMs: REMOVAL_MS, signal });
}

/** By `scale` and not by `apply`, which would remember a number that nobody has named. */
async function wakeUp({ request, cluster, found }: UpContext, signal: AbortSignal): Promise<void> {
  const { namespace, replicas = 1 } = request.application;
  const deployment = { kind: "Deployment", name: known(found, "name"), namespace };
  await cluster.api.scale(deployment, replicas, { signal });
}

function warnOfChanges({ request, ports, found }: UpContext): void {
  const name = known(found, "name");
  const facts = known(found, "facts");
  const { dir } = known(found, "project");
  const properties = known(found, "properties");
  if (probeKindOf({ facts, properties }) === "tcp") {
    ports.reporter.report(
      warningOf("no-health-endpoint", { name, hasActuator: facts.hasActuator }),
    );
  }
  const client = apiClientOf(known(found, "project").kubernetesLibraries ?? []);
  const hasAccount = known(found, "manifests").some(
    (manifest) => isWorkload(manifest) && JSON.stringify(manifest).includes('"serviceAccountName"'),
  );
  if (client !== undefined && !hasAccount) {
    ports.reporter.report(warningOf("no-permissions", { name, client }));
  }
  if (found.before?.job !== undefined && request.application.run === "service") {
    ports.reporter.report(warningOf("job-becomes-service", { name }));
  }
  const folderBefore = found.before?.deployment?.metadata?.annotations?.[PROJECT_FOLDER];
  if (folderBefore !== undefined && folderBefore !== dir) {
    ports.reporter.report(
      warningOf("application-replaced", { name, before: folderBefore, now: dir }),
    );
  }
}
