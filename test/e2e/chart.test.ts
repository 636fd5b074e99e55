import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { SystemCommands } from "../../src/adapters/system/system-commands.ts";
import { planChart } from "../../src/spring/handover/plan-chart.ts";
import { aPortableApplication } from "../fakes/spring/a-portable-application.ts";
import { root } from "./airfield.ts";

/** What the real Helm says to charts of odd names and versions; needs no cluster. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "airfield-chart-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function helm(...args: readonly string[]): Promise<string> {
  const program = join(root, ".tools/bin/helm");
  const ran = await new SystemCommands().run([program, ...args]);
  expect(ran, `${ran.stdout}${ran.stderr}`).toMatchObject({ exitCode: 0 });
  return ran.stdout;
}

/** Lints and renders the chart; the labels of all objects must be such as Kubernetes takes. */
async function check(
  applications: Parameters<typeof planChart>[0],
  name = "shop",
  environment: readonly string[] = [],
): Promise<string> {
  const chart = await mkdtemp(join(folder, "chart-"));
  for (const { path, text } of planChart(applications, { name, images: {}, dependencies: [] })) {
    await mkdir(dirname(join(chart, path)), { recursive: true });
    await writeFile(join(chart, path), text);
  }
  await helm("lint", "--strict", chart);
  // A helm that `go install` built renders for Kubernetes 1.20, which charts refuse.
  const version = ["--kube-version", "1.34.4"];
  const rendered = await helm("template", "release", chart, ...version, ...environment);
  const objects = parseAllDocuments(rendered).map((document) => document.toJS() as unknown);
  expect(objects.length).toBeGreaterThanOrEqual(4 * applications.length);
  for (const object of objects) {
    const { labels } = (object as { metadata: { labels: Record<string, string> } }).metadata;
    for (const value of Object.values(labels)) {
      // https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
      expect(value).toMatch(/^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/);
    }
  }
  return rendered;
}

test.each([
  ["1.0.0"],
  ["1.0.0-SNAPSHOT"],
  ["1.2.3-01"],
  ["1.2.3-rc.01"],
  ["1.2.3-0a1.-"],
  ["1.2.3+build.007"],
  ["1.2.3-rc.1+20240115.ab-12"],
  ["2024.01.15"],
  ["1.0"],
  ["1.10"],
  ["1.2.3.RELEASE"],
  ["v1.2.3"],
  ["1.2.3_1"],
  ["1.2.${minor}"],
  ["{{ .Values.version }}"],
  ["1.0.0: beta # 'x' \"y\""],
  ["null"],
  ["1e3"],
  ["999999999999999999.0.0"],
  ["20240115123045123456.0.0"],
  ["1.2.3-20240115123045123456"],
  [`1.2.3-${"x".repeat(200)}`],
  // Cut to 63 characters, the label of the chart would end in a dot, a dash or an underscore.
  [`1.2.3-${"x".repeat(51)}.abc.def`],
  [`1.2.3-${"x".repeat(51)}-----abc`],
  [`1.2.3-${"x".repeat(51)}+abc`],
  [`1.2.3-${"x".repeat(300)}`],
  [undefined],
])("Helm lints and renders the chart of version %j", async (version) => {
  await check([aPortableApplication({ version })]);
});

test.each([["a"], ["shop-of-all-things"], ["Shop_1.x"], ["s".repeat(250)], ["1-2"], ["true"]])(
  "Helm lints and renders a chart of several applications named %j",
  async (name) => {
    const applications = ["a", `b${"-b".repeat(31)}`, "true"].map((each) =>
      aPortableApplication({ name: each }),
    );
    const rendered = await check(applications, name, [
      ...["--set", "applications.a.ingress.enabled=true"],
      ...["--set", "applications.true.env.X=1"],
    ]);
    expect(rendered).toContain("kind: Ingress");
  },
);
