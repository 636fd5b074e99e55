import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";

/** Failures of image delivery. */
export const imageErrors = {
  "image-load-failed": entry<{ failures: readonly { node: string; reason: string }[] }>({
    message: ({ failures }) =>
      `The images could not be loaded onto ${failures.length === 1 ? "a node" : `${failures.length} nodes`}:\n` +
      failures.map(({ node, reason }) => `  ${node}: ${reason}`).join("\n"),
    hint: () => "Repeat the command; nodes that have the image already are skipped.",
    exitCode: ExitCode.Failure,
  }),
} as const;
