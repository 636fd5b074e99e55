import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import type { ApplicationConfig } from "../../config/cluster-config.ts";
import { readContents, type Contents } from "./read-contents.ts";
import { anApplication } from "../../../test/scenes/spring-scene.ts";

const origin = { file: "airfield.yaml", line: 7, path: "applications[0]" };

function read(
  changes: Partial<ApplicationConfig>,
  {
    files = new FakeFiles(),
    environment = {},
  }: { readonly files?: FakeFiles; readonly environment?: Record<string, string> } = {},
): Promise<Contents> {
  return readContents(anApplication({ origin, ...changes }), {
    name: "orders",
    project: { dir: "/app" },
    files,
    environment,
  });
}

const text = (contents: Contents) =>
  Object.fromEntries(
    Object.entries(contents.config).map(([file, bytes]) => [file, Buffer.from(bytes).toString()]),
  );

test("finds the files for its profiles beside the build file, config/ before the folder itself", async () => {
  const files = new FakeFiles()
    .put("/app/application-k8s.yml", "outer")
    .put("/app/config/application-k8s.yml", "inner")
    .put("/app/application.yml", "for the desk")
    .put("/app/application-prod.yml", "for another profile");
  expect(text(await read({ profiles: ["k8s"] }, { files }))).toEqual({
    "application-k8s.yml": "inner",
  });
});

test("files that are named are the only ones", async () => {
  const files = new FakeFiles().put("/app/application-k8s.yml", "x").put("/shop/limits.yml", "y");
  const contents = await read(
    { profiles: ["k8s"], config: { files: ["/shop/limits.yml"] } },
    { files },
  );
  expect(text(contents)).toEqual({ "limits.yml": "y" });
});

test("resolves references of secrets, also inside a text", async () => {
  const files = new FakeFiles().put("/shop/key", "from a file");
  const secrets = { a: "${env:A}", b: "[${file:/shop/key}] and ${env:A}", c: "plain $x" };
  expect((await read({ secrets }, { files, environment: { A: "1" } })).secrets).toEqual({
    a: "1",
    b: "[from a file] and 1",
    c: "plain $x",
  });
});

test.each([
  {
    code: "config-file-missing",
    changes: { config: { files: ["/shop/limits.yml"] } },
    place: "airfield.yaml:7: applications[0].config.files[0]",
  },
  {
    code: "secret-unresolved",
    changes: { secrets: { key: "${env:NOT_SET}" } },
    place: "airfield.yaml:7: applications[0].secrets.key",
  },
  {
    code: "secret-unresolved",
    changes: { secrets: { key: "${file:/no/such}" } },
    place: "airfield.yaml:7: applications[0].secrets.key",
  },
])("says $code with its place", async ({ code, changes, place }) => {
  await expect(read(changes)).rejects.toMatchObject({ code, facts: { place } });
});

test("refuses more than a ConfigMap may hold, and names the largest file", async () => {
  const files = new FakeFiles()
    .put("/shop/small.yml", "x".repeat(100))
    .put("/shop/large.yml", "x".repeat(1024 * 1024 - 99));
  const config = { files: ["/shop/small.yml", "/shop/large.yml"] };
  await expect(read({ config }, { files })).rejects.toMatchObject({
    code: "config-too-large",
    exitCode: 2,
    facts: { bytes: 1024 * 1024 + 1, largest: "large.yml", what: "ConfigMap" },
  });
  files.put("/shop/large.yml", "x".repeat(1024 * 1024 - 100));
  expect(Object.keys((await read({ config }, { files })).config)).toHaveLength(2);
});
