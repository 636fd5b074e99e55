import { beforeEach, describe, expect, test } from "vitest";
import { FakeContainerEngine } from "../../test/fakes/container-engine/fake-container-engine.ts";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { FakeHttp } from "../../test/fakes/fake-http.ts";
import { clusterLabels, label } from "../nodes/labels.ts";
import type { Role } from "../nodes/roles.ts";
import { liveNames, type NameKind } from "./live-names.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const kubeconfig = (context: string, server: string) => `
clusters:
- cluster:
    certificate-authority-data: ${base64("ca")}
    server: ${server}
  name: ${context}
contexts:
- context:
    cluster: ${context}
    user: ${context}
  name: ${context}
users:
- name: ${context}
  user:
    client-certificate-data: ${base64("cert")}
    client-key-data: ${base64("key")}
`;
const pods = (...names: readonly string[]) => ({
  status: 200,
  body: JSON.stringify({
    items: [
      ...names.map((name) => ({ metadata: { labels: { "app.kubernetes.io/name": name } } })),
      { metadata: {} },
    ],
  }),
});
const PODS = "/api/v1/pods?limit=500&labelSelector=app.kubernetes.io%2Fmanaged-by%3Dairfield";

let world: ReturnType<typeof aWorld>;

function aWorld() {
  return {
    engine: new FakeContainerEngine(),
    files: new FakeFiles({ "/home/me/.kube/config": kubeconfig("airfield-shop", "https://shop") }),
    http: new FakeHttp(),
    clock: new FakeClock(),
  };
}

async function addContainer(cluster: string, name: string, role: Role, more = {}) {
  world.engine.images.add("node:1");
  await world.engine.createContainer({
    ...{ name, hostname: name, image: "node:1", env: {}, network: { name: "none" } },
    restart: "no",
    labels: { ...clusterLabels(cluster, role, ""), ...more },
  });
}

function names(kind: NameKind, more: { readonly context?: string } = {}) {
  const kubeconfigs = ["/home/me/.kube/config", "/home/me/gone"];
  return liveNames({ kind, cluster: "shop", kubeconfigs, ...more }, world);
}

beforeEach(async () => {
  world = aWorld();
  await world.engine.createNetwork({ name: "none", subnet: "10.0.0.0/24", labels: {} });
  await addContainer("shop", "shop-worker", "worker");
  await addContainer("shop", "shop-control-plane", "control-plane");
  await addContainer("ci", "ci-control-plane", "control-plane");
  await addContainer("shop", "shop-port-default-users", "port", {
    [label.service]: "default/users",
  });
  await addContainer("ci", "ci-port-default-build", "port", { [label.service]: "default/build" });
});

test("clusters are those of the engine", async () => {
  expect(await names("clusters")).toEqual(["ci", "shop"]);
});

test("nodes are those of the cluster", async () => {
  expect(await names("nodes")).toEqual(["shop-control-plane", "shop-worker"]);
});

test("images are all that the engine has names for", async () => {
  world.engine.images.add("users:1");
  expect(await names("images")).toEqual(["node:1", "users:1"]);
});

test("contexts are those of all kubeconfigs that are there", async () => {
  expect(await names("contexts")).toEqual(["airfield-shop"]);
});

describe("applications", () => {
  test("are those that are published and those that have pods", async () => {
    world.http.answer(`https://shop${PODS}`, pods("users", "worker", "postgres"));
    expect(await names("applications")).toEqual(["postgres", "users", "worker"]);
    expect(world.http.tlsOf(`https://shop${PODS}`)).toEqual({ ca: "ca", cert: "cert", key: "key" });
  });

  test.each([undefined, { status: 403, body: "{}" }, { status: 200, body: "no JSON" }])(
    "are the published ones when the API server answers %j",
    async (answer) => {
      world.http.answer(`https://shop${PODS}`, answer);
      expect(await names("applications")).toEqual(["users"]);
    },
  );

  test("are the published ones when the API server takes too long", async () => {
    const never = new Promise<never>(() => undefined);
    const http = { get: () => never };
    const kubeconfigs = ["/home/me/.kube/config"];
    const request = { kind: "applications", cluster: "shop", kubeconfigs } as const;
    expect(await liveNames(request, { ...world, http })).toEqual(["users"]);
  });

  test("of a context are those that its API server tells", async () => {
    world.files.put("/home/me/.kube/config", kubeconfig("prod", "https://prod"));
    world.http.answer(`https://prod${PODS}`, pods("billing"));
    expect(await names("applications", { context: "prod" })).toEqual(["billing"]);
  });
});
