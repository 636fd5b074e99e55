import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { z } from "zod";
import { FakeFiles } from "../fakes/fake-files.ts";

/** One folder of the corpus. */
export interface CorpusCase<Run> {
  /** Its folder's name. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** The documents of its expected.yaml: each is one command line and what comes of it. */
  readonly runs: readonly Run[];
}

/**
 * Every case below a folder of the corpus. An expected.yaml that says something nobody looks at is refused, so that
 * no expectation goes unread because of a typing mistake.
 */
export function readCorpus<Run>(part: string, schema: z.ZodType<Run>): readonly CorpusCase<Run>[] {
  const parent = join(import.meta.dirname, part);
  return readdirSync(parent).map((name) => {
    const folder = join(parent, name);
    const path = join(folder, "expected.yaml");
    const documents = parseAllDocuments(readFileSync(path, "utf8"));
    if (!Array.isArray(documents)) throw new Error(`${path} is empty`);
    const runs = documents.map((document) => {
      const read = schema.safeParse(document.toJS());
      if (!read.success) throw new Error(`${path}: ${read.error.message}`);
      return read.data;
    });
    return { name, folder, runs };
  });
}

/** A folder of this machine as files in memory, at another place. */
export function inMemory(folder: string, at: string): FakeFiles {
  const files = new FakeFiles();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = statSync(path);
    if (entry.isFile()) files.put(join(at, path.slice(folder.length)), readFileSync(path), mode);
  }
  return files;
}
