import type { SpringCluster } from "./cluster-access.ts";

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
  const shared: Pick<SpringCluster, "ensureCluster" | "loadImage" | "kubectl"> = {
    ensureCluster: ({ stepId }) =>
      (ensured ??= cluster.ensureCluster({ signal, ...(stepId === undefined ? {} : { stepId }) })),
    loadImage(image, options) {
      const load = loads.get(image) ?? cluster.loadImage(image, { ...options, signal });
      loads.set(image, load);
      return load;
    },
    kubectl(args, options) {
      hasObjects ||= args[0] === "apply";
      return cluster.kubectl(args, options);
    },
  };
  const proxy = new Proxy(cluster, {
    get(target, key) {
      if (key in shared) return shared[key as keyof typeof shared];
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { cluster: proxy, hasObjects: () => hasObjects };
}
