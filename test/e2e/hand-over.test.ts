import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { leftoversOf, root, Workspace } from "./airfield.ts";

/** A Maven build with one application among its modules, brought up and handed over; at last with a second one. */
let workspace: Workspace;
let name: string;
let project: string;
let image: string;

const aggregator = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.airfield.example</groupId><artifactId>shop</artifactId><version>1</version>
  <packaging>pom</packaging>
  <modules><module>library</module><module>user-service</module></modules>
</project>`;
const library = `<project>
  <modelVersion>4.0.0</modelVersion>
  <parent><groupId>dev.airfield.example</groupId><artifactId>shop</artifactId><version>1</version></parent>
  <artifactId>library</artifactId><packaging>pom</packaging>
</project>`;

beforeAll(async () => {
  workspace = await Workspace.create({
    PATH: `${join(root, ".tools/bin")}:${process.env["PATH"] ?? ""}`,
  });
  name = workspace.clusterName("handover");
  project = join(workspace.folder, "shop");
  await mkdir(join(project, "library"), { recursive: true });
  await writeFile(join(project, "pom.xml"), aggregator);
  await writeFile(join(project, "library/pom.xml"), library);
  await cp(join(root, "examples/user-service"), join(project, "user-service"), {
    recursive: true,
    filter: (source) => !source.includes("/target"),
  });
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

function host(program: string, args: readonly string[]): Promise<string> {
  return workspace.host(program, args);
}

/** Asked through the API server: nothing has to be published. */
async function userOf(namespace: string): Promise<unknown> {
  const path = `/api/v1/namespaces/${namespace}/services/user-service:80/proxy/user/1`;
  return JSON.parse(await host("kubectl", ["get", "--raw", path]));
}

test("--dry-run needs no cluster, changes nothing, and prints what up then applies", async () => {
  const before = await workspace.succeeds(["up", project, "--name", name, "--dry-run"]);
  expect(before.stdout).toContain("kind: Deployment");
  expect(await leftoversOf(name)).toEqual([]);

  const ran = await workspace.succeeds(["up", project, "--name", name, "-o", "json"]);
  image = (JSON.parse(ran.stdout) as { image: string }[])[0]?.image ?? "";
  const after = await workspace.succeeds(["up", project, "--name", name, "--dry-run"]);
  const generation = () =>
    workspace.kubectl(name, [
      "get",
      "deploy/user-service",
      "-o",
      "jsonpath={.metadata.generation}",
    ]);
  const rolledOut = await generation();
  // Another manager's apply is refused where a value differs, and counts up the generation where one is added.
  const other = ["apply", "--server-side", "--field-manager=reader", "-f", "-"];
  const applied = await workspace.kubectl(name, other, after.stdout);
  expect(applied.trim().split("\n").toSorted()).toEqual([
    "deployment.apps/user-service serverside-applied",
    "service/user-service serverside-applied",
  ]);
  expect(await generation()).toBe(rolledOut);
});

test("kubectl apply -k takes both overlays; that of production answers in a namespace of its own", async () => {
  const out = join(workspace.folder, "manifests");
  await workspace.succeeds([
    ...["export", "manifests", project, "--name", name],
    ...["--output-dir", out, "--image", image],
  ]);
  const production = join(out, "overlays/production");
  const kustomization = join(production, "kustomization.yaml");
  const text = await readFile(kustomization, "utf8");
  // One pod is enough for a proof, and the machine is small.
  await writeFile(kustomization, `${text.replace("count: 2", "count: 1")}namespace: production\n`);
  await host("kubectl", ["create", "namespace", "production"]);
  await host("kubectl", ["apply", "-k", production]);
  await host("kubectl", [
    ...["rollout", "status", "deployment/user-service"],
    ...["--namespace", "production", "--timeout=180s"],
  ]);
  expect(await userOf("production")).toMatchObject({ id: 1 });
  // Not really: it would take what `up` runs out of Airfield's hands.
  const local = await host("kubectl", [
    ...["apply", "--dry-run=server", "-k", join(out, "overlays/local")],
  ]);
  expect(local).toMatch(/deployment.apps\/user-service/);
  await host("kubectl", ["delete", "namespace", "production", "--wait=false"]);
});

test("the real helm lints, installs, upgrades and removes the chart", async () => {
  const out = join(workspace.folder, "chart");
  await workspace.succeeds([
    ...["export", "chart", project, "--name", name],
    ...["--output-dir", out, "--image", image],
  ]);
  await host("helm", ["lint", "--strict", out]);
  const release = ["users", out, "--namespace", "charts", "--wait", "--timeout", "180s"];
  const installed = await host("helm", ["install", ...release, "--create-namespace"]);
  expect(installed).toContain("kubectl port-forward -n charts service/user-service");
  expect(await userOf("charts")).toMatchObject({ id: 1 });
  await host("helm", [
    ...["upgrade", ...release, "--set", "ingress.enabled=true"],
    ...["--set", "ingress.host=users.test", "--set", "env.GREETING=hello"],
  ]);
  const hostOf = ["get", "ingress", "user-service", "-n", "charts"];
  expect(await host("kubectl", [...hostOf, "-o", "jsonpath={.spec.rules[0].host}"])).toBe(
    "users.test",
  );
  await host("helm", ["uninstall", "users", "--namespace", "charts"]);
});

test("the user's kustomization is applied over the objects; a broken one leaves what serves", async () => {
  const folder = join(project, "user-service/k8s");
  await mkdir(folder);
  const patch = (text: string) =>
    writeFile(
      join(folder, "kustomization.yaml"),
      `resources:\n  - airfield.yaml\nconfigMapGenerator:\n  - name: extra\n    literals: [a=b]\n    options: {disableNameSuffixHash: true}\npatches:\n  - patch: |\n      ${text}\n    target: {kind: Deployment}\n`,
    );
  await patch('[{"op": "add", "path": "/spec/template/metadata/labels/team", "value": "blue"}]');
  await workspace.succeeds(["up", project, "--name", name]);
  const pods = ["get", "pods", "-l", "team=blue", "-o", "name"];
  expect(await workspace.kubectl(name, pods)).toContain("pod/user-service");
  expect(await workspace.kubectl(name, ["get", "configmap", "extra", "-o", "name"])).toBeTruthy();

  await patch('[{"op": "remove", "path": "/spec/nothing"}]');
  const broken = await workspace.airfield(["up", project, "--name", name]);
  expect(broken.exitCode).toBe(2);
  expect(broken.stderr).toContain("/spec/nothing");
  expect(await userOf("default")).toMatchObject({ id: 1 });
});

test("up --all brings up every application of the build, and down --all takes all away", async () => {
  const modules = "<module>user-service</module>";
  const both = aggregator.replace(modules, `${modules}<module>second-service</module>`);
  await writeFile(join(project, "pom.xml"), both);
  const second = join(project, "second-service");
  await cp(join(root, "examples/user-service"), second, {
    recursive: true,
    filter: (source) => !source.includes("/target"),
  });
  for (const file of ["pom.xml", "src/main/resources/application.yml"]) {
    const text = await readFile(join(second, file), "utf8");
    await writeFile(join(second, file), text.replaceAll("user-service", "second-service"));
  }
  await rm(join(project, "user-service/k8s"), { recursive: true, force: true });
  const words = [project, "--all", "--name", name];
  const ran = await workspace.succeeds(["up", ...words, "-o", "json"]);
  const results = JSON.parse(ran.stdout) as readonly { name: string; url: string }[];
  const names = ["second-service", "user-service"];
  expect(results.map((result) => result.name).toSorted()).toEqual(names);
  for (const { url } of results) expect((await fetch(new URL("/user/1", url))).status).toBe(200);

  await workspace.succeeds(["down", ...words]);
  const kinds = ["deployments,services", "-o", "name"];
  expect((await workspace.kubectl(name, ["get", ...kinds])).trim()).toBe("service/kubernetes");
});
