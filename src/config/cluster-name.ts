import { ToolError } from "../errors/tool-error.ts";

/**
 * 32 characters leave room in a host name (63) for "-external-load-balancer". As a part of Nodes' names it is a DNS
 * subdomain. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export const clusterNamePattern =
  /^(?=.{1,32}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Why `name` cannot be a cluster's name; undefined when it can. */
export function faultOfClusterName(name: string): string | undefined {
  if (clusterNamePattern.test(name)) return undefined;
  if (name === "") return "it is empty";
  if (name.length > 32) return `it has ${name.length} characters, 32 at most are possible`;
  if (/^-|-$/.test(name)) return "it begins or ends with a dash";
  const [wrong] = /[^a-z0-9.-]/u.exec(name) ?? [];
  if (wrong === undefined)
    return "each part between dots must begin and end with a letter or digit";
  if (/[A-Z]/.test(wrong)) return `"${wrong}" is an upper-case letter`;
  return `it contains ${JSON.stringify(wrong)}`;
}

/** Throws `invalid-cluster-name`. */
export function checkClusterName(name: string): void {
  const reason = faultOfClusterName(name);
  if (reason !== undefined) throw new ToolError("invalid-cluster-name", { name, reason });
}
