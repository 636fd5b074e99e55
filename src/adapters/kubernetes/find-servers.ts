import { apiServerPort } from "../../kubernetes/api-server-port.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import type { ServerAddress } from "./servers.ts";

/** As kubeadm writes it on every control plane: one cluster, one user, everything in one file. */
const ADMIN_CONFIG = "/etc/kubernetes/admin.conf";

/** Where the API servers of these containers are published, and the administrator's certificate. */
export async function findServers(
  controlPlanes: () => Promise<readonly string[]>,
  { engine }: { readonly engine: Pick<ContainerEngine, "inspectContainer" | "readFile"> },
): Promise<readonly ServerAddress[]> {
  const found = await Promise.all(
    (await controlPlanes()).map(async (container): Promise<readonly ServerAddress[]> => {
      const [details, config = ""] = await Promise.all([
        engine.inspectContainer(container),
        engine.readFile(container, ADMIN_CONFIG),
      ]);
      const port = details?.ports.find(({ containerPort }) => containerPort === apiServerPort);
      const ca = pemIn(config, "certificate-authority-data");
      const cert = pemIn(config, "client-certificate-data");
      const key = pemIn(config, "client-key-data");
      if (port === undefined || ca === undefined || cert === undefined || key === undefined) {
        return [];
      }
      return [{ url: `https://${port.hostAddress}:${port.hostPort}`, tls: { ca, cert, key } }];
    }),
  );
  return found.flat();
}

function pemIn(config: string, key: string): string | undefined {
  const [, encoded] = new RegExp(`^ +${key}: (\\S+)$`, "m").exec(config) ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}
