import * as path from "node:path";
import { ToolError } from "../../src/errors/tool-error.ts";
import type { FileEntry, FileRange, Files, FileStatus } from "../../src/ports/files.ts";
import { collectBytes } from "./collect-bytes.ts";

type Entry =
  | {
      readonly kind: "file";
      readonly content: Buffer;
      readonly mode: number;
      readonly modifiedMs: number;
    }
  | { readonly kind: "directory"; readonly mode: number }
  | { readonly kind: "symlink"; readonly target: string };

/** Files in memory, with absolute paths. */
export class FakeFiles implements Files {
  readonly cacheFolder = "/cache";
  /** Paths that exist and may not be read. */
  readonly unreadable = new Set<string>();
  /** Paths (files or folders with all in them) that may not be written. */
  readonly unwritable = new Set<string>();
  /** How often each path was written: to prove that a file was left alone. */
  readonly writes: string[] = [];
  readonly #entries = new Map<string, Entry>([
    ["/", { kind: "directory", mode: 0o755 }],
    ["/tmp", { kind: "directory", mode: 0o777 }],
  ]);
  #modifications = 0;
  #temporaryDirectories = 0;

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [file, content] of Object.entries(files)) this.put(file, content);
  }

  /** Puts a file there, whatever the flags say. */
  put(file: string, content: string | Uint8Array, mode = 0o644): this {
    this.#addDirectory(path.dirname(file), 0o755);
    this.#entries.set(file, {
      kind: "file",
      content: Buffer.from(content),
      mode,
      modifiedMs: ++this.#modifications,
    });
    return this;
  }

  /** Puts a symbolic link there. */
  link(file: string, target: string): this {
    this.#addDirectory(path.dirname(file), 0o755);
    this.#entries.set(file, { kind: "symlink", target });
    return this;
  }

  /** Every file and link, sorted. */
  get paths(): readonly string[] {
    return [...this.#entries]
      .filter(([, { kind }]) => kind !== "directory")
      .map(([file]) => file)
      .sort();
  }

  async readText(file: string): Promise<string | undefined> {
    const bytes = await this.readBytes(file);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }

  readBytes(file: string): Promise<Uint8Array | undefined> {
    return attempt(() => {
      const real = this.#resolve(file);
      const entry = this.#entries.get(real);
      if (entry === undefined) return undefined;
      this.#checkReadable(real, file);
      if (entry.kind !== "file") {
        throw new ToolError("file-unreadable", { path: file, reason: "it is a folder" });
      }
      return Buffer.from(entry.content);
    });
  }

  async *readStream(file: string, range?: FileRange): AsyncIterable<Uint8Array> {
    const bytes = await this.readBytes(file);
    if (bytes === undefined) {
      throw new ToolError("file-not-found", { path: file, purpose: "it was to be read" });
    }
    yield range === undefined
      ? bytes
      : bytes.subarray(range.offset, range.offset + range.sizeBytes);
  }

  writeTextAtomic(file: string, text: string, options: { readonly mode: number }): Promise<void> {
    return attempt(() => this.#write(file, Buffer.from(text), options.mode));
  }

  async writeBytesAtomic(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    await this.writeBytes(file, content);
  }

  async writeBytes(file: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    this.#write(file, await collectBytes(content), undefined);
  }

  status(file: string): Promise<FileStatus | undefined> {
    return attempt(() => {
      const entry = this.#entries.get(this.#resolve(file));
      if (entry === undefined || entry.kind === "symlink") return undefined;
      if (entry.kind === "directory") {
        return { kind: "directory", sizeBytes: 4096, mode: entry.mode, modifiedMs: 0 };
      }
      const { content, mode, modifiedMs } = entry;
      return { kind: "file", sizeBytes: content.length, mode, modifiedMs };
    });
  }

  list(folder: string): Promise<readonly FileEntry[] | undefined> {
    return attempt(() => {
      const real = this.#resolve(folder);
      if (this.#entries.get(real)?.kind !== "directory") return undefined;
      this.#checkReadable(real, folder);
      return [...this.#entries]
        .filter(([file]) => file !== "/" && path.dirname(file) === real)
        .map(([file, { kind }]): FileEntry => ({ name: path.basename(file), kind }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  makeDirectory(folder: string, { mode = 0o755 }: { readonly mode?: number } = {}): Promise<void> {
    return attempt(() => {
      this.#checkWritable(folder);
      this.#addDirectory(this.#resolve(folder), mode);
    });
  }

  remove(file: string): Promise<void> {
    return attempt(() => {
      this.#checkWritable(file);
      for (const each of this.#entries.keys()) {
        if (each === file || each.startsWith(`${file}/`)) this.#entries.delete(each);
      }
    });
  }

  createExclusive(file: string, text: string): Promise<boolean> {
    return attempt(() => {
      this.#checkWritable(file);
      if (this.#entries.has(file)) return false;
      this.#write(file, Buffer.from(text), undefined);
      return true;
    });
  }

  touch(file: string): Promise<void> {
    return attempt(() => {
      this.#checkWritable(file);
      const real = this.#resolve(file);
      const entry = this.#entries.get(real);
      if (entry?.kind === "file")
        this.#entries.set(real, { ...entry, modifiedMs: ++this.#modifications });
    });
  }

  makeTemporaryDirectory(prefix: string): Promise<string> {
    return attempt(() => {
      const folder = `/tmp/${prefix}${String(++this.#temporaryDirectories).padStart(6, "0")}`;
      this.#addDirectory(folder, 0o700);
      return folder;
    });
  }

  /** No program of a test is killed. */
  removeAbandonedDirectories(): Promise<void> {
    return Promise.resolve();
  }

  realPath(file: string): Promise<string | undefined> {
    return attempt(() => {
      const real = this.#resolve(file);
      const entry = this.#entries.get(real);
      return entry === undefined || entry.kind === "symlink" ? undefined : real;
    });
  }

  #write(file: string, content: Buffer, mode: number | undefined): void {
    const real = this.#resolve(file);
    this.#checkWritable(real, file);
    const before = this.#entries.get(real);
    if (before?.kind === "directory") {
      throw new ToolError("file-unwritable", { path: file, reason: "it is a folder" });
    }
    this.#addDirectory(path.dirname(real), 0o700);
    this.put(real, content, mode ?? (before?.kind === "file" ? before.mode : 0o644));
    this.writes.push(file);
  }

  /** Follows links anywhere in the path; a link that leads nowhere resolves to where it points. */
  #resolve(file: string): string {
    let resolved = "/";
    const rest = path.resolve("/", file).split("/").filter(Boolean);
    for (let links = 0; rest.length > 0;) {
      const next = path.join(resolved, rest.shift() ?? "");
      const entry = this.#entries.get(next);
      if (entry?.kind !== "symlink") {
        resolved = next;
        continue;
      }
      // A loop leads nowhere: to the link itself.
      if (++links > 40) return next;
      rest.unshift(...path.resolve(resolved, entry.target).split("/").filter(Boolean));
      resolved = "/";
    }
    return resolved;
  }

  #addDirectory(folder: string, mode: number): void {
    if (this.#entries.has(folder)) return;
    this.#addDirectory(path.dirname(folder), mode);
    this.#entries.set(folder, { kind: "directory", mode });
  }

  #checkReadable(real: string, file: string): void {
    if (!this.unreadable.has(real) && !this.unreadable.has(file)) return;
    throw new ToolError("file-unreadable", { path: file, reason: "you lack the permission" });
  }

  #checkWritable(real: string, file = real): void {
    const isForbidden = [...this.unwritable].some(
      (each) => real === each || file === each || real.startsWith(`${each}/`),
    );
    if (!isForbidden) return;
    throw new ToolError("file-unwritable", { path: file, reason: "you lack the permission" });
  }
}

/** Failures as rejections, as real files have them. */
function attempt<Answer>(act: () => Answer): Promise<Answer> {
  return new Promise((resolve) => resolve(act()));
}
