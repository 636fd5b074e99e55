import { PassThrough } from "node:stream";
import type { Terminal } from "../../src/ports/terminal.ts";

/** A terminal whose keys the test presses and whose output it reads. */
export class FakeTerminal implements Terminal {
  readonly output: NodeJS.WriteStream;
  /** Everything that was written, in order. */
  written = "";
  isEntered = false;
  lent = 0;
  #size: { readonly columns: number; readonly rows: number };
  #listeners: Parameters<Terminal["enter"]>[0] | undefined;

  constructor(size: { readonly columns: number; readonly rows: number }) {
    this.#size = size;
    const stream = Object.assign(new PassThrough(), { isTTY: true, ...size });
    stream.on("data", (data: Buffer) => {
      this.written += data.toString();
    });
    this.output = stream as unknown as NodeJS.WriteStream;
  }

  size(): { readonly columns: number; readonly rows: number } {
    return this.#size;
  }

  enter(listeners: Parameters<Terminal["enter"]>[0]): void {
    this.isEntered = true;
    this.#listeners = listeners;
  }

  leave(): void {
    this.isEntered = false;
    this.#listeners = undefined;
  }

  async lend<T>(work: () => Promise<T>): Promise<T> {
    this.lent++;
    return work();
  }

  async stopJob(): Promise<void> {
    // It is continued at once.
  }

  write(text: string): void {
    this.output.write(text);
  }

  press(keys: string): void {
    this.#listeners?.onBytes(Buffer.from(keys));
  }

  resize(size: { readonly columns: number; readonly rows: number }): void {
    this.#size = size;
    Object.assign(this.output, size);
    this.#listeners?.onResize();
    this.output.emit("resize");
  }
}
