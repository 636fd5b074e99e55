import type { ComponentSettings } from "../components/component-images.ts";
import { isToolError, ToolError } from "../errors/tool-error.ts";
import { dockerArchive } from "../images/docker-archive.ts";
import type { LocalImage } from "../images/local-image.ts";
import { lastLineOf, nameInRegistry, pushImage } from "../images/push-image.ts";
import { readPodSockets } from "../nodes/pod-sockets.ts";
import type { Ports } from "../ports/ports.ts";
import type { SpringCluster } from "../spring/cluster-access.ts";
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

/** Such a cluster as applications see it: kubectl of the host, images by way of a registry, no published ports. */
export function contextCluster(
  { context, kubeconfigPath, registry }: ClusterContext,
  components: ComponentSettings,
  ports: Pick<Ports, "clusterApis" | "commands" | "engine" | "files">,
): SpringCluster & LocalImages {
  const program = [
    "kubectl",
    ...(kubeconfigPath === undefined ? [] : ["--kubeconfig", kubeconfigPath]),
    ...["--context", context],
  ];

  const kubectl: SpringCluster["kubectl"] = async (args, options = {}) => {
    try {
      return await ports.commands.run([...program, ...args], options);
    } catch (error) {
      if (!isToolError(error, "program-not-found")) throw error;
      const purpose = `reach the cluster of context "${context}"`;
      throw new ToolError("kubectl-missing", { purpose }, { cause: error });
    }
  };

  const pullableName = (image: string): string =>
    registry === undefined ? image : nameInRegistry(registry, image);

  const push: SpringCluster["loadImage"] = async (image, options = {}) =>
    pushImage(image, pullableName(image), { ports, ...options });

  return {
    name: context,
    api: ports.clusterApis.ofContext({ context, kubeconfigPath }),
    ...jreImages(components, ports),
    kubectl,
    pullableName,

    async ensureCluster({ signal }) {
      const options = signal === undefined ? {} : { signal };
      const answer = await kubectl(["get", "--raw", "/readyz", "--request-timeout=15s"], options);
      if (answer.exitCode === 0) return { created: false };
      throw new ToolError("context-unreachable", { context, reason: lastLineOf(answer) });
    },

    async removeCreated() {
      return Promise.resolve();
    },

    async follow(args, options) {
      return (await kubectl(args, options)).exitCode;
    },

    async attach(args, { signal }) {
      return ports.commands.runAttached([...program, ...args], { signal });
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
      await ports.engine.loadImages(dockerArchive(image), options);
      await push(image.name, options);
      return { sentBytes: image.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    },

    // Nothing is published there.
    async checkHostPort() {
      return Promise.resolve();
    },

    async publishPort({ namespace, service }) {
      const forward = [
        ...program,
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
