import { expect, test } from "vitest";
import { applicationScene, goneCluster } from "../../../test/scenes/application-scene.ts";
import { execInApplication } from "./exec-in-application.ts";

const request = { name: "user-service", command: ["sh", "-c", "exit 3"], hasTerminal: false };

test("the command runs in a pod and its exit code comes back", async () => {
  const { cluster, signal } = applicationScene();
  expect(await execInApplication(request, { cluster, signal })).toBe(3);
  expect(cluster.api.calls.at(-1)).toBe("attach Deployment/user-service sh -c exit 3");
});

test("a terminal is handed on", async () => {
  const { cluster, signal } = applicationScene();
  await execInApplication({ ...request, hasTerminal: true }, { cluster, signal });
  expect(cluster.api.calls.at(-1)).toContain("with a terminal");
});

test("nothing is run for an application that is not there, or in another namespace", async () => {
  const { cluster, signal } = applicationScene();
  for (const of of [{ name: "shop" }, { namespace: "other" }]) {
    const failure = execInApplication({ ...request, ...of }, { cluster, signal });
    await expect(failure).rejects.toMatchObject({ code: "application-not-found" });
  }
  expect(cluster.api.calls.filter((call) => call.startsWith("attach"))).toEqual([]);
});

test("cancelled before it begins, it runs nothing", async () => {
  const { cluster, abort } = applicationScene();
  abort.abort(new Error("Ctrl-C"));
  const { signal } = abort;
  await expect(execInApplication(request, { cluster, signal })).rejects.toThrow("Ctrl-C");
  expect(cluster.api.calls.filter((call) => call.startsWith("attach"))).toEqual([]);
});

test("a cluster that does not answer is what is told", async () => {
  const { signal } = applicationScene();
  const failure = execInApplication(request, { cluster: goneCluster(), signal });
  await expect(failure).rejects.toMatchObject({ code: "cluster-request-failed" });
});
