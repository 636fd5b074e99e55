import type { Workspace } from "./airfield.ts";

/** What is read of the events of `--progress json`. */
export interface DevEvent {
  readonly type?: string;
  readonly line?: string;
  readonly code?: string;
  readonly message?: string;
  readonly with?: string;
  readonly phases?: readonly { readonly name: string }[];
}

/** `airfield dev`, and the events that come from it. */
export class DevProcess {
  readonly #process: ReturnType<Workspace["start"]>;
  readonly #listeners = new Set<(event: DevEvent) => void>();
  readonly #said: string[] = [];
  #text = "";
  #last = "";

  constructor(workspace: Workspace, words: readonly string[]) {
    this.#process = workspace.start(["dev", ...words, "--progress", "json"]);
    this.#process.stderr?.on("data", (chunk: Buffer) => {
      const lines = (this.#text + chunk.toString()).split("\n");
      this.#text = lines.pop() ?? "";
      for (const line of lines) {
        this.#last = line;
        const event = JSON.parse(line) as DevEvent;
        if (event.type === "output") this.#said.push(event.line ?? "");
        for (const listener of this.#listeners) listener(event);
      }
    });
  }

  /** It is up, and waits for edits. */
  async untilWatching(): Promise<void> {
    await this.until(({ type, line = "" }) => type === "output" && line.startsWith("Watching "));
  }

  /** Until it has said so, now or before. */
  async untilSaid(text: string): Promise<void> {
    if (this.#said.some((line) => line.includes(text))) return;
    await this.until(({ type, line = "" }) => type === "output" && line.includes(text));
  }

  /** What becomes of the change that `save` makes. */
  async outcomeOf(save: () => Promise<void>): Promise<DevEvent> {
    const outcome = this.until(({ type = "" }) => /^change-(delivered|failed)$/.test(type));
    await save();
    return outcome;
  }

  /** Ctrl-C; resolves with the exit code. */
  async interrupt(): Promise<number | undefined> {
    this.#process.kill("SIGINT");
    return (await this.#process).exitCode;
  }

  /** The next event of that kind; fails when the process ends before. */
  private async until(isIt: (event: DevEvent) => boolean): Promise<DevEvent> {
    let listener: (event: DevEvent) => void = () => undefined;
    const found = new Promise<DevEvent>((resolve) => {
      listener = (event) => {
        if (isIt(event)) resolve(event);
      };
      this.#listeners.add(listener);
    });
    const ended = this.#process.then(({ exitCode }) => {
      throw new Error(`airfield dev ended with exit code ${exitCode}: ${this.#last}`);
    });
    ended.catch(() => undefined);
    try {
      return await Promise.race([found, ended]);
    } finally {
      this.#listeners.delete(listener);
    }
  }
}
