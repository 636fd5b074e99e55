import type { UpStep } from "../up-context.ts";

/** The image is made and brought to the nodes meanwhile. */
export const waitForPrerequisites: UpStep = {
  id: "wait-for-prerequisites",
  title: ({ request }) => `Waiting for ${request.application.dependsOn.join(", ")}`,
  after: ["load-image"],
  appliesTo: ({ request, together }) =>
    together !== undefined && request.application.dependsOn.length > 0,
  run: async ({ together }) => together?.prerequisites(),
};
