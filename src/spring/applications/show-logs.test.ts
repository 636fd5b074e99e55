import { expect, test } from "vitest";
import { MANAGED_BY, selectorOf } from "../objects/plan-manifests.ts";
import { applicationScene, goneCluster } from "../../../test/scenes/application-scene.ts";
import { showLogs, type LogsRequest } from "./show-logs.ts";

const request: LogsRequest = { name: "user-service", follow: false, previous: false };

function read(scene: ReturnType<typeof applicationScene>, changes: Partial<LogsRequest> = {}) {
  const lines: string[] = [];
  const onLine = ({ pod, line }: { pod: string; line: string }) => lines.push(`${pod} ${line}`);
  const ended = showLogs({ ...request, ...changes }, onLine, scene);
  return { lines, ended };
}

test("every line is told with its pod, within the limits", async () => {
  const scene = applicationScene();
  scene.cluster.log = "one\n\ntwo\n";
  const { lines, ended } = read(scene, { sinceMs: 600_000, tail: 5, previous: true });
  await ended;
  expect(lines).toEqual(["pod-1 one", "pod-1 ", "pod-1 two"]);
  expect(scene.cluster.api.calls.at(-1)).toBe("logs pod-1 previous=true tail=5 sinceSeconds=600");
});

test("a pod that has no log says why in its place", async () => {
  const scene = applicationScene();
  scene.cluster.api.refusal = (call) =>
    call.startsWith("logs") ? "container is waiting to start\n" : undefined;
  const { lines, ended } = read(scene);
  await ended;
  expect(lines).toEqual(["pod-1 container is waiting to start"]);
});

test("without pods there is nothing to tell", async () => {
  const scene = applicationScene();
  scene.cluster.api.view = (stored) => stored;
  const { lines, ended } = read(scene);
  await ended;
  expect(lines).toEqual([]);
});

test("followed, it goes on until it is cancelled", async () => {
  const scene = applicationScene();
  scene.cluster.log = "one";
  const { lines, ended } = read(scene, { follow: true });
  while (lines.length === 0) await scene.ports.clock.sleep(10);
  scene.abort.abort(new Error("Ctrl-C"));
  await ended;
  expect(lines).toEqual(["pod-1 one"]);
});

test("an application that is not there has no log", async () => {
  const { ended } = read(applicationScene(), { name: "shop" });
  await expect(ended).rejects.toMatchObject({ code: "application-not-found" });
});

test("a cluster that does not answer is what is told", async () => {
  const { ended } = read({ ...applicationScene(), cluster: goneCluster() });
  await expect(ended).rejects.toMatchObject({ code: "cluster-request-failed" });
});

test("a job has a log like a service", async () => {
  const scene = applicationScene();
  const labels = { ...selectorOf("nightly"), ...MANAGED_BY };
  scene.cluster.put({ kind: "Job", metadata: { name: "nightly", namespace: "default", labels } });
  scene.cluster.log = "42 rows done\n";
  const { lines, ended } = read(scene, { name: "nightly" });
  await ended;
  expect(lines).toEqual(["pod-1 42 rows done"]);
});
