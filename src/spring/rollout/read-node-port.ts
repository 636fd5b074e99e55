import { ToolError } from "../../errors/tool-error.ts";
import type { SpringCluster } from "../cluster-access.ts";

/** The port on every node that leads to a Service of type NodePort. Throws `cluster-request-failed`. */
export async function readNodePort(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  {
    cluster,
    signal,
  }: { readonly cluster: Pick<SpringCluster, "api">; readonly signal: AbortSignal },
): Promise<number> {
  const service = await cluster.api.get({ kind: "Service", name, namespace }, { signal });
  const port = service?.spec?.ports?.[0]?.nodePort;
  if (port !== undefined) return port;
  throw new ToolError("cluster-request-failed", {
    what: `find the port of service/${name} in namespace "${namespace}"`,
    reason: service === undefined ? "it is not there any more" : "it has none on the nodes",
  });
}
