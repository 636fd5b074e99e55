import { ToolError } from "../../errors/tool-error.ts";

/** An application's name is its Deployment's and its Service's; a Service's name must be an RFC 1035 label. */
const RFC_1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const MAX_LENGTH = 63;

export interface ApplicationName {
  readonly name: string;
  /** What the project calls itself, when that cannot be the name of a Service. */
  readonly changedFrom?: string;
}

/**
 * A name that the user chose must be right; one that the project happens to have is made to fit, since
 * "UserService" is a fine spring.application.name.
 */
export function planApplicationName(
  chosen: string | undefined,
  candidates: readonly (string | undefined)[],
): ApplicationName {
  if (chosen !== undefined) {
    const reason = faultOf(chosen);
    if (reason !== undefined) {
      throw new ToolError("invalid-application-name", {
        name: chosen,
        reason,
        suggestion: toLabel(chosen),
      });
    }
    return { name: chosen };
  }
  for (const candidate of candidates) {
    if (candidate === undefined || candidate === "") continue;
    const name = toLabel(candidate);
    if (name === candidate) return { name };
    if (name !== "") return { name, changedFrom: candidate };
  }
  throw new ToolError("invalid-application-name", {
    name: candidates.find((candidate) => candidate !== undefined && candidate !== "") ?? "",
    reason: "it has no letter that the name of a Service may have",
    suggestion: "",
  });
}

function faultOf(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name.length > MAX_LENGTH)
    return `it has ${name.length} characters, at most ${MAX_LENGTH} are allowed`;
  if (/[A-Z]/.test(name)) return "it has capital letters";
  if (!/^[a-z]/.test(name)) return "it does not begin with a letter";
  if (!RFC_1035_LABEL.test(name)) return "only letters, digits and inner dashes are allowed";
  return undefined;
}

function toLabel(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, MAX_LENGTH)
    .replace(/-+$/, "");
}
