import type { Files } from "../../ports/files.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { planObjects, type ObjectInputs } from "./plan-objects.ts";
import { applyUserKustomization, readUserKustomization } from "./user-kustomization.ts";

/** The objects of `up` as they are applied: with the user's own kustomization, where there is one. */
export async function finalObjects(
  inputs: ObjectInputs,
  {
    cluster,
    files,
    signal,
  }: {
    readonly cluster: Pick<SpringCluster, "kustomize">;
    readonly files: Files;
    readonly signal: AbortSignal;
  },
): Promise<ReturnType<typeof planObjects>> {
  const { application, project, name } = inputs;
  const planned = planObjects(inputs);
  const place = { projectDir: project.dir, folder: application.kustomize };
  const kustomization = await readUserKustomization(place, files);
  if (kustomization === undefined) return planned;
  const { namespace } = application;
  const objects = await applyUserKustomization(planned.objects, kustomization, {
    ...{ name, namespace, projectDir: project.dir, cluster, signal },
  });
  return { ...planned, objects };
}
