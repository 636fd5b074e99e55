import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { expandAsKubernetes, hostileValues } from "../../../test/fakes/spring/hostile-values.ts";
import { anApplication, SpringScene } from "../../../test/scenes/spring-scene.ts";
import { exportApplication, type ExportRequest } from "./export-application.ts";
import { planChart } from "./plan-chart.ts";
import { planKustomize } from "./plan-kustomize.ts";
import { aPortableApplication } from "../../../test/fakes/spring/a-portable-application.ts";
import { previewApplication } from "./preview-application.ts";

const upRequest = (changes = {}) => ({
  application: anApplication(changes),
  ...{ rebuild: false, offline: true, runTests: false, dependencies: [], rolloutTimeoutMs: 0 },
});

function environmentOf({ cluster, ports, abort }: SpringScene) {
  return { cluster, ports, signal: abort.signal };
}

async function exportTo(scene: SpringScene, changes: Partial<ExportRequest> = {}) {
  const request: ExportRequest = {
    applications: [upRequest({ env: { GREETING: "{{ hello }}" } })],
    form: "manifests",
    chartName: "airfield",
    images: {},
    outputDir: "/out",
    force: false,
    ...changes,
  };
  return exportApplication(request, environmentOf(scene));
}

const textAt = async (scene: SpringScene, path: string) =>
  (await scene.ports.files.readText(`/out/${path}`)) ?? "";

test("a preview is what up applies, and does nothing", async () => {
  const scene = new SpringScene();
  const preview = await previewApplication(upRequest(), environmentOf(scene));
  expect(scene.work).toEqual([]);
  expect(scene.cluster.calls).toEqual([]);
  expect(preview.objects.map(({ kind }) => kind)).toEqual(["Deployment", "Service"]);

  await scene.up({ application: anApplication() });
  const after = await previewApplication(upRequest(), environmentOf(scene));
  for (const object of after.objects) {
    const applied = scene.cluster.get(object.kind, "user-service");
    expect(applied?.metadata.annotations).toMatchObject(object.metadata.annotations ?? {});
    // The number of pods is the server's default.
    const defaults = object.kind === "Deployment" ? { replicas: 1 } : {};
    expect(applied?.["spec"]).toEqual({ ...defaults, ...object.spec });
  }
});

test("the base holds the objects of up for any cluster, and the overlays build on it", async () => {
  const scene = new SpringScene();
  const { files } = await exportTo(scene);
  expect(files).toEqual([
    "base/kustomization.yaml",
    "base/user-service-deployment.yaml",
    "base/user-service-service.yaml",
    "overlays/local/kustomization.yaml",
    "overlays/production/kustomization.yaml",
    "overlays/production/user-service-ingress.yaml",
    "overlays/production/user-service-resources.yaml",
    "README.md",
  ]);
  const deployment = await textAt(scene, "base/user-service-deployment.yaml");
  expect(deployment).not.toMatch(/airfield|namespace/);
  expect(deployment).toContain("image: user-service\n");
  expect(parse(await textAt(scene, "base/user-service-service.yaml"))).toMatchObject({
    spec: { type: "ClusterIP" },
  });
  expect(parse(await textAt(scene, "overlays/local/kustomization.yaml"))).toMatchObject({
    resources: ["../../base"],
    images: [{ name: "user-service", newName: "airfield.internal/user-service" }],
  });
  expect(parse(await textAt(scene, "overlays/production/kustomization.yaml"))).toMatchObject({
    images: [
      { name: "user-service", newName: "registry.example.com/user-service", newTag: "1.0.0" },
    ],
    replicas: [{ name: "user-service", count: 2 }],
  });
});

test("takes the image that production pulls, by tag or by digest", async () => {
  const scene = new SpringScene();
  await exportTo(scene, { images: { "": "localhost:5000/shop/users@sha256:1" } });
  expect(parse(await textAt(scene, "overlays/production/kustomization.yaml"))).toMatchObject({
    images: [{ newName: "localhost:5000/shop/users", digest: "sha256:1" }],
  });
  await expect(exportTo(scene, { images: { other: "x" }, force: true })).rejects.toMatchObject({
    code: "invalid-flag",
  });
});

