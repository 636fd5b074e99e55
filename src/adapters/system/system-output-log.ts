import { appendFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import * as path from "node:path";
import type { OutputLog } from "../../ports/output-log.ts";

/** Of as many commands the logs are kept. */
const KEPT_LOGS = 20;
/** What a build that has lost its way prints must not fill the disk. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * A file of its own for each command, in `logs` of the cache folder, for its owner alone: builds print what is in the
 * environment. Written at once, so that it is whole however the command ends.
 */
export class SystemOutputLog implements OutputLog {
  readonly #folder: string;
  readonly #file: string;
  #bytes = 0;
  #state: "unused" | "open" | "full" | "broken" = "unused";

  /** @param name tells the log from those of other commands, and sorts by time */
  constructor({ cacheFolder, name }: { readonly cacheFolder: string; readonly name: string }) {
    this.#folder = path.join(cacheFolder, "logs");
    this.#file = path.join(this.#folder, `${name}.log`);
  }

  get path(): string | undefined {
    return this.#state === "open" || this.#state === "full" ? this.#file : undefined;
  }

  write(text: string): void {
    if (this.#state === "full" || this.#state === "broken") return;
    try {
      if (this.#state === "unused") this.#open();
      this.#bytes += Buffer.byteLength(text);
      const isFull = this.#bytes > MAX_BYTES;
      this.#append(isFull ? `… more was printed than the ${MAX_BYTES} bytes kept here\n` : text);
      this.#state = isFull ? "full" : "open";
    } catch {
      // A full disk or a read-only cache is no reason to end the work that is logged.
      this.#state = "broken";
    }
  }

  #open(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const logs = readdirSync(this.#folder).filter((name) => name.endsWith(".log"));
    for (const old of logs.toSorted().slice(0, Math.max(0, logs.length + 1 - KEPT_LOGS))) {
      rmSync(path.join(this.#folder, old), { force: true });
    }
  }

  #append(text: string): void {
    appendFileSync(this.#file, text, { mode: 0o600 });
  }
}
