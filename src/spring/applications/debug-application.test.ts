import { expect, test } from "vitest";
import { ToolError } from "../../errors/tool-error.ts";
import { applicationScene, goneCluster } from "../../../test/scenes/application-scene.ts";
import { debugApplication, stopDebugging, type DebugRequest } from "./debug-application.ts";

const request: DebugRequest = {
  ...{ name: "user-service", hostPort: 5005, suspend: false, timeoutMs: 10_000 },
};

function templateOf({ cluster }: ReturnType<typeof applicationScene>): string {
  return JSON.stringify(cluster.get("Deployment", "user-service")?.["spec"]);
}

test("one pod runs with a debugger's port that is published, and its probes may fail", async () => {
  const scene = applicationScene();
  expect(await debugApplication(request, scene)).toMatchObject({
    ...{ name: "user-service", namespace: "default", address: "127.0.0.1:8080", pod: "pod-1" },
  });
  expect(scene.cluster.api.calls).toContain("patch Deployment/user-service");
  const spec = templateOf(scene);
  expect(spec).toContain("-Xmx1g -agentlib:jdwp=transport=dt_socket,server=y,suspend=n");
  expect(spec).toContain('"replicas":1');
  expect(spec).toContain('"readinessProbe":{"failureThreshold":10000}');
  expect(spec).not.toContain("livenessProbe");
  expect(scene.cluster.published.get("default/user-service-debug")).toMatchObject({
    hostPort: 5005,
  });
});

test("stopped, it is as it was before, and the port is gone", async () => {
  const scene = applicationScene();
  const before = templateOf(scene);
  await debugApplication(request, scene);
  expect(await stopDebugging(scene.cluster, request)).toBe(true);
  expect(templateOf(scene)).toBe(before);
  expect(scene.cluster.published.size).toBe(0);
  expect(await stopDebugging(scene.cluster, request)).toBe(false);
});

test("debugged twice, it still knows how it was before", async () => {
  const scene = applicationScene();
  const before = templateOf(scene);
  await debugApplication(request, scene);
  await debugApplication({ ...request, suspend: true }, scene);
  expect(templateOf(scene)).toContain("suspend=y");
  await stopDebugging(scene.cluster, request);
  expect(templateOf(scene)).toBe(before);
});

test("what does not start with the port goes back, and its log is told", async () => {
  const scene = applicationScene();
  const before = templateOf(scene);
  scene.cluster.outcome = (deployment) =>
    JSON.stringify(deployment).includes("jdwp") ? "crash" : "ready";
  scene.cluster.log = "ERROR: transport error 202: bind failed";
  const failure = debugApplication(request, scene);
  await expect(failure).rejects.toMatchObject({ code: "debug-not-started" });
  await expect(failure).rejects.toThrow("bind failed");
  expect(templateOf(scene)).toBe(before);
  expect(scene.cluster.published.size).toBe(0);
});

test("what the kubelet says of a container that is gone is not taken for its log", async () => {
  const scene = applicationScene();
  scene.cluster.outcome = (deployment) =>
    JSON.stringify(deployment).includes("jdwp") ? "crash" : "ready";
  const gone = "unable to retrieve container logs for containerd://2f1c9d";
  scene.cluster.api.setLog("pod-1", ["ERROR: transport error 202: bind failed"], [gone]);
  await expect(debugApplication(request, scene)).rejects.toThrow("bind failed");
});

test("what is not ready in time goes back", async () => {
  const scene = applicationScene();
  const before = templateOf(scene);
  scene.cluster.outcome = (deployment) =>
    JSON.stringify(deployment).includes("jdwp") ? "pending" : "ready";
  const failure = debugApplication(request, scene);
  await expect(failure).rejects.toMatchObject({ code: "debug-not-started" });
  expect(templateOf(scene)).toBe(before);
});

test("a port that is taken restarts nothing", async () => {
  const scene = applicationScene();
  const before = templateOf(scene);
  const taken = new ToolError("port-taken", { port: 5005, owner: "web" });
  scene.cluster.publishPort = () => Promise.reject(taken);
  await expect(debugApplication(request, scene)).rejects.toBe(taken);
  expect(templateOf(scene)).toBe(before);
  expect(scene.cluster.api.calls).not.toContain("patch Deployment/user-service");
});

test("cancelled while it starts, it goes back", async () => {
  const scene = applicationScene();
  const before = templateOf(scene);
  scene.cluster.outcome = (deployment) => {
    if (!JSON.stringify(deployment).includes("jdwp")) return "ready";
    scene.abort.abort(new ToolError("cancelled", { what: "debug" }));
    return "pending";
  };
  await expect(debugApplication(request, scene)).rejects.toMatchObject({ code: "cancelled" });
  expect(templateOf(scene)).toBe(before);
});

test("an application that is not there is told with those that are", async () => {
  const scene = applicationScene();
  const failure = debugApplication({ ...request, name: "shop" }, scene);
  await expect(failure).rejects.toMatchObject({ code: "application-not-found" });
  await expect(failure).rejects.toMatchObject({ hint: expect.stringContaining("user-service") });
});

test("a cluster that does not answer is what is told", async () => {
  const { ports, signal } = applicationScene();
  const failure = debugApplication(request, { cluster: goneCluster(), ports, signal });
  await expect(failure).rejects.toMatchObject({ code: "cluster-request-failed" });
});