test("writes over nothing unless told to", async () => {
  const scene = new SpringScene();
  scene.ports.files.put("/out/mine.txt", "mine");
  await expect(exportTo(scene)).rejects.toMatchObject({
    code: "output-folder-taken",
    facts: { files: "mine.txt" },
  });
  await exportTo(scene, { force: true });
  expect(await textAt(scene, "mine.txt")).toBe("mine");
});

test("a chart has values where installations differ", async () => {
  const scene = new SpringScene();
  await exportTo(scene, { form: "chart" });
  expect(parse(await textAt(scene, "Chart.yaml"))).toMatchObject({
    name: "user-service",
    version: "1.0.0",
    appVersion: "1.0.0",
  });
  const values = parse(await textAt(scene, "values.yaml")) as Record<string, unknown>;
  expect(values).toMatchObject({
    replicas: 1,
    image: { repository: "registry.example.com/user-service", tag: "1.0.0" },
    env: { GREETING: "{{ hello }}" },
    service: { type: "ClusterIP", port: 80 },
  });
  const schema = JSON.parse(await textAt(scene, "values.schema.json")) as {
    properties: Record<string, unknown>;
  };
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(values)));
  const deployment = await textAt(scene, "templates/user-service-deployment.yaml");
  expect(deployment).toContain("replicas: {{ $app.replicas }}");
  expect(deployment).not.toContain("GREETING");
});

test("hands over no secret's value", () => {
  const application = aPortableApplication();
  const files = [
    ...planKustomize([application], { images: {}, dependencies: [] }),
    ...planChart([application], { name: "shop", images: {}, dependencies: [] }),
  ];
  expect(files.map(({ text }) => text).join("")).not.toContain("s3cret");
  const textOf = (path: string) => files.find((file) => file.path === path)?.text;
  expect(textOf("overlays/local/shop.env")).toContain("password=CHANGE_ME");
  expect(parse(textOf("overlays/production/kustomization.yaml") ?? "")).toMatchObject({
    secretGenerator: [{ name: "shop", envs: ["shop.env"] }],
  });
  expect(parse(textOf("values.yaml") ?? "")).toMatchObject({
    secrets: { shop: { password: "CHANGE_ME" } },
    env: { A: "1" },
  });
  expect(textOf("templates/shop-deployment.yaml")).toContain("- name: B\n");
  expect(textOf("templates/shop-role-binding.yaml")).toContain(
    "namespace: {{ $.Release.Namespace }}",
  );
});

test.each<[string | undefined, string]>([
  ["1.0.0", "1.0.0"],
  ["1.0.0-SNAPSHOT", "1.0.0-SNAPSHOT"],
  ["1.2.3-rc.1", "1.2.3-rc.1"],
  ["1.2.3-0a1", "1.2.3-0a1"],
  ["1.2.3-0", "1.2.3-0"],
  ["1.2.3+build.007", "1.2.3+build.007"],
  ["1.2.3-rc.1+20240115.ab12", "1.2.3-rc.1+20240115.ab12"],
  // Numbers with leading zeros are no SemVer.
  ["1.2.3-01", "0.1.0"],
  ["1.2.3-rc.01", "0.1.0"],
  ["2024.01.15", "0.1.0"],
  ["01.2.3", "0.1.0"],
  // What Maven and Gradle take, and Helm does not.
  ["1.0", "0.1.0"],
  ["1", "0.1.0"],
  ["1.2.3.RELEASE", "0.1.0"],
  ["1.2.3.4", "0.1.0"],
  ["v1.2.3", "0.1.0"],
  ["1.2.3_1", "0.1.0"],
  ["1.2.3-", "0.1.0"],
  ["1.2.3-a..b", "0.1.0"],
  ["1.2.3+", "0.1.0"],
  ["1.2.3\n", "0.1.0"],
  ["1.2.${minor}", "0.1.0"],
  ["20240115123045123456.0.0", "0.1.0"],
  [`1.2.3-${"x".repeat(300)}`, "0.1.0"],
  ["unspecified", "0.1.0"],
  [undefined, "0.1.0"],
])("a chart of version %j has the version %s, which Helm takes", (version, expected) => {
  const application = aPortableApplication({ version });
  const files = planChart([application], { name: "shop", images: {}, dependencies: [] });
  const chart = files.find(({ path }) => path === "Chart.yaml")?.text ?? "";
  expect(parse(chart)).toMatchObject({ version: expected });
  expect((parse(chart) as { appVersion?: unknown }).appVersion).toBe(version);
});

