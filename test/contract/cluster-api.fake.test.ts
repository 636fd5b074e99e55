import { describe } from "vitest";
import { FakeClusterApi } from "../fakes/fake-cluster-api.ts";
import { clusterApiContract } from "./cluster-api.contract.ts";

describe("the fake cluster API", () => {
  clusterApiContract(() => {
    const api = new FakeClusterApi();
    const pod = { name: "shop-1", namespace: "default", port: 8080 };
    api.put({ apiVersion: "v1", kind: "Pod", metadata: { name: pod.name } });
    api.put({ kind: "Node", metadata: { name: "node" } });
    const used = { cpu: { usageNanoCores: 1 }, memory: { workingSetBytes: 1 } };
    api.summaries.set("node", { node: used, pods: [{ podRef: { uid: "uid" }, ...used }] });
    api.setLog(pod.name, ["one", "two", "three"]);
    // As the controller of Deployments would: nothing of theirs runs, so those without pods are complete.
    api.view = (stored) =>
      stored.map((object) => {
        if (object.kind !== "Deployment") return object;
        const { generation = 0 } = object.metadata ?? {};
        return { ...object, status: { observedGeneration: generation } };
      });
    api.onExec = (_, command, stdin) =>
      command.at(-1) === "echo $0"
        ? { stdout: "sh\n" }
        : { exitCode: 3, stdout: `got ${stdin}`, stderr: "bad\n" };
    api.onRequest = (_, __, { path }) =>
      path === "/ok" ? { status: 200, body: "ok" } : { status: 404, body: "" };
    const namespace = "contract";
    return Promise.resolve({ api, namespace, pod, path: "/ok", cleanUp: () => Promise.resolve() });
  });
});
