import { writeSync } from "node:fs";
import type { Terminal } from "../../ports/terminal.ts";

/** Pastes in brackets, news of the focus. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const entered = "\u001b[?2004h\u001b[?1004h";
/**
 * Everything that this program, or ink, sets: paste, focus, mouse, the keyboard's protocol, the cursor, the colours. Said
 * before and after the alternate screen is left, because some terminals keep modes for each screen.
 */
const modesOff =
  "\u001b[?2004l\u001b[?1004l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?25h\u001b[0m";

/** What makes a terminal whole again that a killed program left, its alternate screen included. */
export const terminalReset = `${modesOff}\u001b[?1049l${modesOff}`;

export class SystemTerminal implements Terminal {
  readonly #input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  #listeners: Parameters<Terminal["enter"]>[0] | undefined;
  #hasEntered = false;
  readonly #onExit = () => this.leave();

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
    this.#input = input;
    this.output = output;
  }

  size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.output.columns || 80, rows: this.output.rows || 24 };
  }

  enter(listeners: Parameters<Terminal["enter"]>[0]): void {
    this.#listeners = listeners;
    this.#hasEntered = true;
    process.on("exit", this.#onExit);
    this.output.prependListener("resize", listeners.onResize);
    this.#takeKeyboard();
  }

  leave(): void {
    if (this.#listeners === undefined) {
      // Once more, now that the alternate screen is left.
      if (this.#hasEntered) writeModesOff();
      return;
    }
    this.#giveKeyboard();
    this.output.off("resize", this.#listeners.onResize);
    process.off("exit", this.#onExit);
    this.#listeners = undefined;
  }

  async lend<T>(work: () => Promise<T>): Promise<T> {
    this.#giveKeyboard();
    try {
      return await work();
    } finally {
      this.#takeKeyboard();
    }
  }

  async stopJob(): Promise<void> {
    await new Promise<void>((resolve) => {
      process.once("SIGCONT", () => resolve());
      // The whole job, as the terminal itself does it.
      process.kill(0, "SIGTSTP");
    });
  }

  write(text: string): void {
    this.output.write(text);
  }

  #takeKeyboard(): void {
    const listener = this.#listeners?.onBytes;
    if (listener === undefined) return;
    this.#input.setRawMode(true);
    this.output.write(entered);
    this.#input.on("data", listener);
    this.#input.resume();
  }

  #giveKeyboard(): void {
    const listener = this.#listeners?.onBytes;
    if (listener === undefined) return;
    this.#input.off("data", listener);
    this.#input.pause();
    try {
      this.#input.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
    writeModesOff();
  }
}

/** At the end of the process nothing is written any more that is not written at once. */
function writeModesOff(): void {
  try {
    writeSync(1, modesOff);
  } catch {
    // The terminal is gone: nobody is left to see it.
  }
}
