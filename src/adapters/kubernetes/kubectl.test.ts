import { expect, test } from "vitest";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { clusterApis } from "./cluster-apis.ts";

const managedFields = [
  { manager: "kubectl-client-side-apply", operation: "Update", apiVersion: "v1" },
];
const live = {
  ...{ apiVersion: "v1", kind: "Service" },
  metadata: { name: "shop", namespace: "a", resourceVersion: "7", managedFields },
};
const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "shop", namespace: "a" },
} as const;

function sceneOf(...applies: readonly { readonly exitCode?: number; readonly stdout?: string }[]) {
  const ports = fakePorts();
  const answers = [...applies];
  ports.commands.on((command) => {
    const verb = command[5];
    if (verb === "apply") return answers.shift();
    return verb === "get" ? { stdout: JSON.stringify(live) } : {};
  });
  const api = clusterApis(ports).ofContext({ context: "prod", kubeconfigPath: "/kube" });
  return { api, verbs: () => ports.commands.lines.map((line) => line.split(" ")[5]) };
}

test("a former client-side apply becomes ours, and the apply is made again", async () => {
  const { api, verbs } = sceneOf({ stdout: JSON.stringify(live) }, {});
  await api.apply([service]);
  expect(verbs()).toEqual(["apply", "patch", "apply"]);
});

test("where both together are not valid, it becomes ours first", async () => {
  const { api, verbs } = sceneOf({ exitCode: 1 }, { stdout: "" });
  await api.apply([service]);
  expect(verbs()).toEqual(["apply", "get", "patch", "apply"]);
});

test("what is applied on the server's side already takes one kubectl", async () => {
  const ours = { ...live, metadata: { ...live.metadata, managedFields: [] } };
  const { api, verbs } = sceneOf({ stdout: JSON.stringify(ours) });
  await api.apply([service]);
  expect(verbs()).toEqual(["apply"]);
});

test("without kubectl on this machine that is what is told", async () => {
  const api = clusterApis(fakePorts()).ofContext({ context: "prod", kubeconfigPath: undefined });
  await expect(api.checkReady()).rejects.toMatchObject({ code: "kubectl-missing" });
});