test.each<[string | undefined, string]>([
  ["1.0.0-SNAPSHOT", "1.0.0-SNAPSHOT"],
  ["1.0.0+5", "1.0.0_5"],
  ["1.0 beta", "1.0_beta"],
  ["-1", "latest"],
  ["x".repeat(129), "latest"],
  [undefined, "latest"],
])("the placeholder of an image of version %j has the tag %s", (version, tag) => {
  const application = aPortableApplication({ version });
  const files = planChart([application], { name: "shop", images: {}, dependencies: [] });
  const values = files.find(({ path }) => path === "values.yaml")?.text ?? "";
  expect(parse(values)).toMatchObject({ image: { tag } });
});

test("keeps annotations that are not Airfield's", () => {
  expect(aPortableApplication().objects[0]?.spec?.["template"]).toMatchObject({
    metadata: { annotations: { own: "kept" } },
  });
});

test("several applications in several namespaces keep them; in one, it is the overlay's to say", () => {
  const kustomize = (second: string) =>
    planKustomize(
      [aPortableApplication({ name: "a" }), aPortableApplication({ name: "b", namespace: second })],
      { images: {}, dependencies: [] },
    );
  const textOf = (files: ReturnType<typeof kustomize>, path: string) =>
    files.find((file) => file.path === path)?.text ?? "";
  const several = kustomize("shop");
  expect(parse(textOf(several, "base/b-deployment.yaml"))).toMatchObject({
    metadata: { namespace: "shop" },
  });
  expect(parse(textOf(several, "overlays/local/kustomization.yaml"))).not.toHaveProperty(
    "namespace",
  );
  expect(parseAllDocuments(textOf(several, "overlays/local/namespaces.yaml"))).toHaveLength(1);
  const one = kustomize("default");
  expect(textOf(one, "base/b-deployment.yaml")).not.toContain("namespace");
});

test("a chart of several applications keeps the values of each apart", () => {
  const files = planChart(
    [aPortableApplication({ name: "a" }), aPortableApplication({ name: "b" })],
    {
      name: "shop",
      images: {},
      dependencies: [],
    },
  );
  const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? "";
  expect(parse(textOf("values.yaml"))).toMatchObject({ applications: { a: {}, b: {} } });
  expect(textOf("templates/b-deployment.yaml")).toContain('index .Values.applications "b"');
});

test("what an application depends on runs in the local overlay, and is the user's own in production", async () => {
  const scene = new SpringScene();
  const database = {
    ...({ name: "orders-db", type: "postgresql", namespace: "default" } as const),
    ...{ storage: "1Gi", database: "orders" },
  };
  const applications = [{ ...upRequest({ dependsOn: ["orders-db"] }), dependencies: [database] }];
  await exportTo(scene, { applications });
  const local = parse(await textAt(scene, "overlays/local/kustomization.yaml")) as object;
  expect(local).toMatchObject({
    resources: [
      "../../base",
      ...["orders-db-secret.yaml", "orders-db-service.yaml", "orders-db-stateful-set.yaml"],
    ],
  });
  const set = await textAt(scene, "overlays/local/orders-db-stateful-set.yaml");
  expect(set).toContain("image: docker.io/library/postgresql:1");
  expect(set).not.toContain("airfield.dev/");
  expect(await textAt(scene, "overlays/production/orders-db-service.yaml")).toContain(
    "externalName: orders-db.example.com",
  );
  expect(await textAt(scene, "overlays/production/orders-db.env")).toContain(
    "type=postgresql\nhost=orders-db\nport=5432\nusername=app\npassword=CHANGE_ME\ndatabase=orders\n",
  );
  await exportTo(scene, { applications, form: "chart", outputDir: "/chart" });
  const values = parse((await scene.ports.files.readText("/chart/values.yaml")) ?? "") as object;
  expect(values).toMatchObject({
    dependencies: {
      "orders-db": { host: "orders-db.example.com", binding: { password: "CHANGE_ME" } },
    },
  });
});

