import { expect, test } from "vitest";
import { fakePorts, type FakePorts } from "../../test/fakes/fake-ports.ts";
import { ApiReader } from "./api-reader.ts";

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
  const reader = new ApiReader(ports);
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
  expect(await new ApiReader(ports).read(node, pods)).toBeUndefined();
});

test("a server that is out of reach, of an engine on another machine, is not asked again", async () => {
  const ports = await sceneOf();
  const reader = new ApiReader(ports);
  expect(await reader.read(node, pods)).toBeUndefined();
  expect(await reader.read(node, pods)).toBeUndefined();
  expect(ports.http.asked).toEqual([url]);
});

test("an engine that fails once is asked again", async () => {
  const ports = await sceneOf();
  ports.http.answer(url, { body: '{"items":[]}' });
  const inspect = ports.engine.inspectContainer.bind(ports.engine);
  ports.engine.inspectContainer = () => Promise.reject(new Error("connection lost"));
  const reader = new ApiReader(ports);
  await expect(reader.read(node, pods)).rejects.toThrow("connection lost");
  ports.engine.inspectContainer = inspect;
  expect(await reader.read(node, pods)).toBe('{"apiVersion":"v1","kind":"List","items":[]}');
});

test("without a certificate of the administrator nothing is asked", async () => {
  const ports = await sceneOf("users: []\n");
  expect(await new ApiReader(ports).read(node, pods)).toBeUndefined();
  expect(ports.http.asked).toEqual([]);
});
