import { isToolError, ToolError } from "../errors/tool-error.ts";
import { hasImageOnNodes, loadImages } from "../images/load-images.ts";
import { loadLocalImages } from "../images/local-image.ts";
import { ensurePublishedPort, removePublishedPort } from "../network/publish-port.ts";
import { label } from "../nodes/labels.ts";
import { kubectl } from "../nodes/node.ts";
import type { Ports } from "../ports/ports.ts";
import type { PublishRequest, SpringCluster } from "../spring/cluster-access.ts";
import { createCluster, type CreateClusterRequest } from "./create-cluster.ts";
import { findCluster } from "./find-cluster.ts";
import { jreImages } from "./jre-images.ts";
import { kustomizeOnHost, kustomizeOnNode } from "./kustomize-files.ts";

const noCluster = [
  "cluster-not-found",
  "cluster-incomplete",
  "engine-not-running",
  "engine-permission-denied",
] as const;

/** A cluster of Airfield's as applications see it. It is created on first need, as `create` says. */
export function applicationCluster(
  create: CreateClusterRequest,
  ports: Ports,
  commandSignal: AbortSignal,
): SpringCluster {
  const { name } = create.config;
  const found = () => findCluster(name, ports);
  /** Undefined also where no engine answers: what needs no cluster must not fail for it. */
  const foundOrNone = async () => {
    try {
      return await found();
    } catch (error) {
      if (noCluster.some((code) => isToolError(error, code))) return undefined;
      throw error;
    }
  };
  return {
    name,
    ...jreImages(create.components, ports),
    pullableName: (image) => image,

    async ensureCluster({ signal }) {
      const nodes = await ports.engine.listContainers({ labels: { [label.cluster]: name } });
      if (nodes.length > 0) {
        await found();
        return { created: false };
      }
      await createCluster(create, ports, signal ?? commandSignal);
      return { created: true };
    },

    async kubectl(args, { stdin, signal } = {}) {
      const { controlPlane } = await found();
      return ports.engine.exec(controlPlane.id, kubectl(...args), {
        ...(stdin === undefined ? {} : { stdin }),
        ...(signal === undefined ? {} : { signal }),
      });
    },

    async kustomize(files, options = {}) {
      const cluster = await foundOrNone();
      return cluster === undefined
        ? kustomizeOnHost(files, ports, options)
        : kustomizeOnNode(cluster.controlPlane.id, files, ports, options);
    },

    async hasImageOnNodes(image) {
      return hasImageOnNodes({ cluster: name, image }, ports);
    },

    async loadImage(image, { signal, onProgress } = {}) {
      onProgress?.(image);
      await loadImages({ cluster: name, images: [image] }, ports, signal ?? commandSignal);
    },

    async loadLocalImage(image, { signal } = {}) {
      const { images } = await loadLocalImages(
        { cluster: name, images: [image] },
        ports,
        signal ?? commandSignal,
      );
      return { sentBytes: images.reduce((sum, { bytes }) => sum + bytes, 0) };
    },

    async publishPort({ namespace, service, nodePort, hostPort }: PublishRequest, { signal } = {}) {
      const { controlPlane } = await found();
      const details = await ports.engine.inspectContainer(controlPlane.id);
      const [network, nodeAddress] = Object.entries(details?.addresses ?? {})[0] ?? [];
      if (network === undefined || nodeAddress === undefined)
        throw new ToolError("cluster-incomplete", {
          name,
          reason: "its control plane has no address",
        });
      const published = await ensurePublishedPort(
        { cluster: name, namespace, service, nodePort, hostPort },
        { network, nodeAddress, image: controlPlane.image },
        ports,
        signal ?? commandSignal,
      );
      return { url: `http://127.0.0.1:${published.hostPort}` };
    },

    async unpublishPort({ name: service, namespace }) {
      return removePublishedPort({ cluster: name, namespace, service }, ports);
    },
  };
}
