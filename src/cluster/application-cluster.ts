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
import { kubectl } from "../nodes/run-on-node.ts";
import { readPodSockets } from "../nodes/pod-sockets.ts";
import type { Ports } from "../ports/ports.ts";
import { reportWithin } from "../progress/report-within.ts";
import type { PublishRequest, SpringCluster } from "../spring/cluster-access.ts";
import { ApiClient } from "./api-client.ts";
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
  const api = new ApiClient(ports);
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

    async kubectl(args, { stdin, signal } = {}) {
      const { controlPlane } = await found();
      const stdout = await api.read(controlPlane.id, args, signal);
      if (stdout !== undefined) return { exitCode: 0, stdout, stderr: "" };
      if (await api.apply(controlPlane.id, { args, stdin }, signal)) {
        return { exitCode: 0, stdout: "", stderr: "" };
      }
      const result = await api.exec(controlPlane.id, { args, stdin }, signal);
      if (result !== undefined) return result;
      return ports.engine.exec(controlPlane.id, kubectl(...args), {
        ...(stdin === undefined ? {} : { stdin }),
        ...(signal === undefined ? {} : { signal }),
      });
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

    async follow(args, { signal, onLine }) {
      const { controlPlane } = await found();
      const ended = await api.follow(controlPlane.id, { args, signal, onLine });
      if (ended !== undefined) return ended;
      const command = ["bash", "-c", untilStdinEnds, "follow", ...kubectl(...args)];
      const { exitCode } = await ports.engine.exec(controlPlane.id, command, {
        ...{ signal, onLine, keepsNothing: true },
        stdin: endless(signal),
      });
      return exitCode;
    },

    async attach(args, { hasTerminal, signal }) {
      const [{ controlPlane }, { address }] = await Promise.all([found(), ports.engine.info()]);
      const options = ["--interactive", ...(hasTerminal ? ["--tty"] : [])];
      return ports.commands.runAttached(
        ["docker", "exec", ...options, controlPlane.id, ...kubectl(...args)],
        // The engine that we talk to; the CLI could be set to another.
        { signal, ...(address.startsWith("unix:") ? { env: { DOCKER_HOST: address } } : {}) },
      );
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

/**
 * Runs "$@" and ends it when stdin ends. The engine has no call to end a command in a container, but it closes the
 * command's stdin when the connection ends, for whatever reason: also when this process is killed.
 */
const untilStdinEnds = `
exec 3<&0
"$@" </dev/null 3<&- &
work=$!
{ cat <&3 >/dev/null; kill "$work" 2>/dev/null; } &
watch=$!
wait "$work"
code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;

/** A stdin that says nothing and ends with the signal. */
async function* endless(signal: AbortSignal): AsyncIterable<Uint8Array> {
  yield new Uint8Array();
  await new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", resolve, { once: true });
  });
}
