import { access, cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projects } from "../corpus/corpus-projects.ts";
import { Workspace } from "./airfield.ts";

/** Projects of test/corpus that differ most, of as few versions as can be: Maven fetches each once. */
const DOZEN = [
  "boot-2",
  "boot-4",
  "config-import",
  "kotlin",
  "management-port",
  "mapstruct-lombok",
  "nested-parents",
  "no-web",
  "port-in-code",
  "ssl",
  "war",
  "webflux",
];
/** At once: what one node, and a machine with 8 GiB, holds. */
const BATCH = 12;

/** For a machine whose Maven repository is empty, and which has other work. */
const COLD_MS = 30 * 60_000;

interface Result {
  readonly name: string;
  readonly url?: string;
  readonly changed: boolean;
  readonly built: boolean;
}

/** Every project that can be built here says what it answers, or `null`: it listens on no port. */
const buildable = projects.flatMap(({ name, folder, runs }) => {
  const [run] = runs;
  return run?.answer === undefined ? [] : [{ case: name, source: folder, ...run }];
});
const chosen =
  process.env["AIRFIELD_TEST_ALL"] === "1"
    ? buildable
    : buildable.filter((project) => DOZEN.includes(project.case));
const batches = Array.from({ length: Math.ceil(chosen.length / BATCH) }, (_, index) =>
  chosen.slice(index * BATCH, (index + 1) * BATCH),
);

let workspace: Workspace;
let cluster: string;

beforeAll(async () => {
  workspace = await Workspace.create();
  cluster = workspace.clusterName("corpus");
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

test("every project of the dozen is in the corpus", () => {
  expect(chosen.map((project) => project.case)).toEqual(expect.arrayContaining(DOZEN));
});

describe.each(batches.map((batch, index) => ({ batch, index })))(
  "projects of the corpus, batch $index",
  ({ batch, index }) => {
    let folder: string;
    let results: readonly Result[];
    const resultOf = (name = "") => results.find((result) => result.name === name);

    beforeAll(async () => {
      folder = join(workspace.folder, `batch-${index}`);
      for (const project of batch)
        await cp(project.source, join(folder, project.case), { recursive: true });
      const applications = batch.map((project) => ({
        path: join(project.case, project.folder),
        ...moduleOf(project.words),
        ...(project.path === undefined ? {} : { checkPath: project.path }),
        // A dozen would set aside more than the two processors of a small machine have left.
        resources: { requests: { cpu: "20m" } },
      }));
      const config = { apiVersion: "airfield.dev/v1", kind: "Cluster", name: cluster };
      await writeFile(join(folder, "airfield.yaml"), JSON.stringify({ ...config, applications }));
      // Also where images of these sources are kept from another run.
      results = await up("--rebuild");
    }, COLD_MS);

    async function up(...flags: readonly string[]): Promise<readonly Result[]> {
      const words = ["up", "--timeout", "8m", "-o", "json", ...flags];
      const { stdout } = await workspace.succeeds(words, { cwd: folder });
      return JSON.parse(stdout) as readonly Result[];
    }

    test.each(batch)("$case is built to where the corpus says", async ({ case: name, archive }) => {
      if (archive !== undefined) await access(join(folder, name, archive));
    });

    test.each(batch)("$case answers", async ({ name, answer, path = "/" }) => {
      const result = resultOf(name);
      expect(result).toMatchObject({ name, built: true });
      if (answer === null) {
        expect(result?.url).toBeUndefined();
        return;
      }
      const said = await workspace.host("curl", [
        ...["--silent", "--show-error", "--insecure", "--max-time", "10"],
        new URL(path, result?.url).href,
      ]);
      expect(said).toContain(answer);
    });

    test("up again builds nothing and restarts nothing", async () => {
      const again = await up();
      expect(again.map(({ name }) => name)).toEqual(results.map(({ name }) => name));
      expect(again.filter(({ changed, built }) => changed || built)).toEqual([]);
    });

    test("down leaves nothing", async () => {
      await workspace.succeeds(["down"], { cwd: folder });
      const kinds = ["get", "deployments,services", "-o", "name"];
      expect((await workspace.kubectl(cluster, kinds)).trim()).toBe("service/kubernetes");
    });
  },
);

function moduleOf(words: readonly string[]): { readonly module?: string } {
  const [first, module] = words;
  return first === "--module" && module !== undefined ? { module } : {};
}
