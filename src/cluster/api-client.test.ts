import { expect, test } from "vitest";
import { fakePorts, type FakePorts } from "../../test/fakes/fake-ports.ts";
import { ApiClient } from "./api-client.ts";

const node = "demo-control-plane";
const url = "https://127.0.0.1:40001/api/v1/namespaces/a/pods";
const pods = ["get", "pods", "--namespace", "a", "--output", "json"];
const base64 = (text: string) => Buffer.from(text).toString("base64");
const adminConfig = `clusters:
- cluster:
    certificate-authority-data: ${base64("ca")}
users:
- user:
    client-certificate-data: ${base64("cert")}
    client-key-data: ${base64("key")}
`;

async function sceneOf(config = adminConfig): Promise<FakePorts> {
  const ports = fakePorts();
  ports.engine.images.add("node:1");
  await ports.engine.createContainer({
    ...{ name: node, image: "node:1", hostname: node, labels: {}, env: {}, restart: "no" },
    network: { name: "bridge" },
    ports: [{ hostAddress: "127.0.0.1", hostPort: 40_001, containerPort: 6443, protocol: "tcp" }],
  });
  await ports.engine.startContainer(node);
  await ports.engine.putFiles(node, [
    { path: "/etc/kubernetes/admin.conf", content: config, mode: 0o600 },
  ]);
  return ports;
}

test("asks the API server at its published port with the administrator's certificate", async () => {
  const ports = await sceneOf();
  ports.http.answer(url, { body: '{"items":[{"metadata":{"name":"p"}}]}' });
  const reader = new ApiClient(ports);
  const printed =
    '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}}]}';
  expect(await reader.read(node, pods)).toBe(printed);
  expect(await reader.read(node, pods)).toBe(printed);
  expect(ports.http.asked).toEqual([url, url]);
  expect(ports.http.tlsOf(url)).toEqual({ ca: "ca", cert: "cert", key: "key" });
});

test.each([
  [403, "{}"],
  [404, "{}"],
  [500, "no"],
  [200, '{"items":['],
])("an answer %i with %s is left to kubectl, which says why", async (status, body) => {
  const ports = await sceneOf();
  ports.http.answer(url, { status, body });
  expect(await new ApiClient(ports).read(node, pods)).toBeUndefined();
});

test("a server that is out of reach, of an engine on another machine, is not asked again", async () => {
  const ports = await sceneOf();
  const reader = new ApiClient(ports);
  expect(await reader.read(node, pods)).toBeUndefined();
  expect(await reader.read(node, pods)).toBeUndefined();
  expect(ports.http.asked).toEqual([url]);
});

test("an engine that fails once is asked again", async () => {
  const ports = await sceneOf();
  ports.http.answer(url, { body: '{"items":[]}' });
  const inspect = ports.engine.inspectContainer.bind(ports.engine);
  ports.engine.inspectContainer = () => Promise.reject(new Error("connection lost"));
  const reader = new ApiClient(ports);
  await expect(reader.read(node, pods)).rejects.toThrow("connection lost");
  ports.engine.inspectContainer = inspect;
  expect(await reader.read(node, pods)).toBe('{"apiVersion":"v1","kind":"List","items":[]}');
});

test("without a certificate of the administrator nothing is asked", async () => {
  const ports = await sceneOf("users: []\n");
  expect(await new ApiClient(ports).read(node, pods)).toBeUndefined();
  expect(ports.http.asked).toEqual([]);
});

const deploymentUrl = "https://127.0.0.1:40001/apis/apps/v1/namespaces/a/deployments/shop";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
const deployment = (paused: boolean) => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "shop", namespace: "a" } },
  spec: { paused },
});
const applied = {
  ...deployment(false),
  metadata: {
    ...{ name: "shop", namespace: "a", resourceVersion: "7" },
    annotations: { [lastApplied]: JSON.stringify(deployment(false)) },
  },
};
const applying = (...items: readonly object[]) => ({
  args: ["apply", "-f", "-"],
  stdin: JSON.stringify({ items }),
});

test("applies by a patch of what has changed", async () => {
  const ports = await sceneOf();
  const patchUrl = `${deploymentUrl}?fieldManager=kubectl-client-side-apply`;
  ports.http.answer(deploymentUrl, { body: JSON.stringify(applied) }).answer(patchUrl, {});
  expect(await new ApiClient(ports).apply(node, applying(deployment(true)))).toBe(true);
  expect(ports.http.patches).toMatchObject([
    {
      url: patchUrl,
      contentType: "application/strategic-merge-patch+json",
      body: { spec: { paused: true } },
    },
  ]);
});

test("applies on the server's side by sending the object as it is", async () => {
  const ports = await sceneOf();
  const configMap = { ...deployment(true), apiVersion: "v1", kind: "ConfigMap" };
  const patchUrl =
    "https://127.0.0.1:40001/api/v1/namespaces/a/configmaps/shop?fieldManager=me&force=true";
  ports.http.answer(patchUrl, { status: 201 });
  const args = ["apply", "--server-side", "--force-conflicts", "--field-manager=me", "-f", "-"];
  expect(await new ApiClient(ports).apply(node, { ...applying(configMap), args })).toBe(true);
  expect(ports.http.patches).toEqual([
    { url: patchUrl, contentType: "application/apply-patch+yaml", body: configMap },
  ]);
});

