import { expect, test } from "vitest";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { HeldClock } from "../../../test/fakes/held-clock.ts";
import { clusterLabels } from "../../nodes/labels.ts";
import { homeFacts } from "./home-facts.ts";
import { HOME_DEADLINE_MS, readHome, type HomeReading } from "./read-home.ts";

function aWorld() {
  const clock = new HeldClock();
  const ports = fakePorts({ clock });
  ports.engine.images.add("node:1", {});
  const api = new FakeClusterApi();
  const labels = { "app.kubernetes.io/name": "shop", "app.kubernetes.io/managed-by": "airfield" };
  api.put({ ...{ kind: "Node", metadata: { name: "one-control-plane", uid: "n" } } });
  api.put({
    ...{ kind: "Deployment", metadata: { name: "shop", uid: "d", namespace: "default", labels } },
    ...{ spec: { replicas: 1 }, status: { readyReplicas: 1 } },
  });
  const startNode = async (cluster: string) => {
    const name = `${cluster}-control-plane`;
    await ports.engine.createContainer({
      ...{ name, hostname: name, image: "node:1", env: {}, restart: "no" },
      labels: clusterLabels(cluster, "control-plane", ""),
      network: { name: "bridge" },
    });
    await ports.engine.startContainer(name);
  };
  const read = (cluster?: string, signal = new AbortController().signal): Promise<HomeReading> =>
    readHome({ cluster }, { ports, clusterApi: () => api, signal });
  return { clock, ports, api, startNode, read };
}

test("the only cluster's facts are whole as soon as its feeds are live", async () => {
  const { clock, startNode, read } = aWorld();
  await startNode("one");
  const reading = read();
  await clock.pass(500);
  const facts = homeFacts(await reading);
  expect(facts).toMatchObject({
    clusters: [{ name: "one", state: "running", nodes: 1 }],
    cluster: "one",
    applications: [{ name: "shop", ready: 1, wanted: 1 }],
    nodes: [{ name: "one-control-plane", role: "control-plane" }],
    missing: [],
  });
});

test("of several clusters without a name there is the list alone, and with it one's facts", async () => {
  const { clock, startNode, read } = aWorld();
  await startNode("one");
  await startNode("two");
  const listed = read();
  await clock.pass(500);
  const facts = homeFacts(await listed);
  expect(facts.clusters.map(({ name }) => name)).toEqual(["one", "two"]);
  expect(facts).not.toHaveProperty("cluster");
  const named = read("two");
  await clock.pass(500);
  expect(homeFacts(await named)).toMatchObject({ cluster: "two", applications: [{}] });
});

test("a cluster that there is not is refused with those that there are", async () => {
  const { clock, startNode, read } = aWorld();
  await startNode("one");
  const refused = expect(read("none")).rejects.toMatchObject({ code: "cluster-not-found" });
  await clock.pass(500);
  await refused;
});

test("what does not come in time is named, with its reason, and all else is told", async () => {
  const { clock, api, startNode, read } = aWorld();
  await startNode("one");
  api.refusal = () => "the server is starting";
  const reading = read();
  await clock.pass(HOME_DEADLINE_MS);
  const { clusters, missing } = homeFacts(await reading);
  expect(clusters).toHaveLength(1);
  expect(missing.length).toBeGreaterThan(3);
  expect(missing).toContain("Pod: the server is starting");
});

test("a cluster that is stopped is not waited for", async () => {
  const { clock, ports, startNode, read } = aWorld();
  await startNode("one");
  await ports.engine.stopContainer("one-control-plane");
  const reading = read();
  await clock.pass(500);
  expect(homeFacts(await reading)).toMatchObject({
    clusters: [{ state: "stopped" }],
    missing: [],
  });
});

test("a cancelled reading ends with its reason", async () => {
  const { read } = aWorld();
  const abort = new AbortController();
  const reading = expect(read(undefined, abort.signal)).rejects.toThrow("told to end");
  abort.abort(new Error("told to end"));
  await reading;
});
