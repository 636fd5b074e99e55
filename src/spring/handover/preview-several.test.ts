import { expect, test } from "vitest";
import type { DependencyConfig } from "../../config/cluster-config.ts";
import { anApplication, SpringScene } from "../../../test/scenes/spring-scene.ts";
import { previewSeveral } from "./preview-several.ts";

const database: DependencyConfig = {
  name: "users-db",
  type: "postgresql",
  namespace: "default",
  storage: "1Gi",
  database: "app",
};
const settings = { rebuild: false, offline: false, runTests: false, rolloutTimeoutMs: 1000 };

test("shows what up applies for an application and what it depends on, but for passwords, and does nothing", async () => {
  const scene = new SpringScene();
  const previews = await previewSeveral(
    {
      applications: [anApplication({ dependsOn: ["users-db"] })],
      dependencies: [database, { ...database, name: "other-db" }],
      only: ["user-service"],
      settings,
    },
    { cluster: scene.cluster, ports: scene.ports, signal: scene.abort.signal },
  );
  const kinds = previews.map(({ name, objects }) => [name, objects.map(({ kind }) => kind)]);
  expect(kinds).toEqual([
    ["users-db", ["Secret", "Service", "StatefulSet"]],
    ["user-service", ["Deployment", "Service"]],
  ]);
  const password = Buffer.from("not-shown").toString("base64");
  expect(previews[0]?.objects[0]).toMatchObject({ data: { password } });
  expect(scene.cluster.exists).toBe(false);
  expect(scene.cluster.api.calls).toEqual([]);
  expect(scene.work).toEqual([]);
});
