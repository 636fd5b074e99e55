/** A file for what programs print, which would hide everything else on a screen. */
export interface OutputLog {
  /** Where it is; undefined as long as nothing was written, and where nothing can be. */
  readonly path: string | undefined;
  /** Appends text. The file is made with the first. Never throws. */
  write(text: string): void;
}
