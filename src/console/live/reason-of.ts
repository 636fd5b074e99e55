import { isToolError } from "../../errors/tool-error.ts";

/** Why something has failed, as it is said beside what has failed. */
export function reasonOf(error: unknown): string {
  if (isToolError(error, "cluster-request-failed")) return error.facts.reason;
  return error instanceof Error ? error.message : String(error);
}
