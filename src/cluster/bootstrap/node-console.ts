import { ToolError } from "../../errors/tool-error.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import { bootstrapLog } from "./scripts.ts";

/** How many lines of a console or log an error shows. */
const shownLines = 15;

/** One thing a node told: `airfield: WORD VALUES…`. */
export interface Told {
  readonly word: string;
  readonly values: readonly string[];
}

/** What a node tells on its console while it starts. */
export interface NodeConsole {
  /**
   * Resolves with the first thing told, so far or from now on, that `matches`. Rejects with the node's
   * failure (`node-boot-failed`, `node-command-failed`), or with the signal's reason.
   */
  until(matches: (told: Told) => boolean, signal: AbortSignal): Promise<Told>;
  /** Is called for everything told from now on. */
  listen(listener: (told: Told) => void): void;
  close(): void;
}

/** Follows the console of a node from its start. */
export function watchNodeConsole(node: string, engine: ContainerEngine): NodeConsole {
  const closed = new AbortController();
  const all: Told[] = [];
  const listeners = new Set<(told: Told) => void>();
  const failed = new AbortController();

  const tell = (told: Told) => {
    all.push(told);
    for (const listener of [...listeners]) listener(told);
  };
  void follow();

  return {
    listen: (listener) => void listeners.add(listener),
    close: () => {
      closed.abort();
    },
    async until(matches, signal) {
      const before = all.find(matches);
      if (before !== undefined) return before;
      const ended = AbortSignal.any([signal, failed.signal]);
      ended.throwIfAborted();
      return new Promise((resolve, reject) => {
        const end = () => {
          listeners.delete(listener);
          reject(ended.reason as Error);
        };
        const listener = (told: Told) => {
          if (!matches(told)) return;
          listeners.delete(listener);
          ended.removeEventListener("abort", end);
          resolve(told);
        };
        listeners.add(listener);
        ended.addEventListener("abort", end, { once: true });
      });
    },
  };

  async function follow(): Promise<void> {
    const lastLines: string[] = [];
    try {
      for await (const line of engine.logs(node, { follow: true, signal: closed.signal })) {
        const match = /airfield: (\S+) ?(.*)$/.exec(line.trimEnd());
        if (match === null) {
          lastLines.push(line.trimEnd());
          if (lastLines.length > shownLines) lastLines.shift();
          continue;
        }
        const [, word = "", rest = ""] = match;
        if (word === "failed") failed.abort(await bootstrapFailure(node, rest, engine));
        else tell({ word, values: rest.split(" ").filter(Boolean) });
      }
      if (!closed.signal.aborted) failed.abort(stopped(node, lastLines));
    } catch (error) {
      if (!closed.signal.aborted) failed.abort(error);
    }
  }
}

function stopped(node: string, lastLines: readonly string[]): ToolError {
  const shown = lastLines.map((line) => `\n    ${line}`).join("");
  return new ToolError("node-boot-failed", {
    node,
    reason: `its container stopped. Its console's last lines:${shown}`,
  });
}

async function bootstrapFailure(
  node: string,
  phase: string,
  engine: ContainerEngine,
): Promise<ToolError> {
  const log = await engine.readFile(node, bootstrapLog).catch(() => undefined);
  return new ToolError("node-command-failed", {
    node,
    command: `bootstrap, phase ${phase}`,
    exitCode: 1,
    output: (log ?? "").trimEnd().split("\n").slice(-shownLines).join("\n"),
  });
}
