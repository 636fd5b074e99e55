import { isToolError } from "../../errors/tool-error.ts";
import { finalObjects } from "../objects/final-objects.ts";
import type { SettingsReport } from "../plan/describe-settings.ts";
import { findEnvironment } from "../environment/resolve-environment.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { findImage } from "../image/find-image.ts";
import { planApplication, planBaseImage, planImageName } from "../plan/plan-application.ts";
import { factsOf } from "../plan/plan-image.ts";
import type { Manifest } from "../objects/manifest.ts";
import { lookAtProject } from "../up/steps/find-project.ts";
import type { UpPorts, UpRequest } from "../up/up-context.ts";

/** What `up` would apply for one application or dependency. */
export interface ObjectsPreview {
  readonly name: string;
  readonly namespace: string;
  readonly objects: readonly Manifest[];
  /** What the objects have from the application's configuration; absent for a dependency. */
  readonly settings?: SettingsReport;
}

export interface ApplicationPreview extends ObjectsPreview {
  readonly version: string | undefined;
  readonly image: string;
}

/**
 * Works out what `up` would apply without doing anything: nothing is built, pulled or created. What only the
 * built archive can tell is taken from an image of these very sources where there is one, else from the build files.
 */
export async function previewApplication(
  request: UpRequest,
  {
    cluster,
    ports,
    signal,
  }: {
    readonly cluster: SpringCluster;
    readonly ports: UpPorts;
    readonly signal: AbortSignal;
  },
): Promise<ApplicationPreview> {
  const { application } = request;
  const looked = await lookAtProject(request, ports);
  const base = planBaseImage(looked, application);
  const baseImage =
    base === undefined || "ref" in base
      ? base?.ref
      : await orWithoutEngine(() => cluster.expectedJreImage(base.javaVersion), undefined);
  const image = planImageName(looked, { application, baseImage });
  const isInEngine = looked.imageBuilder !== "assemble";
  const present = await orWithoutEngine(
    () => findImage({ name: image, baseImage, isInEngine }, ports, signal),
    undefined,
  );
  const plan = planApplication(looked, { baseImage, image, present }, request);
  const { name, project, contents, present: built } = plan;
  const environment =
    built === undefined
      ? undefined
      : await findEnvironment(
          {
            ...{ application, project, imageId: built.imageId },
            contents,
            dependencies: request.dependencies,
          },
          ports,
        );
  const answer =
    environment !== undefined && "answer" in environment ? environment.answer : undefined;
  const { objects, settings } = await finalObjects(
    {
      application,
      project,
      name,
      image: cluster.pullableName(image),
      imageId: built?.imageId,
      facts: built?.facts ?? factsOf(project, undefined),
      contents,
      environment: answer,
      dependencies: request.dependencies,
    },
    { cluster, files: ports.files, signal },
  );
  const { namespace } = application;
  return {
    ...{ name, namespace, version: project.version, objects, settings },
    image: cluster.pullableName(image),
  };
}

/** An engine that is not there takes nothing from a look at the project. */
async function orWithoutEngine<Result>(
  ask: () => Promise<Result>,
  otherwise: Result,
): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    const isAway =
      isToolError(error, "engine-not-running") || isToolError(error, "engine-permission-denied");
    if (!isAway) throw error;
    return otherwise;
  }
}
