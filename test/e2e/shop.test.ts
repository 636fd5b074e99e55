import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root, Workspace } from "./airfield.ts";

/** A copy of examples/shop: three services, a PostgreSQL and a Redis on a cluster of one node. */
let workspace: Workspace;
let name: string;
let shop: string;
let urls: ReadonlyMap<string, string>;

interface Result {
  readonly name: string;
  readonly url?: string;
  readonly changed: boolean;
}

beforeAll(async () => {
  workspace = await Workspace.create({ SHOP_TEST_KEY: "from the environment" });
  name = workspace.clusterName("shop");
  shop = join(workspace.folder, "shop");
  await cp(join(root, "examples/shop"), shop, {
    recursive: true,
    filter: (source) => !source.includes("/target"),
  });
  const results = await up();
  urls = new Map(results.flatMap(({ name: service, url }) => (url ? [[service, url]] : [])));
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

async function up(...words: readonly string[]): Promise<readonly Result[]> {
  const args = ["up", ...words, "--name", name, "--config", join(shop, "airfield.yaml")];
  const { stdout } = await workspace.succeeds([...args, "-o", "json"], { cwd: shop });
  return JSON.parse(stdout) as readonly Result[];
}

/** On a connection of its own: one that is kept would go on asking the pod before, which serves until it is told to end. */
async function ask(service: string, path: string, method = "GET"): Promise<string> {
  const headers = { connection: "close" };
  const answer = await fetch(new URL(path, urls.get(service)), { method, headers });
  expect(answer.status, `${service}${path}`).toBe(200);
  return answer.text();
}

async function change(file: string, from: string | RegExp, to: string): Promise<void> {
  const path = join(shop, file);
  const before = await readFile(path, "utf8");
  expect(before.replace(from, to)).not.toBe(before);
  await writeFile(path, before.replace(from, to));
}

const changedOf = (results: readonly Result[]) =>
  results.filter(({ changed }) => changed).map((result) => result.name);

test("all services reach each other, their database, their configuration and the Kubernetes API", async () => {
  // order-service → PostgreSQL by variables, stock-service by its Service, settings from ConfigMap and Secret.
  expect(JSON.parse(await ask("order-service", "/orders/apples?quantity=7", "POST"))).toMatchObject(
    {
      product: "apples",
      quantity: 3,
    },
  );
  expect(JSON.parse(await ask("order-service", "/settings"))).toEqual({
    maxQuantity: 3,
    hasApiKey: true,
  });
  // stock-service → Redis by a service binding.
  expect(JSON.parse(await ask("stock-service", "/stock/apples"))).toMatchObject({ count: -3 });
  // catalog-service → ConfigMap and discovery by Spring Cloud Kubernetes, pods by fabric8's client.
  expect(await ask("catalog-service", "/greeting")).toBe("Hello from the ConfigMap");
  expect(JSON.parse(await ask("catalog-service", "/services"))).toEqual(
    expect.arrayContaining(["order-service", "stock-service", "orders-db"]),
  );
  expect(await ask("catalog-service", "/pods")).toContain("orders-db-0");
});

test("the data outlives the database's pod, and the same again changes nothing", async () => {
  await workspace.kubectl(name, ["delete", "pod", "orders-db-0", "--wait=true"]);
  expect(changedOf(await up())).toEqual([]);
  expect(await ask("order-service", "/orders")).toContain("apples");
});

test("a service and its database come up from the exported objects, by Kustomize with a database of its own, by Helm with that one", async () => {
  const words = ["order-service", "--name", name, "--config", join(shop, "airfield.yaml")];
  const kubectl = (...args: readonly string[]) => workspace.host("kubectl", args);
  const ordersIn = (namespace: string) =>
    kubectl(
      "get",
      "--raw",
      `/api/v1/namespaces/${namespace}/services/order-service:80/proxy/orders`,
    );
  const manifests = join(workspace.folder, "manifests");
  await workspace.succeeds(["export", "manifests", ...words, "--output-dir", manifests], {
    cwd: shop,
  });
  const local = join(manifests, "overlays/local");
  await change("../manifests/overlays/local/orders-db-secret.yaml", "CHANGE_ME", "changed");
  await change("../manifests/overlays/local/kustomization.yaml", "space: default", "space: own-db");
  // Where no registry answers, the nodes have Airfield's own.
  const imageOf = ["get", "statefulset", "orders-db", "-o", "jsonpath={..containers[0].image}"];
  const [repository = "", tag = ""] = (await kubectl(...imageOf)).split(/:(?=[^/]*$)/);
  const image = `images:\n  - {name: docker.io/library/postgres, newName: ${repository}, newTag: ${tag}}`;
  await change("../manifests/overlays/local/kustomization.yaml", "images:", image);
  await kubectl("create", "namespace", "own-db");
  await kubectl("apply", "-k", local);
  const status = ["rollout", "status", "deployment/order-service", "--timeout=180s"];
  await kubectl(...status, "--namespace", "own-db");
  expect(JSON.parse(await ordersIn("own-db"))).toEqual([]);

  const deployment = [
    "get",
    "deployment",
    "order-service",
    "-o",
    "jsonpath={..containers[0].image}",
  ];
  const chart = join(workspace.folder, "chart");
  const given = ["--image", await kubectl(...deployment)];
  await workspace.succeeds(["export", "chart", ...words, "--output-dir", chart, ...given], {
    cwd: shop,
  });
  await workspace.host("helm", ["lint", "--strict", chart]);
  await workspace.host("helm", [
    ...["install", "orders", chart, "--namespace", "brought-db", "--create-namespace"],
    ...["--set", "dependencies.orders-db.host=orders-db.own-db.svc.cluster.local"],
    ...["--set", "dependencies.orders-db.binding.password=changed", "--wait", "--timeout", "180s"],
  ]);
  expect(JSON.parse(await ordersIn("brought-db"))).toEqual([]);
  await kubectl("delete", "namespace", "own-db", "brought-db", "--wait=false");
});

test("a changed setting or secret restarts what reads it, and nothing is built", async () => {
  await change("config/catalog/application.yml", "from the ConfigMap", "again");
  expect(changedOf(await up())).toEqual(["catalog-service"]);
  expect(await ask("catalog-service", "/greeting")).toBe("Hello again");
  await change("airfield.yaml", "config/api-key}", "config/api-key}-${env:SHOP_TEST_KEY}");
  expect(changedOf(await up("order-service"))).toEqual(["order-service"]);
  const secret = ["get", "secret", "order-service-secrets", "-o", "jsonpath={.data}"];
  const data = JSON.parse(await workspace.kubectl(name, secret)) as Record<string, string>;
  expect(Buffer.from(data["payment.api-key"] ?? "", "base64").toString()).toBe(
    "demo-not-a-real-key-from the environment",
  );
});

test("one that does not build stops only what depends on it; all go on serving", async () => {
  const controller = "src/main/java/dev/airfield/example/shop/stock/StockController.java";
  await change(`stock-service/${controller}`, "return new Stock", "retrun new Stock");
  await change("config/catalog/application.yml", "again", "once more");
  const config = join(shop, "airfield.yaml");
  const ran = await workspace.airfield(["up", "--name", name, "--config", config], { cwd: shop });
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toMatch(/StockController\.java:\[?\d+/);
  expect(ran.stderr).toContain("Failed: stock-service. Not started: order-service");
  expect(await ask("catalog-service", "/greeting")).toBe("Hello once more");
  expect(JSON.parse(await ask("stock-service", "/stock/apples"))).toMatchObject({ count: -3 });
  expect(await ask("order-service", "/orders")).toContain("apples");
});

test("down keeps the data, which --data removes", async () => {
  const config = ["--name", name, "--config", join(shop, "airfield.yaml")];
  await workspace.succeeds(["down", ...config], { cwd: shop });
  const kinds = ["deployments,statefulsets,configmaps,roles", "-o", "name"];
  expect((await workspace.kubectl(name, ["get", ...kinds])).trim()).toBe(
    "configmap/kube-root-ca.crt",
  );
  const volumes = ["get", "persistentvolumeclaims", "-o", "name"];
  expect(await workspace.kubectl(name, volumes)).toContain("data-orders-db-0");
  await workspace.succeeds(["down", ...config, "--data"], { cwd: shop });
  expect(await workspace.kubectl(name, volumes)).toBe("");
});
