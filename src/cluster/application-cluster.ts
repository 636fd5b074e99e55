import { isToolError, ToolError } from "../errors/tool-error.ts";
import { hasImageOnNodes, loadImages } from "../images/load-images.ts";
import { loadLocalImages } from "../images/local-image.ts";
import { NodeMemory } from "../images/deliver/node-memory.ts";
import {
  checkHostPort,
  ensurePublishedPort,
  findPublishedPort,
  removePublishedPort,
} from "../network/publish-port.ts";
import { label } from "../nodes/labels.ts";
import { readPodSockets } from "../nodes/pod-sockets.ts";
import type { Ports } from "../ports/ports.ts";
import { reportWithin } from "../progress/report-within.ts";
import type { PublishRequest, SpringCluster } from "../spring/cluster-access.ts";
import { createCluster, type CreateClusterRequest } from "./create/create-cluster.ts";
import { removeCluster } from "./delete-cluster.ts";
import { findCluster } from "./find-cluster.ts";
import { jreImages } from "./jre-images.ts";
import { kustomizeOnHost, kustomizeOnNode } from "./kustomize-files.ts";
import { rollBack } from "../steps/undoing.ts";

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
  let isCreated = false;
  const memory = new NodeMemory();
  const controlPlanes = async () =>
    (await found()).nodes
      .filter(({ labels, state }) => labels[label.role] === "control-plane" && state === "running")
      .map(({ id }) => id);
  return {
    name,
    api: ports.clusterApis.ofNodes(controlPlanes),
    ...jreImages(create.components, ports),
    pullableName: (image) => image,

    async ensureCluster({ signal, stepId }) {
      const nodes = await ports.engine.listContainers({ labels: { [label.cluster]: name } });
      if (nodes.length > 0) {
        await found();
        return { created: false };
      }
      const reporter = stepId === undefined ? ports.reporter : reportWithin(ports.reporter, stepId);
      await createCluster(create, { ...ports, reporter }, signal ?? commandSignal);
      isCreated = true;
      return { created: true };
    },

    async removeCreated(failure) {
      if (!isCreated) return;
      isCreated = false;
      await rollBack(
        failure,
        {
          retain: create.retain,
          removeCommand: `airfield delete cluster ${name}`,
          async undo() {
            const { kubeconfigPath } = create;
            return (await removeCluster({ name, kubeconfigPath }, ports)).leftovers;
          },
        },
        ports,
      );
    },

    async podSockets(container, { signal } = {}) {
      return readPodSockets(container, { engine: ports.engine, signal });
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

    async loadLocalImage(image, { signal, isNew = false } = {}) {
      const { images } = await loadLocalImages(
        { cluster: name, images: [image], ...(isNew ? { memory } : {}) },
        ports,
        signal ?? commandSignal,
      );
      return { sentBytes: images.reduce((sum, { bytes }) => sum + bytes, 0) };
    },

    async checkHostPort({ name: service, namespace, hostPort }) {
      await checkHostPort({ cluster: name, namespace, service, hostPort }, ports);
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

    async publishedUrl({ name: service, namespace }) {
      const hostPort = await findPublishedPort({ cluster: name, namespace, service }, ports);
      return hostPort === undefined ? undefined : `http://127.0.0.1:${hostPort}`;
    },

    async unpublishPort({ name: service, namespace }) {
      return removePublishedPort({ cluster: name, namespace, service }, ports);
    },
  };
}
