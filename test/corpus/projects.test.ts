import { describe, expect, test } from "vitest";
import { renderError } from "../../src/errors/render-error.ts";
import { errorCodeOf } from "../../src/errors/tool-error.ts";
import { CorpusMachine } from "./corpus-machine.ts";
import { projects, type ProjectRun as Run } from "./corpus-projects.ts";
import { describeDeployment, type Listed } from "./describe-deployment.ts";

test("the corpus has projects", () => {
  expect(projects.length).toBeGreaterThan(40);
});

/** Those that only a cluster can show are brought up by test/e2e/corpus.test.ts. */
const shownHere = projects.filter(({ runs }) =>
  runs.some(({ onlyOnCluster }) => onlyOnCluster === undefined),
);

describe.each(shownHere)("$name", (project) => {
  const runs = project.runs.map((run): [string, Run] => [run.about, run]);

  test.each(runs.filter(([, { error }]) => error !== undefined))("%s", async (_about, run) => {
    const { error } = await new CorpusMachine(project).up(run.folder, run.words);
    expect(errorCodeOf(error)).toBe(run.error?.code);
    const text = renderError(error, { format: "text", hasColour: false });
    for (const words of run.error?.says ?? []) expect(text).toContain(words);
  });

  const good = runs.filter(
    ([, { error, onlyOnCluster }]) => error === undefined && onlyOnCluster === undefined,
  );

  test.skipIf(good.length === 0).each(good)("%s", async (_about, run) => {
    const machine = new CorpusMachine(project);
    const { stdout, error } = await machine.up(run.folder, [
      ...run.words,
      "--dry-run",
      "-o",
      "json",
    ]);
    expect(error).toBeUndefined();
    expectObjects((JSON.parse(stdout) as Listed).items, run);
    expect(machine.warnings).toEqual(run.warnings);
    expect(machine.cluster.api.calls).toEqual([]);
  });

  const built = good.filter(([, { build }]) => build !== undefined);

  test.skipIf(built.length === 0).each(built)("built: %s", async (_about, run) => {
    const machine = new CorpusMachine(project, run);
    const { error } = await machine.up(run.folder, [...run.words, "-o", "json"]);
    expect(error).toBeUndefined();
    for (const command of (run.build ?? "").split(", "))
      expect(machine.work.filter((line) => hasWords(line, command))).toHaveLength(1);
    expect(machine.work.some((line) => line.startsWith("docker buildx build"))).toBe(
      run.builder === "dockerfile",
    );
    expect(machine.work.some((line) => line.includes("jib"))).toBe(run.builder === "jib");
    expect([...new Set(machine.cluster.java)]).toEqual(run.java === undefined ? [] : [run.java]);
    expectObjects(machine.cluster.objects, run);
    expect(machine.warnings).toEqual(run.warningsOfUp ?? run.warnings);
  });
});

function expectObjects(items: Listed["items"], run: Run): void {
  const found = describeDeployment(items);
  const { port = null, liveness = null, readiness = null, name } = run;
  expect(found).toMatchObject({ name, port, liveness, readiness });
  if (run.version !== undefined) expect(found.version).toBe(run.version);
  expect(found.env["SPRING_PROFILES_ACTIVE"]).toBe(run.profiles);
  for (const [variable, value] of Object.entries(run.env))
    expect(found.env[variable] ?? null, variable).toBe(value);
}

/** Begins with the first word and has the others in their order. */
function hasWords(line: string, words: string): boolean {
  const [first, ...others] = words.split(" ");
  const given = line.split(" ");
  if (!line.startsWith(`${first ?? ""} `)) return false;
  let at = 0;
  return others.every((word) => (at = given.indexOf(word, at) + 1) > 0);
}
