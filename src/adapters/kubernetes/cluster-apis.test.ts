import { describe, expect, test } from "vitest";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { clusterApis } from "./cluster-apis.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const adminConfig = `clusters:
- cluster:
    certificate-authority-data: ${base64("ca")}
users:
- user:
    client-certificate-data: ${base64("cert")}
    client-key-data: ${base64("key")}
`;
const path = "/api/v1/namespaces/a/pods/shop";
const shop = { kind: "Pod", name: "shop", namespace: "a" } as const;
const found = { body: '{"kind":"Pod"}' };

/** Control planes "one" and "two" at these ports; `move` publishes one's API server at another port. */
async function sceneOf(...hostPorts: readonly number[]) {
  const ports = fakePorts();
  const { engine, http } = ports;
  engine.images.add("node:1");
  const names = ["one", "two"].slice(0, hostPorts.length);
  const start = async (name: string, hostPort: number) => {
    await engine.createContainer({
      ...{ name, image: "node:1", hostname: name, labels: {}, env: {}, restart: "no" },
      network: { name: "bridge" },
      ports: [{ hostAddress: "127.0.0.1", hostPort, containerPort: 6443, protocol: "tcp" }],
    });
    await engine.startContainer(name);
    const content = adminConfig;
    await engine.putFiles(name, [{ path: "/etc/kubernetes/admin.conf", content, mode: 0o600 }]);
  };
  for (const [i, name] of names.entries()) await start(name, hostPorts[i] ?? 0);
  let looks = 0;
  const kubectlLines: string[] = [];
  engine.onExec((_, command) => {
    kubectlLines.push(command.join(" "));
    return Promise.resolve({ exitCode: 0, stdout: '{"kind":"Pod","by":"kubectl"}', stderr: "" });
  });
  const api = clusterApis(ports).ofNodes(() => {
    looks += 1;
    return Promise.resolve(names);
  });
  return {
    ...{ api, http, ports, kubectlLines },
    url: (hostPort: number) => `https://127.0.0.1:${hostPort}${path}`,
    looks: () => looks,
    async move(hostPort: number) {
      await engine.removeContainer("one");
      await start("one", hostPort);
    },
  };
}

describe("the API server", () => {
  test("is looked up once, and asked with the administrator's certificate", async () => {
    const { api, http, url, looks } = await sceneOf(40_001);
    http.answer(url(40_001), found);
    expect(await api.get(shop)).toEqual({ kind: "Pod" });
    expect(await api.get(shop)).toEqual({ kind: "Pod" });
    expect(looks()).toBe(1);
    expect(http.tlsOf(url(40_001))).toEqual({ ca: "ca", cert: "cert", key: "key" });
  });

  test("is found again at another port", async () => {
    const { api, http, url, looks, move, kubectlLines } = await sceneOf(40_001);
    http.answer(url(40_001), found);
    await api.get(shop);
    await move(40_002);
    http.answer(url(40_001), undefined).answer(url(40_002), found);
    expect(await api.get(shop)).toEqual({ kind: "Pod" });
    expect(looks()).toBe(2);
    expect(kubectlLines).toEqual([]);
  });

  test("may be another control plane's", async () => {
    const { api, http, url, kubectlLines } = await sceneOf(40_001, 40_002);
    http.answer(url(40_002), found);
    expect(await api.get(shop)).toEqual({ kind: "Pod" });
    expect(kubectlLines).toEqual([]);
  });

  test("is stood in for by kubectl while it is out of reach, and asked again later", async () => {
    const { api, http, url, ports, kubectlLines } = await sceneOf(40_001);
    expect(await api.get(shop)).toMatchObject({ by: "kubectl" });
    const asked = http.requests.length;
    expect(await api.get(shop)).toMatchObject({ by: "kubectl" });
    expect(http.requests.length).toBe(asked);
    http.answer(url(40_001), found);
    ports.clock.advance(2_000);
    expect(await api.get(shop)).toEqual({ kind: "Pod" });
    expect(kubectlLines).toHaveLength(2);
  });

  test("says why it refuses, and kubectl is not asked the same", async () => {
    const { api, http, url, kubectlLines } = await sceneOf(40_001);
    const body = '{"kind":"Status","message":"pods is forbidden","code":403}';
    http.answer(url(40_001), { status: 403, body });
    await expect(api.get(shop)).rejects.toMatchObject({
      code: "cluster-request-failed",
      message: expect.stringContaining("pods is forbidden"),
    });
    expect(kubectlLines).toEqual([]);
  });

  describe("that has a former client-side apply", () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "shop", namespace: "a" } };
    const managedFields = [{ manager: "kubectl-client-side-apply", operation: "Update" }];
    const live = JSON.stringify({ metadata: { resourceVersion: "7", managedFields } });
    const invalid = { status: 422, body: '{"message":"may not specify more than 1 handler type"}' };
    const sceneOfPod = async () => {
      const scene = await sceneOf(40_001);
      const path = scene.url(40_001);
      const applied = `${path}?fieldManager=airfield&force=true`;
      const asked = () =>
        scene.http.requests.map(({ method, url, contentType = "" }) =>
          url === applied
            ? "apply"
            : `${method} ${contentType.replace(/^application\//, "")}`.trim(),
        );
      return { ...scene, path, applied, asked };
    };

    test("is given it as ours, and the apply again", async () => {
      const { api, http, path, applied, asked } = await sceneOfPod();
      http.answer(applied, { body: live }).answer(path, {});
      await api.apply([pod]);
      expect(asked()).toEqual(["apply", "PATCH json-patch+json", "apply"]);
    });

    test("is given it again where a controller has written in between", async () => {
      const { api, http, path, applied, asked } = await sceneOfPod();
      const answers = [invalid, {}];
      http.answer(applied, { body: live }).answer(`GET ${path}`, { body: live });
      http.answer(`PATCH ${path}`, () => answers.shift());
      await api.apply([pod]);
      const patch = "PATCH json-patch+json";
      expect(asked()).toEqual(["apply", patch, "GET", patch, "apply"]);
    });

    test("is given it first where both together are not valid", async () => {
      const { api, http, path, applied, asked } = await sceneOfPod();
      const answers = [invalid, { body: live }];
      http.answer(applied, () => answers.shift()).answer(path, { body: live });
      await api.apply([pod]);
      expect(asked()).toEqual(["apply", "GET", "PATCH json-patch+json", "apply"]);
    });

    test("says what is not valid by itself", async () => {
      const { api, http, path, applied, asked } = await sceneOfPod();
      http.answer(applied, invalid).answer(path, { body: "{}" });
      await expect(api.apply([pod])).rejects.toThrow("more than 1 handler");
      expect(asked()).toEqual(["apply", "GET"]);
    });
  });

  test("is asked for the log of the first container where there are several", async () => {
    const { api, http, url } = await sceneOf(40_001);
    const body =
      '{"message":"a container name must be specified for pod shop, choose one of: [a b]"}';
    http.answer(`${url(40_001)}/log?`, { status: 400, body });
    http.answer(url(40_001), { body: '{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}' });
    http.answer(`${url(40_001)}/log?container=a`, { body: "one\ntwo\n" });
    const lines: string[] = [];
    for await (const line of api.logs(shop, {})) lines.push(line);
    expect(lines).toEqual(["one", "two"]);
  });
});

