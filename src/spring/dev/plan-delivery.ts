import type { SpringProject } from "../project/detect-project.ts";
import type { Imaged } from "../up/up-stages.ts";
import type { CompilePlan } from "./plan-compile.ts";

/** How classes come to the cluster. */
export const deliveryChoices = ["auto", "image", "live"] as const;
export type DeliveryChoice = (typeof deliveryChoices)[number];

/**
 * Why changes are not brought into the running pod. By itself live only where the project has spring-boot-devtools for
 * it: an image has no gap, and is what runs elsewhere.
 */
export function reasonAgainstLive(
  choice: DeliveryChoice,
  {
    project,
    compile,
    replicas,
    localImage,
  }: {
    readonly project: Pick<SpringProject, "hasDevtools">;
    readonly compile: CompilePlan;
    readonly replicas: number | undefined;
    readonly localImage: Imaged["localImage"];
  },
): string | undefined {
  if (choice === "image") return "images were asked for";
  if (compile.with === "build-tool") return `the build tool compiles it (${compile.reason})`;
  // Only then it is known where its libraries lie and that there is a shell.
  if (localImage === undefined) return "its image is not made by Airfield";
  if (replicas !== undefined && replicas > 1) return `it runs as ${replicas} pods`;
  if (choice === "auto" && project.hasDevtools !== true) {
    return "the project has no spring-boot-devtools";
  }
  return undefined;
}
