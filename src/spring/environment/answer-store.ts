import { join } from "node:path";
import { z } from "zod";
import type { Files } from "../../ports/files.ts";
import { environmentSchema } from "./environment-answer.ts";
import { readJson } from "../read-json.ts";

const rememberedSchema = z.union([
  z.object({ answer: environmentSchema, classes: z.record(z.string(), z.number()).optional() }),
  z.object({ reason: z.string() }),
]);

/** An answer, with the own classes that had a part in it and their checksums, or why there is none. */
export type Remembered = z.infer<typeof rememberedSchema>;

/** Enough for the applications of a developer, and each is a few kilobytes. */
const KEPT = 400;

/** Answers on disk, by keys that name all they depend on. Only a cache: what is missing is asked again. */
export class AnswerStore {
  readonly #folder: string;
  readonly #files: Files;

  constructor(files: Files) {
    this.#folder = join(files.cacheFolder, "environment", "answers");
    this.#files = files;
  }

  async find(key: string): Promise<Remembered | undefined> {
    return readJson(await this.#files.readText(this.#path(key)), rememberedSchema);
  }

  async save(key: string, remembered: Remembered): Promise<void> {
    await this.#files.writeTextAtomic(this.#path(key), JSON.stringify(remembered), { mode: 0o600 });
    const kept = (await this.#files.list(this.#folder)) ?? [];
    if (kept.length <= KEPT) return;
    const dated = await Promise.all(
      kept.map(async ({ name }) => {
        const path = join(this.#folder, name);
        return { path, modifiedMs: (await this.#files.status(path))?.modifiedMs ?? 0 };
      }),
    );
    const old = dated.toSorted((a, b) => b.modifiedMs - a.modifiedMs).slice(KEPT / 2);
    for (const { path } of old) await this.#files.remove(path);
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}
