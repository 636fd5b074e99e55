/** One entry of a folder. */
export interface FileEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "symlink" | "other";
}

/** What is known of a file, symlinks followed. */
export interface FileStatus {
  readonly kind: "file" | "directory" | "other";
  readonly sizeBytes: number;
  /** Permission bits, as 0o600. */
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/** A part of a file. */
export interface FileRange {
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * The host's file system. Missing files are `undefined` where it says so; otherwise failures are
 * ToolErrors `file-not-found`, `file-unreadable` or `file-unwritable`.
 */
export interface Files {
  /** Folder for what can be made again; it need not exist. */
  readonly cacheFolder: string;
  /** UTF-8 text, or undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Content in pieces, of all or a part. Throws `file-not-found` when there is no such file. */
  readStream(path: string, range?: FileRange): AsyncIterable<Uint8Array>;
  /**
   * Replaces the whole file or leaves it as it was: temporary file in the same folder, fsync, rename.
   * Symlinks are followed, so that a linked file stays linked. Missing parent folders are made (0700).
   */
  writeTextAtomic(path: string, text: string, options: { readonly mode: number }): Promise<void>;
  writeBytes(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** The whole file or, when that fails, none (or the one before), also with several writers at once. */
  writeBytesAtomic(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  status(path: string): Promise<FileStatus | undefined>;
  /** Entries of a folder, sorted by name; undefined when there is no such folder. */
  list(path: string): Promise<readonly FileEntry[] | undefined>;
  makeDirectory(path: string, options?: { readonly mode?: number }): Promise<void>;
  /** Removes a file or a folder with all it holds; nothing there is fine. */
  remove(path: string): Promise<void>;
  /** Creates the file only when it does not exist (O_EXCL); false when it does. */
  createExclusive(path: string, text: string): Promise<boolean>;
  /** Sets the time of its last change to now, and nothing else; nothing there is fine. */
  touch(path: string): Promise<void>;
  /** A new, empty folder (0700) in the system's folder for temporary files. */
  makeTemporaryDirectory(prefix: string): Promise<string>;
  /**
   * Removes the temporary folders whose names begin so and whose programs were killed before they could. Never fails:
   * what cannot be removed stays.
   */
  removeAbandonedDirectories(prefix: string): Promise<void>;
  /** The real path with symlinks resolved, or undefined when there is nothing. */
  realPath(path: string): Promise<string | undefined>;
}
