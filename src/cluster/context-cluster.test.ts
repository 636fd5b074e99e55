import { expect, test } from "vitest";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { orAborted } from "../steps/or-aborted.ts";
import { contextCluster, type ClusterContext } from "./context-cluster.ts";

const image = "airfield.internal/user-service:1";

function sceneOf(changes: Partial<ClusterContext> = {}) {
  const ports = fakePorts();
  const cluster = contextCluster(
    { context: "prod", kubeconfigPath: "/kube", registry: "registry.test:5000/shop", ...changes },
    { policy: "local", builtTags: {}, ownCommand: [], isWarmAllowed: true },
    ports,
  );
  return { ports, cluster };
}

test("reaches the cluster's API with the context and the kubeconfig", () => {
  const { ports, cluster } = sceneOf();
  expect(cluster.api).toBe(ports.clusterApis.api);
  expect(ports.clusterApis.ways).toEqual([{ context: "prod", kubeconfigPath: "/kube" }]);
});

test("asks a node of kind on this machine what a pod listens on, and no other container", async () => {
  const { ports, cluster } = sceneOf();
  const pod = { node: "kind-control-plane", containerId: "containerd://0abc" };
  expect(await cluster.podSockets(pod)).toBeUndefined();
  const { engine } = ports;
  const create = async (name: string, labels: Readonly<Record<string, string>>) => {
    await engine.createContainer({
      ...{ name, image: "node:1", hostname: name, labels, env: {} },
      ...{ network: { name: "bridge" }, restart: "no" },
    });
    await engine.startContainer(name);
  };
  engine.images.add("node:1");
  await create("kind-control-plane", { "io.x-k8s.kind.cluster": "kind" });
  await create("web", {});
  engine.onExec((_container, command) => ({ stdout: command.at(-1) ?? "" }));
  expect(await cluster.podSockets(pod)).toBe("0abc");
  expect(await cluster.podSockets({ ...pod, node: "web" })).toBeUndefined();
  expect(await cluster.podSockets({ ...pod, containerId: "docker://0abc" })).toBeUndefined();
  engine.onExec(() => ({ exitCode: 1, stderr: "No such file" }));
  expect(await cluster.podSockets(pod)).toBeUndefined();
});

test("is there when its API server says that it is ready", async () => {
  const { ports, cluster } = sceneOf();
  expect(await cluster.ensureCluster({})).toEqual({ created: false });
  expect(ports.clusterApis.api.calls).toEqual(["checkReady"]);
});

test("says that a cluster does not answer, with the last word of kubectl", async () => {
  const { ports, cluster } = sceneOf();
  ports.clusterApis.api.refusal = () => 'memcache.go: no route\ncontext "prod" does not exist\n';
  await expect(cluster.ensureCluster({})).rejects.toMatchObject({
    code: "context-unreachable",
    facts: { reason: 'context "prod" does not exist' },
  });
});

test("does not wait for ever for a cluster that is silent", async () => {
  const { ports, cluster } = sceneOf();
  ports.clusterApis.api.checkReady = ({ signal } = {}) => ports.clock.sleep(60_000, signal);
  await expect(cluster.ensureCluster({})).rejects.toMatchObject({
    code: "context-unreachable",
    facts: { reason: "it did not answer within 15 s" },
  });
});

test("a push that does not end is given up, with its last words", async () => {
  const { ports, cluster } = sceneOf();
  ports.engine.images.add(image);
  const cancelled = new AbortController();
  ports.commands.run = (_command, { signal, onLine } = {}) => {
    onLine?.("5f70bf18a086: Waiting");
    ports.clock.advance(30 * 60_000);
    return orAborted(new Promise(() => undefined), signal ?? AbortSignal.abort());
  };
  const push = cluster.loadImage(image, { signal: cancelled.signal });
  await expect(push).rejects.toMatchObject({
    code: "image-not-pushed",
    facts: {
      reason: "docker push did not end within 30 m 00 s; it said last: 5f70bf18a086: Waiting",
    },
  });
});

test("brings images by way of the registry, under the name that pods use", async () => {
  const { ports, cluster } = sceneOf();
  ports.engine.images.add(image);
  ports.commands.on(() => ({}));
  await cluster.loadImage(image);
  expect(cluster.pullableName(image)).toBe("registry.test:5000/shop/user-service:1");
  expect(ports.commands.lines).toEqual(["docker push registry.test:5000/shop/user-service:1"]);
  expect(await ports.engine.inspectImage("registry.test:5000/shop/user-service:1")).toBeDefined();
});

test("a push that is refused is told with its reason", async () => {
  const { ports, cluster } = sceneOf();
  ports.engine.images.add(image);
  ports.commands.on(() => ({ exitCode: 1, stderr: "unauthorized: authentication required\n" }));
  await expect(cluster.loadImage(image)).rejects.toMatchObject({
    code: "image-not-pushed",
    facts: { reason: "unauthorized: authentication required" },
  });
});

test("publishes nothing, and says how to reach the Service instead", async () => {
  const { cluster } = sceneOf();
  const port = { name: "a", namespace: "shop", service: "a", nodePort: 1, hostPort: 0 };
  expect(await cluster.publishPort(port)).toEqual({
    access:
      "kubectl --kubeconfig /kube --context prod --namespace shop port-forward service/a 8080:80",
  });
  expect(await cluster.unpublishPort(port)).toBe(false);
});

test("an image that was assembled here goes through the engine to the registry", async () => {
  const { ports, cluster } = sceneOf();
  ports.commands.on(() => ({}));
  let archive = "";
  ports.engine.loadImages = async (tar) => {
    for await (const chunk of tar) archive += Buffer.from(chunk).toString("latin1");
    ports.engine.images.add(image);
    return [image];
  };
  const layer = { diffId: "sha256:1", digest: "sha256:1", mediaType: "tar", sizeBytes: 5 };
  const open = async function* () {
    yield await Promise.resolve(Buffer.from("layer"));
  };
  const config = Buffer.from("{}");
  const layers = [{ ...layer, open }];
  await cluster.loadLocalImage({ name: image, config, platform: "linux/amd64", layers });
  expect(archive).toContain(`"RepoTags":["${image}"],"Layers":["1.tar"]`);
  expect(ports.commands.lines).toEqual(["docker push registry.test:5000/shop/user-service:1"]);
});
