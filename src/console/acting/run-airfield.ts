import type { Commands } from "../../ports/commands.ts";
import type { NamedEvent } from "../../ports/events.ts";

/** Long enough to take back what was begun: a cluster that is half made, a roll-out. */
const GRACE_MS = 60_000;

interface Running {
  readonly commands: Commands;
  readonly signal: AbortSignal;
  readonly report: (event: NamedEvent) => void;
}

interface ErrorEvent {
  readonly type: "error";
  readonly message?: string;
  readonly hint?: string;
}

/**
 * Runs Airfield as a program and reports the events that it prints (docs/events.md). Throws with its error's message.
 * When the signal aborts, it is ended as by Ctrl-C.
 */
export async function runAirfield(
  command: readonly string[],
  { commands, signal, report }: Running,
): Promise<void> {
  let failure: ErrorEvent | undefined;
  const onLine = (line: string) => {
    const event = eventOf(line);
    if (event === undefined) {
      // What it prints for people: where the debugger's port is, the application's URL.
      if (line.trim() !== "") report({ type: "output", source: "airfield", line });
    } else if (event.type === "error") failure = event as ErrorEvent;
    else if (typeof event.type === "string") report(event as NamedEvent);
  };
  const { exitCode } = await commands.run([...command, "--progress", "json"], {
    ...{ signal, onLine, keepsNothing: true, graceMs: GRACE_MS },
  });
  if (exitCode === 0) return;
  const { message = `airfield ended with exit code ${exitCode}`, hint } = failure ?? {};
  throw new Error(hint === undefined ? message : `${message} ${hint}`);
}

function eventOf(line: string): { readonly type?: unknown } | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as { readonly type?: unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
