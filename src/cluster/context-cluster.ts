import type { ComponentSettings } from "../components/component-images.ts";
import { isToolError, ToolError } from "../errors/tool-error.ts";
import { giveToEngine } from "../images/give-to-engine.ts";
import type { LocalImage } from "../images/local-image.ts";
import { nameInRegistry, pushImage } from "../images/push-image.ts";
import { readPodSockets } from "../nodes/pod-sockets.ts";
import type { Ports } from "../ports/ports.ts";
import type { SpringCluster } from "../spring/cluster-access.ts";
import { withDeadline } from "../steps/wait-until.ts";
import { jreImages } from "./jre-images.ts";
import { kustomizeOnHost } from "./kustomize-files.ts";

/** A cluster that Airfield did not make, as kubectl on the host knows it. */
export interface ClusterContext {
  readonly context: string;
  /** Undefined: where kubectl looks by itself. */
  readonly kubeconfigPath: string | undefined;
  /** Where its nodes pull images from: "registry.example.com:5000/shop". Only what deploys needs one. */
  readonly registry: string | undefined;
}

/** Images that no engine has yet get there by way of the local one, which pushes them. */
interface LocalImages {
  loadLocalImage(
    image: LocalImage,
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly sentBytes: number }>;
}

/** For an API server that may be far away. */
const READY_MS = 15_000;

/** Such a cluster as applications see it: kubectl of the host, images by way of a registry, no published ports. */
export function contextCluster(
  { context, kubeconfigPath, registry }: ClusterContext,
  components: ComponentSettings,
  ports: Pick<Ports, "clock" | "clusterApis" | "commands" | "engine" | "engineCli" | "files">,
): SpringCluster & LocalImages {
  const api = ports.clusterApis.ofContext({ context, kubeconfigPath });

  const pullableName = (image: string): string =>
    registry === undefined ? image : nameInRegistry(registry, image);

  const push: SpringCluster["loadImage"] = async (image, options = {}) =>
    pushImage(image, pullableName(image), { ports, ...options });

  return {
    name: context,
    api,
    ...jreImages(components, ports),
    pullableName,

    async ensureCluster({ signal }) {
      const { clock } = ports;
      try {
        await withDeadline((until) => api.checkReady({ signal: until }), {
          ...{ clock, signal, withinMs: READY_MS },
          onDeadline: () => {
            const reason = `it did not answer within ${READY_MS / 1000} s`;
            return new ToolError("context-unreachable", { context, reason });
          },
        });
      } catch (error) {
        if (!isToolError(error, "cluster-request-failed")) throw error;
        const lastLine = error.facts.reason.trimEnd().split("\n").at(-1) ?? "";
        throw new ToolError("context-unreachable", { context, reason: lastLine }, { cause: error });
      }
      return { created: false };
    },

    async removeCreated() {
      return Promise.resolve();
    },

    // It may be a cluster of kind on this machine.
    async podSockets(container, { signal } = {}) {
      return readPodSockets(container, { engine: ports.engine, signal });
    },

    async kustomize(files, options = {}) {
      return kustomizeOnHost(files, ports, options);
    },

    // A push asks the registry itself what it has.
    async hasImageOnNodes() {
      return Promise.resolve(false);
    },

    loadImage: push,

    async loadLocalImage(image, { signal } = {}) {
      const options = signal === undefined ? {} : { signal };
      await giveToEngine(image, ports, signal);
      await push(image.name, options);
      return { sentBytes: image.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    },

    // Nothing is published there.
    async checkHostPort() {
      return Promise.resolve();
    },

    async publishPort({ namespace, service }) {
      const forward = [
        ...["kubectl", ...(kubeconfigPath === undefined ? [] : ["--kubeconfig", kubeconfigPath])],
        ...["--context", context],
        ...["--namespace", namespace, "port-forward", `service/${service}`, "8080:80"],
      ];
      return Promise.resolve({ access: forward.join(" ") });
    },

    async publishedUrl() {
      return Promise.resolve(undefined);
    },

    async unpublishPort() {
      return Promise.resolve(false);
    },
  };
}
