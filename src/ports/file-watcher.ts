/** News of changed files, as an editor or a checkout makes them. */
export interface FileWatcher {
  /**
   * Tells the path of each file or folder below `dir` that is written, made, renamed or removed, until `signal`
   * aborts; then, and only then, it resolves. Symbolic links are not followed. One change may be told several
   * times, and one that changes nothing may be told, too; none is missed from `onReady` on. Folders that
   * `isIgnored` names are not looked into.
   */
  watch(dir: string, options: WatchOptions): Promise<void>;
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** Paths are absolute. */
  readonly isIgnored: (folder: string) => boolean;
  readonly onReady: () => void;
  readonly onChange: (path: string) => void;
}
