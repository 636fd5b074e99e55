import { expect, test } from "vitest";
import { ToolError } from "../../errors/tool-error.ts";
import { down, type DownResult } from "./down.ts";
import { anApplication, SpringScene } from "../../../test/scenes/spring-scene.ts";

function takeDown(scene: SpringScene, name?: string): Promise<DownResult> {
  const { cluster, ports, abort } = scene;
  const application = anApplication(name === undefined ? {} : { name, path: "/gone" });
  return down({ application }, { cluster, ports, signal: abort.signal });
}

test("removes what up made", async () => {
  const scene = new SpringScene();
  await scene.up();
  expect(await takeDown(scene)).toEqual({
    name: "user-service",
    namespace: "default",
    removed: ["port of user-service", "deployment/user-service", "service/user-service"],
  });
  expect(scene.cluster.published.size).toBe(0);
});

test("leaves alone what has its name and is not Airfield's", async () => {
  const scene = new SpringScene();
  await scene.up();
  const labels = { "app.kubernetes.io/name": "user-service" };
  scene.cluster.put({ kind: "ConfigMap", metadata: { name: "user-service", labels } });
  await takeDown(scene);
  expect(scene.cluster.get("ConfigMap", "user-service")).toBeDefined();
});

test("warns of an application that had to be killed", async () => {
  const scene = new SpringScene();
  await scene.up();
  scene.cluster.onDelete = () => {
    scene.ports.clock.advance(40_000);
  };
  await takeDown(scene);
  expect(scene.ports.reporter.of("warning")).toMatchObject([
    { code: "application-killed", message: expect.stringContaining("within 40 s") as string },
  ]);
});

test("removes what the user's kustomization added, of whatever kind", async () => {
  const scene = new SpringScene({
    "/app/k8s/kustomization.yaml": "resources: [scaler.yaml, airfield.yaml]",
  });
  scene.cluster.api.namespaces.add("other");
  scene.cluster.kustomized = (files) => ({
    exitCode: 0,
    stdout: `${files["airfield.yaml"] ?? ""}---
{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "scaler"}}
---
{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "few", "namespace": "other"}}
---
{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}
`,
    stderr: "",
  });
  await scene.up();
  await takeDown(scene);
  expect(scene.cluster.objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
    "PersistentVolumeClaim/data",
  ]);
});

test("may be repeated", async () => {
  const scene = new SpringScene();
  await scene.up();
  await takeDown(scene);
  expect((await takeDown(scene)).removed).toEqual([]);
});

test("with a name it needs no folder", async () => {
  const scene = new SpringScene();
  await scene.up();
  expect((await takeDown(scene, "user-service")).removed).toHaveLength(3);
});

test("is content when there is no cluster", async () => {
  const scene = new SpringScene();
  scene.cluster.api.onCall = () => {
    throw new ToolError("cluster-not-found", { name: "airfield", known: [] });
  };
  expect((await takeDown(scene)).removed).toEqual([]);
});
