import { describe, expect, test } from "vitest";
import { z } from "zod";
import { planCreation } from "../../src/cluster/create/create-cluster.ts";
import type { ConfigFault } from "../../src/errors/catalog/config.ts";
import { renderError } from "../../src/errors/render-error.ts";
import { errorCodeOf, isToolError } from "../../src/errors/tool-error.ts";
import { runCli } from "../fakes/fake-cli.ts";
import { nodeImageFiles } from "../fakes/healthy-nodes.ts";
import { fakePorts } from "../fakes/fake-ports.ts";
import { type CorpusCase, inMemory, readCorpus } from "./read-corpus.ts";

/** What must be made of a file for kind; README.md says what each field means. */
const runSchema = z.strictObject({
  about: z.string(),
  plan: z.record(z.string(), z.unknown()).optional(),
  faults: z
    .array(z.strictObject({ line: z.number(), path: z.string(), says: z.string() }))
    .optional(),
  error: z.strictObject({ code: z.string(), says: z.array(z.string()).min(1) }).optional(),
});
type Run = z.infer<typeof runSchema>;

const FOLDER = "/home/dev";
const cases = readCorpus("kind-files", runSchema);

test("the corpus has files for kind", () => {
  expect(cases.length).toBeGreaterThan(30);
});

describe.each(cases)("$name", (kindFile) => {
  test.each(kindFile.runs.map((run): [string, Run] => [run.about, run]))("%s", async (_, run) => {
    const checked = await airfield(kindFile, ["config", "validate", "kind.yaml"]);
    const created = await airfield(kindFile, [
      ...["create", "cluster", "--config", "kind.yaml", "--dry-run", "-o", "json"],
    ]);
    if (run.plan !== undefined) {
      expect([created.error, checked.error]).toEqual([undefined, undefined]);
      expect(JSON.parse(created.stdout)).toMatchObject(run.plan);
      return;
    }
    if (run.error !== undefined) {
      expect(checked.error).toBeUndefined();
      expect(errorCodeOf(created.error)).toBe(run.error.code);
      const text = renderError(created.error, { format: "text", hasColour: false });
      for (const words of run.error.says) expect(text).toContain(words);
      return;
    }
    expect(run.faults).not.toEqual([]);
    for (const { error } of [checked, created]) {
      const faults = isToolError(error, "invalid-config") ? error.facts.faults : [];
      expect(placesOf(faults), JSON.stringify(faults)).toEqual(placesOf(run.faults ?? []));
      for (const [index, { says }] of (run.faults ?? []).entries())
        expect(faults[index]?.reason).toContain(says);
    }
  });
});

function placesOf(faults: readonly Pick<ConfigFault, "line" | "path">[]): readonly string[] {
  return faults.map(({ line, path }) => `${line}: ${path}`);
}

/** On a machine that has the images of Airfield, and the case's folder as the current one. */
function airfield({ folder }: CorpusCase<Run>, words: readonly string[]) {
  const ports = fakePorts({ files: inMemory(folder, FOLDER) });
  ports.engine.images.add("airfield/node:1", { files: nodeImageFiles });
  ports.engine.images.add("airfield/registry:1");
  const builtTags = { node: "airfield/node:1", registry: "airfield/registry:1" };
  return runCli(words, {
    ports,
    useCases: {
      planCreation: ({ components, ...request }) =>
        planCreation({ ...request, components: { ...components, builtTags } }, ports),
    },
  });
}
