import type { Together } from "../up-context.ts";
import type { UpTask } from "../up-stages.ts";

/** The image is made and brought to the nodes meanwhile. */
export const waitForPrerequisites: UpTask<Pick<Together, "prerequisites">, void> = {
  id: "wait-for-prerequisites",
  title: ({ request }) => `Waiting for ${request.application.dependsOn.join(", ")}`,
  run: (_, { prerequisites }) => prerequisites(),
};