describe("a feed", () => {
  test("goes on where its connection broke, and says so", async () => {
    const { api, http, url } = await sceneOf(40_001);
    const list = url(40_001).replace(/\/shop$/, "");
    const page = { metadata: { resourceVersion: "5" }, items: [] };
    http.answer(`${list}?limit=500`, { body: JSON.stringify(page) });
    const line = (name: string, resourceVersion: string) =>
      JSON.stringify({ type: "ADDED", object: { metadata: { name, resourceVersion } } });
    const opened: string[] = [];
    const { open } = http;
    http.open = (from, options) => {
      const version = new URL(from).searchParams.get("resourceVersion") ?? "";
      opened.push(version);
      async function* lines(): AsyncGenerator<string, void> {
        yield line(`after-${version}`, String(Number(version) + 1));
        await Promise.resolve();
        throw new Error("ECONNRESET");
      }
      return opened.length > 2
        ? open.call(http, from, options)
        : Promise.resolve({ status: 200, lines: lines() });
    };
    const told: string[] = [];
    const { signal } = new AbortController();
    for await (const change of api.watch({ kind: "Pod", namespace: "a" }, { signal })) {
      told.push("object" in change ? (change.object.metadata?.name ?? "") : change.type);
      if (told.length === 5) break;
    }
    expect(told).toEqual(["listed", "after-5", "interrupted", "resumed", "after-6"]);
    expect(opened).toEqual(["5", "6"]);
  });

  test("that says nothing is asked after, and opened again when it stays silent", async () => {
    const { api, http, url } = await sceneOf(40_001);
    const list = url(40_001).replace(/\/shop$/, "");
    http.answer(`${list}?limit=500`, { body: '{"metadata":{"resourceVersion":"5"}}' });
    http.answer("https://127.0.0.1:40001/livez", { body: "ok" });
    let opened = 0;
    http.open = () => {
      opened += 1;
      const isSecond = opened === 2;
      async function* lines(): AsyncGenerator<string, void> {
        // Open, and dead.
        if (!isSecond) await new Promise(() => undefined);
        yield JSON.stringify({ type: "DELETED", object: { metadata: { name: "shop" } } });
      }
      return Promise.resolve({ status: 200, lines: lines() });
    };
    const told: string[] = [];
    const { signal } = new AbortController();
    for await (const change of api.watch({ kind: "Pod", namespace: "a" }, { signal })) {
      told.push(change.type);
      if (change.type === "removed") break;
    }
    expect(told).toEqual(["listed", "removed"]);
    const probes = http.requests.filter(({ url }) => url.endsWith("/livez"));
    expect(probes.length).toBe(4);
  });
});
