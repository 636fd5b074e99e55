import { clusterApis } from "../../src/adapters/kubernetes/cluster-apis.ts";
import { ApiServer } from "../../src/adapters/kubernetes/api-server.ts";
import { findServers } from "../../src/adapters/kubernetes/find-servers.ts";
import { Kubectl } from "../../src/adapters/kubernetes/kubectl.ts";
import { kubectlOnNode } from "../../src/adapters/kubernetes/kubectl-programs.ts";
import { Servers } from "../../src/adapters/kubernetes/servers.ts";
import { createPorts } from "../../src/adapters/create-ports.ts";
import type { ClusterApi } from "../../src/ports/cluster-api.ts";
import { RecordingReporter } from "../fakes/recording-reporter.ts";

/** Each way to a cluster's API, by itself: nothing else takes its place when it fails. */
export async function realClusterApis(
  cluster: string,
  kubeconfigPath: string,
): Promise<Readonly<Record<"http" | "node" | "context", ClusterApi>>> {
  const ports = await createPorts({ reporter: new RecordingReporter(), cacheFolder: "/nowhere" });
  const controlPlanes = () => Promise.resolve([`${cluster}-control-plane`]);
  const node = new Kubectl(kubectlOnNode(controlPlanes, ports), ports);
  const server = new ApiServer(
    new Servers(() => findServers(controlPlanes, ports), ports.clock),
    ports,
  );
  const http: ClusterApi = {
    checkReady: (...args) => server.checkReady(...args),
    get: (...args) => server.get(...args),
    getAll: (...args) => server.getAll(...args),
    list: (...args) => server.list(...args),
    watch: (...args) => server.watch(...args),
    apply: (...args) => server.apply(...args),
    patch: (...args) => server.patch(...args),
    scale: (...args) => server.scale(...args),
    remove: (...args) => server.remove(...args),
    removeAll: (...args) => server.removeAll(...args),
    ensureNamespace: (...args) => server.ensureNamespace(...args),
    events: (...args) => server.events(...args),
    logs: (...args) => server.logs(...args),
    exec: (...args) => server.exec(...args),
    attach: (...args) => node.attach(...args),
    request: (...args) => server.request(...args),
    evict: (...args) => server.evict(...args),
    nodeSummary: (...args) => server.nodeSummary(...args),
    untilRolledOut: (...args) => server.untilRolledOut(...args),
  };
  const context = clusterApis(ports).ofContext({ context: `airfield-${cluster}`, kubeconfigPath });
  return { http, node, context };
}
