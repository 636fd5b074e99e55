import { describe, expect, test } from "vitest";
import { z } from "zod";
import { renderError } from "../../src/errors/render-error.ts";
import { errorCodeOf } from "../../src/errors/tool-error.ts";
import { FakeImageEngine } from "../fakes/images/fake-image-engine.ts";
import { loadArchives } from "../../src/images/load-archive.ts";
import { runCli } from "../fakes/fake-cli.ts";
import { fakePorts } from "../fakes/fake-ports.ts";
import { inMemory, readCorpus } from "./read-corpus.ts";

/** What must be made of an archive; README.md says what each field means. */
const runSchema = z.strictObject({
  about: z.string(),
  file: z.string().default("image.tar"),
  words: z.array(z.string()).default([]),
  images: z.array(z.string()).min(1).optional(),
  error: z.strictObject({ code: z.string(), says: z.array(z.string()).min(1) }).optional(),
});
type Run = z.infer<typeof runSchema>;

const NODE = "dev-control-plane";
const archives = readCorpus("archives", runSchema);

test("the corpus has archives", () => {
  expect(archives.length).toBeGreaterThan(20);
});

describe.each(archives)("$name", ({ folder, runs }) => {
  test.each(runs.map((run): [string, Run] => [run.about, run]))("%s", async (_, run) => {
    const engine = new FakeImageEngine([NODE], []);
    const files = inMemory(folder, "/home/dev");
    const before = files.paths;
    const ports = fakePorts({ engine: engine.asEngine(), files });
    const { error } = await runCli(
      ["load", "archive", `/home/dev/${run.file}`, "--name", "dev", ...run.words],
      {
        ports,
        useCases: { loadArchives: (request) => loadArchives(request, ports) },
      },
    );
    const names = [...engine.node(NODE).images.keys()];
    // containerd also keeps each image by the digest of its config.
    const shown = names.filter((name) => !name.startsWith("sha256:")).toSorted();
    expect(shown, renderError(error, { format: "text", hasColour: false })).toEqual(
      run.images ?? [],
    );
    expect(errorCodeOf(error), String(error)).toBe(run.error?.code);
    const text = renderError(error, { format: "text", hasColour: false });
    for (const words of run.error?.says ?? []) expect(text).toContain(words);
    if (run.error === undefined) expect(error).toBeUndefined();
    expect(files.paths).toEqual(before);
  });
});
