import type { ClusterApi } from "../../ports/cluster-api.ts";
import type { SpringCluster } from "../cluster-access.ts";

export interface SharedCluster {
  readonly cluster: SpringCluster;
  /** Whether anything was applied to it. */
  readonly hasObjects: () => boolean;
}

/**
 * One cluster for all that is brought up together. Whoever needs it first makes it, and a failure of one must not take
 * it from the others; an image that several need (the Java runtime) is brought to the nodes once.
 */
export function shareCluster(cluster: SpringCluster, signal: AbortSignal): SharedCluster {
  let ensured: ReturnType<SpringCluster["ensureCluster"]> | undefined;
  let hasObjects = false;
  const loads = new Map<string, Promise<void>>();
  const shared: SpringCluster = {
    name: cluster.name,
    api: tellingApplies(cluster.api, () => {
      hasObjects = true;
    }),
    ensureCluster: ({ stepId }) =>
      (ensured ??= cluster.ensureCluster({ signal, ...(stepId === undefined ? {} : { stepId }) })),
    loadImage(image, options) {
      const load = loads.get(image) ?? cluster.loadImage(image, { ...options, signal });
      loads.set(image, load);
      return load;
    },
    removeCreated: (...args) => cluster.removeCreated(...args),
    podSockets: (...args) => cluster.podSockets(...args),
    pullableName: (...args) => cluster.pullableName(...args),
    kustomize: (...args) => cluster.kustomize(...args),
    hasImageOnNodes: (...args) => cluster.hasImageOnNodes(...args),
    loadLocalImage: (...args) => cluster.loadLocalImage(...args),
    checkHostPort: (...args) => cluster.checkHostPort(...args),
    publishPort: (...args) => cluster.publishPort(...args),
    publishedUrl: (...args) => cluster.publishedUrl(...args),
    unpublishPort: (...args) => cluster.unpublishPort(...args),
    jreImage: (...args) => cluster.jreImage(...args),
    expectedJreImage: (...args) => cluster.expectedJreImage(...args),
    publicDependencyImage: (...args) => cluster.publicDependencyImage(...args),
    dependencyImage: (...args) => cluster.dependencyImage(...args),
    expectedDependencyImage: (...args) => cluster.expectedDependencyImage(...args),
  };
  return { cluster: shared, hasObjects: () => hasObjects };
}

function tellingApplies(api: ClusterApi, onApply: () => void): ClusterApi {
  return {
    apply(...args) {
      onApply();
      return api.apply(...args);
    },
    checkReady: (...args) => api.checkReady(...args),
    get: (...args) => api.get(...args),
    getAll: (...args) => api.getAll(...args),
    list: (...args) => api.list(...args),
    watch: (...args) => api.watch(...args),
    patch: (...args) => api.patch(...args),
    scale: (...args) => api.scale(...args),
    remove: (...args) => api.remove(...args),
    removeAll: (...args) => api.removeAll(...args),
    ensureNamespace: (...args) => api.ensureNamespace(...args),
    events: (...args) => api.events(...args),
    logs: (...args) => api.logs(...args),
    exec: (...args) => api.exec(...args),
    attach: (...args) => api.attach(...args),
    evict: (...args) => api.evict(...args),
    nodeSummary: (...args) => api.nodeSummary(...args),
    request: (...args) => api.request(...args),
    untilRolledOut: (...args) => api.untilRolledOut(...args),
  };
}
