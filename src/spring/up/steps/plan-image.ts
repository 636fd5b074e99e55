import { findImage } from "../../image/find-image.ts";
import { planApplication, planBaseImage, planImageName } from "../../plan/plan-application.ts";
import { planBuild } from "../../plan/plan-build.ts";
import type { StepControl } from "../../../steps/step.ts";
import type { UpContext, UpPorts } from "../up-context.ts";
import type { ApplicationPlan, Looked, UpTask } from "../up-stages.ts";
import { checkBuildTool } from "./check-tools.ts";

/** Works out the image's name, and with it whether there is anything to build. */
export const planImage: UpTask<Looked, ApplicationPlan> = {
  id: "plan-image",
  phase: "image",
  title: () => "Choosing the image",
  async run(context, looked, control) {
    const { request, ports, libraryArchive } = context;
    const { application } = request;
    const baseImage = await ensureBaseImage(context, looked, control);
    const libraries = { libraryArchive: libraryArchive?.key };
    const image = planImageName(looked, { application, baseImage, ...libraries });
    control.progress(image);
    const isInEngine = looked.imageBuilder !== "assemble";
    const present = request.rebuild
      ? undefined
      : await findImage({ name: image, baseImage, isInEngine }, ports, control.signal);
    return planApplication(looked, { baseImage, image, present }, request);
  },
};

/** Images may have to be fetched, or made, for it. */
async function ensureBaseImage(
  { request, cluster, ports }: UpContext,
  looked: Looked,
  { signal, progress, output }: StepControl,
): Promise<string | undefined> {
  const wanted = planBaseImage(looked, request.application);
  if (wanted === undefined) return undefined;
  if ("ref" in wanted) {
    await ensureImage(wanted.ref, ports, { signal, onProgress: progress });
    return wanted.ref;
  }
  const { javaVersion } = wanted;
  const expected = await cluster.expectedJreImage(javaVersion);
  // It is pulled or made next, for a project that a JDK of this machine may be too old for.
  if ((await ports.engine.inspectImage(expected)) === undefined) {
    const { project } = looked;
    await checkBuildTool(planBuild(project, request), project, ports, signal);
  }
  return cluster.jreImage(javaVersion, { signal, onProgress: progress, onOutput: output });
}

/** An image that nobody has yet is pulled; one that the engine has is taken as it is. */
async function ensureImage(
  ref: string,
  { engine }: Pick<UpPorts, "engine">,
  options: { readonly signal: AbortSignal; readonly onProgress: (detail: string) => void },
): Promise<void> {
  if ((await engine.inspectImage(ref)) === undefined) await engine.pullImage(ref, options);
}
