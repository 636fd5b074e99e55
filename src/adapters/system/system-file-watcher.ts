import { watch as watchFolder, type FSWatcher } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FileWatcher, WatchOptions } from "../../ports/file-watcher.ts";

/**
 * One inotify watch for each folder. Not `fs.watch(…, { recursive: true })`: on Linux that watches every
 * single file as well, also in folders that nobody wants to know of (target, .git, node_modules), and there are
 * only so many watches (fs.inotify.max_user_watches).
 */
export class SystemFileWatcher implements FileWatcher {
  async watch(dir: string, options: WatchOptions): Promise<void> {
    const tree = new WatchedTree(options);
    try {
      await tree.add(dir, { isNew: false });
      if (!options.signal.aborted) options.onReady();
      await aborted(options.signal);
    } finally {
      tree.close();
    }
  }
}

class WatchedTree {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #options: WatchOptions;
  #isClosed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** @param isNew it came while watching: what is in it already has come, too */
  async add(folder: string, { isNew }: { readonly isNew: boolean }): Promise<void> {
    const { signal, isIgnored, onChange } = this.#options;
    if (this.#isClosed || signal.aborted || this.#watchers.has(folder) || isIgnored(folder)) return;
    let watcher: FSWatcher;
    try {
      watcher = watchFolder(folder);
    } catch {
      // Gone again already, or not to be read: then there is nothing in it that could be built.
      return;
    }
    this.#watchers.set(folder, watcher);
    watcher.on("change", (kind, name) => this.#onChange(kind, folder, name?.toString()));
    // The folder was removed, or its file system was unmounted.
    watcher.on("error", () => this.#remove(folder));
    // First the watch and then the look inside, or what is made in between would be missed.
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (isNew) onChange(path);
      if (entry.isDirectory()) await this.add(path, { isNew });
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const folder of this.#watchers.keys()) this.#remove(folder);
  }

  #onChange(kind: string, folder: string, name: string | undefined): void {
    if (this.#isClosed) return;
    const path = name === undefined ? folder : join(folder, name);
    if (this.#options.isIgnored(path)) return;
    this.#options.onChange(path);
    // Something came or went under this name. A folder may also have been replaced by another of the same
    // name (git checkout does that), so what was watched there is not trusted.
    if (kind !== "rename") return;
    for (const watched of this.#watchers.keys()) {
      if (watched === path || watched.startsWith(`${path}/`)) this.#remove(watched);
    }
    void this.#follow(path);
  }

  async #follow(path: string): Promise<void> {
    const status = await lstat(path).catch(() => undefined);
    if (status?.isDirectory() === true) await this.add(path, { isNew: true });
  }

  #remove(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return void resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
