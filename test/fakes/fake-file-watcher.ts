import type { FileWatcher, WatchOptions } from "../../src/ports/file-watcher.ts";

/** Tells the changes that a test makes. */
export class FakeFileWatcher implements FileWatcher {
  readonly #watches = new Map<string, WatchOptions>();

  /** Folders that are watched now. */
  get folders(): readonly string[] {
    return [...this.#watches.keys()];
  }

  async watch(dir: string, options: WatchOptions): Promise<void> {
    if (options.signal.aborted) return;
    this.#watches.set(dir, options);
    options.onReady();
    if (!options.signal.aborted) {
      await new Promise((resolve) => options.signal.addEventListener("abort", resolve));
    }
    this.#watches.delete(dir);
  }

  change(path: string): void {
    for (const [dir, { isIgnored, onChange }] of this.#watches) {
      const folders = path.slice(dir.length + 1).split("/");
      const isBelowIgnored = folders.some((_, at) =>
        isIgnored(`${dir}/${folders.slice(0, at + 1).join("/")}`),
      );
      if (path.startsWith(`${dir}/`) && !isBelowIgnored) onChange(path);
    }
  }
}
