import { expect, test } from "vitest";
import { parse } from "yaml";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { anApplication, SpringScene } from "../../../test/scenes/spring-scene.ts";
import { readUserKustomization } from "./user-kustomization.ts";

const read = (text: string, folder?: string) =>
  readUserKustomization(
    { projectDir: "/app", folder },
    new FakeFiles({ [`${folder ?? "/app/k8s"}/kustomization.yaml`]: text }),
  );

test.each([
  ["patches: [{path: p.yaml}]", true],
  ["resources: [airfield.yaml, hpa.yaml]", true],
  ["resources: [deployment.yaml]", false],
  ["a: [", false],
])("beside a project, a kustomization with %s is meant for Airfield: %s", async (text, isMeant) => {
  expect((await read(text)) !== undefined).toBe(isMeant);
});

test("puts Airfield's objects before the resources of a folder that the config names", async () => {
  const found = await read("resources: [hpa.yaml]\nnamePrefix: x-", "/patches");
  expect(parse(found?.files["kustomization.yaml"] ?? "")).toEqual({
    resources: ["airfield.yaml", "hpa.yaml"],
    namePrefix: "x-",
  });
});

test("refuses a folder without a kustomization when the config names it", async () => {
  await expect(
    readUserKustomization({ projectDir: "/app", folder: "/none" }, new FakeFiles({})),
  ).rejects.toMatchObject({ code: "kustomization-missing" });
});

const patched = {
  "/app/k8s/kustomization.yaml": "patches: [{path: p.yaml}]",
  "/app/k8s/p.yaml": "x",
};
const addition = "---\nkind: Role\napiVersion: rbac/v1\nmetadata: {name: more}\n";

test("applies what kustomize makes of the objects, additions among the application's own", async () => {
  const scene = new SpringScene(patched);
  scene.cluster.kustomized = (files) => {
    expect(Object.keys(files).toSorted()).toEqual([
      "airfield.yaml",
      "kustomization.yaml",
      "p.yaml",
    ]);
    const objects = (files["airfield.yaml"] ?? "").replace(
      '"spec":{"rev',
      '"spec":{"replicas":5,"rev',
    );
    return { exitCode: 0, stdout: objects + addition, stderr: "" };
  };
  const application = anApplication({ namespace: "shop" });
  expect(await scene.up({ application })).toMatchObject({ changed: true });
  expect(scene.cluster.get("Deployment", "user-service")?.["spec"]).toMatchObject({ replicas: 5 });
  expect(scene.cluster.get("Role", "more")?.metadata).toMatchObject({
    namespace: "shop",
    labels: {
      "app.kubernetes.io/name": "user-service",
      "app.kubernetes.io/managed-by": "airfield",
    },
  });
  expect(await scene.up({ application })).toMatchObject({ changed: false });
});

test("a kustomization that does not work shows kustomize's words and changes nothing", async () => {
  const scene = new SpringScene(patched);
  const reason = 'no "p.yaml"';
  const stderr = 'E1121 13:25:02 2410 run.go:72] "command failed" err="no \\"p.yaml\\""\n';
  scene.cluster.kustomized = () => ({ exitCode: 1, stdout: "", stderr });
  await expect(scene.up()).rejects.toMatchObject({
    code: "kustomization-failed",
    facts: { reason },
  });
  expect(scene.cluster.changes).toEqual([]);
});

test("a kustomization may not rename what the application is found by", async () => {
  const scene = new SpringScene(patched);
  scene.cluster.kustomized = (files) => ({
    exitCode: 0,
    stdout: (files["airfield.yaml"] ?? "").replaceAll('"name":"user-service"', '"name":"x"'),
    stderr: "",
  });
  await expect(scene.up()).rejects.toMatchObject({ code: "kustomization-loses-object" });
});
