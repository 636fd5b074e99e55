import { ToolError } from "../../errors/tool-error.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import type { Clock } from "../../ports/clock.ts";
import { readTrouble } from "./component-logs.ts";
import { bootstrapLog } from "./scripts.ts";

/** How many lines of a console or log an error shows. */
const maximumLines = 15;

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
  /** Is called for everything told, so far and from now on. */
  listen(listener: (told: Told) => void): void;
  /** The newest lines that no script told. */
  lastLines(): readonly string[];
  close(): void;
}

/** Follows the console of a node from its start. */
export function watchNodeConsole(
  node: string,
  ports: { readonly engine: ContainerEngine; readonly clock: Clock },
): NodeConsole {
  const { engine } = ports;
  const lastLines: string[] = [];
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
    listen(listener) {
      for (const told of all) listener(told);
      listeners.add(listener);
    },
    lastLines: () => lastLines,
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
    try {
      for await (const line of engine.logs(node, { follow: true, signal: closed.signal })) {
        const match = /airfield: (\S+) ?(.*)$/.exec(line.trimEnd());
        if (match === null) {
          lastLines.push(line.trimEnd());
          if (lastLines.length > maximumLines) lastLines.shift();
          continue;
        }
        const [, word = "", rest = ""] = match;
        if (word === "failed") failed.abort(await bootstrapFailure(node, rest, ports));
        else tell({ word, values: rest.split(" ").filter(Boolean) });
      }
      if (!closed.signal.aborted) failed.abort(stopped(node, lastLines));
    } catch (error) {
      if (!closed.signal.aborted) failed.abort(error);
    }
  }
}

function stopped(node: string, lastLines: readonly string[]): ToolError {
  return new ToolError("node-boot-failed", {
    node,
    reason: `its container stopped. Its console's last lines:${shownLines(lastLines)}`,
  });
}

/** As they stand below a sentence. */
export function shownLines(lines: readonly string[]): string {
  return lines.map((line) => `\n    ${line}`).join("");
}

/** `PHASE`, or `PHASE COMPONENT` when a component ends again and again. */
async function bootstrapFailure(
  node: string,
  told: string,
  ports: { readonly engine: ContainerEngine; readonly clock: Clock },
): Promise<ToolError> {
  const [phase = "", component] = told.split(" ");
  const trouble = await readTrouble(node, ports, component);
  if (component !== undefined)
    return new ToolError("component-crashes", { node, component, details: trouble });
  const log = await ports.engine.readFile(node, bootstrapLog).catch(() => undefined);
  const lines = (log ?? "").trimEnd().split("\n").slice(-maximumLines);
  return new ToolError("node-command-failed", {
    node,
    command: `bootstrap, phase ${phase}`,
    exitCode: 1,
    output: [...lines, ...(trouble === "" ? [] : ["", trouble])].join("\n"),
  });
}
