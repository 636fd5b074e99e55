import { isToolError } from "../../errors/tool-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, ClusterApis } from "../../ports/cluster-api.ts";
import type { Ports } from "../../ports/ports.ts";
import { ApiServer } from "./api-server.ts";
import { findServers } from "./find-servers.ts";
import { Kubectl } from "./kubectl.ts";
import { kubectlOnHost, kubectlOnNode } from "./kubectl-programs.ts";
import { untilRolledOut, watchObjects, type FeedReader } from "./run-feed.ts";
import { OutOfReach, Servers } from "./servers.ts";

type Surroundings = Pick<Ports, "engine" | "engineCli" | "http" | "commands" | "clock">;

export function clusterApis(ports: Surroundings): ClusterApis {
  return {
    ofNodes(controlPlanes) {
      const servers = new Servers(() => findServers(controlPlanes, ports), ports.clock);
      const kubectl = new Kubectl(kubectlOnNode(controlPlanes, ports), ports);
      return firstOf(new ApiServer(servers, ports), kubectl, ports.clock);
    },
    ofContext: (context) => new Kubectl(kubectlOnHost(context, ports), ports),
  };
}

/** The API server, and kubectl for all that finds no way to it. */
function firstOf(server: ApiServer, kubectl: Kubectl, clock: Clock): ClusterApi {
  const first = async <Value>(
    call: (api: ApiServer | Kubectl) => Promise<Value>,
  ): Promise<Value> => {
    try {
      return await call(server);
    } catch (error) {
      if (!isOutOfReach(error)) throw error;
      return call(kubectl);
    }
  };
  // Feeds change from one way to the other and back as they go on.
  const either: FeedReader = {
    read: (...args) => first((api) => api.read(...args)),
    open: (...args) => first((api) => api.open(...args)),
  };
  return {
    checkReady: (...args) => first((api) => api.checkReady(...args)),
    get: (...args) => first((api) => api.get(...args)),
    getAll: (...args) => first((api) => api.getAll(...args)),
    list: (...args) => first((api) => api.list(...args)),
    watch: (selection, { signal }) => watchObjects(either, selection, { clock, signal }),
    apply: (...args) => first((api) => api.apply(...args)),
    patch: (...args) => first((api) => api.patch(...args)),
    scale: (...args) => first((api) => api.scale(...args)),
    remove: (...args) => first((api) => api.remove(...args)),
    removeAll: (...args) => first((api) => api.removeAll(...args)),
    ensureNamespace: (...args) => first((api) => api.ensureNamespace(...args)),
    events: (...args) => first((api) => api.events(...args)),
    async *logs(...args) {
      // A server out of reach fails before the first line.
      try {
        yield* server.logs(...args);
      } catch (error) {
        if (!isOutOfReach(error)) throw error;
        yield* kubectl.logs(...args);
      }
    },
    exec: (...args) => first((api) => api.exec(...args)),
    attach: (...args) => kubectl.attach(...args),
    request: (...args) => first((api) => api.request(...args)),
    evict: (...args) => first((api) => api.evict(...args)),
    nodeSummary: (...args) => first((api) => api.nodeSummary(...args)),
    untilRolledOut: ({ name, namespace = "default" }, { signal }) =>
      untilRolledOut({ name, namespace }, either, { clock, signal }),
  };
}

function isOutOfReach(error: unknown): boolean {
  return (
    error instanceof OutOfReach ||
    (isToolError(error, "cluster-request-failed") && error.cause instanceof OutOfReach)
  );
}