test("what is there as it should be is not touched", async () => {
  const ports = await sceneOf();
  ports.http.answer(deploymentUrl, { body: JSON.stringify(applied) });
  expect(await new ApiClient(ports).apply(node, applying(deployment(false)))).toBe(true);
  expect(ports.http.patches).toEqual([]);
});

test.each([
  ["an object that is not there yet", 404, 200],
  ["a patch that is refused", 200, 422],
  ["an object that was changed meanwhile", 200, 409],
])("%s is left to kubectl", async (_, found, answered) => {
  const ports = await sceneOf();
  ports.http
    .answer(deploymentUrl, { status: found, body: JSON.stringify(applied) })
    .answer(`${deploymentUrl}?fieldManager=kubectl-client-side-apply`, { status: answered });
  expect(await new ApiClient(ports).apply(node, applying(deployment(true)))).toBe(false);
  expect(ports.http.patches).toHaveLength(found === 404 ? 0 : 1);
});

const logUrl = "https://127.0.0.1:40001/api/v1/namespaces/a/pods/p/log?follow=true";
const watchUrl =
  "https://127.0.0.1:40001/apis/apps/v1/namespaces/a/deployments?watch=true&fieldSelector=metadata.name%3Dshop";
const logArgs = ["logs", "p", "--namespace", "a", "--follow"];
const watchArgs = ["rollout", "status", "deployment/shop", "--namespace", "a"];
const { signal } = new AbortController();

test("follows a log to its end", async () => {
  const ports = await sceneOf();
  ports.http.answer(logUrl, { body: "one\ntwo" });
  const lines: string[] = [];
  const onLine = (line: string) => void lines.push(line);
  expect(await new ApiClient(ports).follow(node, { args: logArgs, signal, onLine })).toBe(0);
  expect(lines).toEqual(["one", "two"]);
});

test("ends with the roll-out that it watches, and fails when the watch ends before", async () => {
  const ports = await sceneOf();
  const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  const object = { metadata: { generation: 1 }, spec: { replicas: 1 }, status };
  const events = [
    { type: "ADDED", object: { ...object, status: {} } },
    { type: "MODIFIED", object },
  ].map((event) => JSON.stringify(event));
  const follow = (args: readonly string[]) =>
    new ApiClient(ports).follow(node, { args, signal, onLine: () => expect.unreachable() });
  ports.http.answer(watchUrl, { body: `${events.join("\n")}\nno more is read` });
  expect(await follow(watchArgs)).toBe(0);
  ports.http.answer(watchUrl, { body: events[0] ?? "" });
  expect(await follow(watchArgs)).toBe(1);
});

test("what the API server refuses to follow is left to kubectl, which says why", async () => {
  const ports = await sceneOf();
  ports.http.answer(logUrl, { status: 400, body: "ContainerCreating" });
  const onLine = () => expect.unreachable();
  expect(
    await new ApiClient(ports).follow(node, { args: logArgs, signal, onLine }),
  ).toBeUndefined();
});

const execUrl =
  "https://127.0.0.1:40001/api/v1/namespaces/a/pods/p/exec?stdout=true&stderr=true&stdin=true&command=sh";
const execing = { args: ["exec", "--stdin", "p", "--namespace", "a", "--", "sh"], stdin: "exit 3" };
const message = (channel: number, text: string) =>
  Buffer.concat([Uint8Array.of(channel), Buffer.from(text)]);

test("runs a program in a pod, and knows how it ended", async () => {
  const ports = await sceneOf();
  const status = { status: "Failure", details: { causes: [{ reason: "ExitCode", message: "3" }] } };
  ports.http.conversations.set(execUrl, [
    ...[message(1, "o"), message(2, "e"), message(1, "ut"), message(3, JSON.stringify(status))],
  ]);
  const result = await new ApiClient(ports).exec(node, execing);
  expect(result).toEqual({ exitCode: 3, stdout: "out", stderr: "e" });
  expect(ports.http.sent).toEqual([message(0, "exit 3"), Uint8Array.of(255, 0)]);
});

test("a program whose end is not told has failed, and is not started again", async () => {
  const ports = await sceneOf();
  ports.http.conversations.set(execUrl, [message(1, "out")]);
  expect(await new ApiClient(ports).exec(node, execing)).toMatchObject({ exitCode: 1 });
});

test.each([
  ["a pod that the API server refuses", execing.args],
  ["a terminal", ["exec", "--stdin", "--tty", "p", "--namespace", "a", "--", "sh"]],
])("%s is left to kubectl", async (_, args) => {
  expect(await new ApiClient(await sceneOf()).exec(node, { ...execing, args })).toBeUndefined();
});
