import { isToolError, ToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { findUrl } from "./list-urls.ts";

export interface OpenRequest {
  readonly name: string;
  readonly namespace?: string;
  /** The program that shows URLs; undefined: there is no desktop. */
  readonly opener: string | undefined;
}

/** Has the desktop show an application, where there is one. Throws `application-not-published`. */
export async function openApplication(
  request: OpenRequest,
  {
    cluster,
    ports,
    signal,
  }: {
    readonly cluster: SpringCluster;
    readonly ports: Pick<Ports, "commands">;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly url: string; readonly isOpened: boolean }> {
  const { name, url } = await findUrl(cluster, { ...request, signal });
  if (url === undefined) throw new ToolError("application-not-published", { name });
  if (request.opener === undefined) return { url, isOpened: false };
  try {
    const { exitCode } = await ports.commands.run([request.opener, url], { signal });
    return { url, isOpened: exitCode === 0 };
  } catch (error) {
    // The URL is printed in any case, and is enough.
    if (!isToolError(error, "program-not-found")) throw error;
    return { url, isOpened: false };
  }
}
