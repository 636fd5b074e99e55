/** The terminal of this process, as a program has it that draws on all of it. */
export interface Terminal {
  /** What is drawn on; its size is in `columns` and `rows`. */
  readonly output: NodeJS.WriteStream;
  size(): { readonly columns: number; readonly rows: number };
  /**
   * Takes the keyboard: keys come as bytes, pastes in brackets, and the terminal says when it gains or loses the focus.
   * Whichever way the process ends, the terminal is then as it was; only SIGKILL leaves it (`airfield ui --reset-terminal`).
   */
  enter(listeners: {
    readonly onBytes: (bytes: Uint8Array) => void;
    /** Before anybody else is told of the new size. */
    readonly onResize: () => void;
  }): void;
  /** Gives the terminal back as it was. */
  leave(): void;
  /** Lets other work have the terminal, as a shell; what is typed ahead of its end is not for us. */
  lend<T>(work: () => Promise<T>): Promise<T>;
  /** Stops this job as Ctrl-Z does, within `lend`; resolves when it is continued. */
  stopJob(): Promise<void>;
  write(text: string): void;
}
