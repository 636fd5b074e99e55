import { expect, test } from "vitest";
import { ToolError } from "../errors/tool-error.ts";
import { down, type DownResult } from "./down.ts";
import { anApplication, SpringScene } from "./testing/spring-scene.ts";

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
  expect(scene.cluster.kubectlLines.at(-1)).toContain(
    "--selector app.kubernetes.io/name=user-service,app.kubernetes.io/instance=user-service,app.kubernetes.io/managed-by=airfield",
  );
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
  scene.cluster.kubectl = () =>
    Promise.reject(new ToolError("cluster-not-found", { name: "airfield", known: [] }));
  expect((await takeDown(scene)).removed).toEqual([]);
});