const hostileEnv = Object.fromEntries(hostileValues.map((value, at) => [`V${at}`, value]));
/** As kubectl, kustomize and Helm read YAML: 1.1, where `ON` is no text. */
const parseAsGo = (text: string): unknown => parse(text, { version: "1.1" });

test("values reach the application as given, by the exported manifests", async () => {
  const scene = new SpringScene();
  await exportTo(scene, { applications: [upRequest({ env: hostileEnv })] });
  const text = await textAt(scene, "base/user-service-deployment.yaml");
  const { spec } = parseAsGo(text) as {
    spec: { template: { spec: { containers: [{ env: { name: string; value: string }[] }] } } };
  };
  const inPod = spec.template.spec.containers[0].env.map(({ name, value }) => [
    name,
    expandAsKubernetes(value, hostileEnv),
  ]);
  expect(Object.fromEntries(inPod)).toMatchObject(hostileEnv);
});

test("values of a chart are as given, and its template escapes what Kubernetes would expand", async () => {
  const scene = new SpringScene();
  await exportTo(scene, {
    applications: [upRequest({ env: hostileEnv })],
    form: "chart",
  });
  expect(parseAsGo(await textAt(scene, "values.yaml"))).toMatchObject({ env: hostileEnv });
  expect(await textAt(scene, "templates/user-service-deployment.yaml")).toContain(
    'value: {{ $value | toString | replace "$" "$$" | quote }}\n',
  );
});

test("a reference to another variable, from the user's own kustomization, stays one in a chart", () => {
  const application = aPortableApplication();
  const withReference = JSON.parse(
    JSON.stringify(application).replace(
      '{"name":"B","valueFrom":{}}',
      '{"name":"B","value":"$(A)"}',
    ),
  ) as typeof application;
  const files = planChart([withReference], { name: "shop", images: {}, dependencies: [] });
  const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? "";
  expect(parse(textOf("values.yaml"))).toMatchObject({ env: { A: "1" } });
  expect(textOf("values.yaml")).not.toContain("$(A)");
  expect(textOf("templates/shop-deployment.yaml")).toContain(
    "- name: B\n              value: $(A)\n",
  );
});

test("a job is handed over as one: Helm makes it anew each time, Kustomize does not scale it", async () => {
  const scene = new SpringScene();
  const applications = [upRequest({ run: "job" })];
  const { files } = await exportTo(scene, { applications });
  expect(files).not.toContainEqual(expect.stringMatching(/service.yaml|deployment|ingress/));
  expect(files).toContain("base/user-service-job.yaml");
  const production = parse(await textAt(scene, "overlays/production/kustomization.yaml")) as object;
  expect(production).not.toHaveProperty("replicas");
  expect(production).toMatchObject({ patches: [{ path: "user-service-resources.yaml" }] });
  expect(await textAt(scene, "README.md")).toContain("kubectl delete job/user-service");

  await exportTo(scene, { applications, form: "chart", outputDir: "/chart" });
  const chartText = async (path: string) =>
    (await scene.ports.files.readText(`/chart/${path}`)) ?? "";
  const job = await chartText("templates/user-service-job.yaml");
  expect(job).toContain("helm.sh/hook: post-install,post-upgrade\n");
  expect(job).toContain('include "airfield.image"');
  expect(job).not.toContain("replicas");
  expect(parse(await chartText("values.yaml"))).not.toHaveProperty("replicas");
  const schema = JSON.parse(await chartText("values.schema.json")) as { required: string[] };
  expect(schema.required).toEqual(["image", "env", "resources"]);
  expect(await chartText("templates/NOTES.txt")).toContain("job/user-service");
});
