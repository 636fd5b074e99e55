import { isToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";

type Copying = Pick<Ports, "commands" | "files" | "host" | "clock"> & {
  /** Writes to the terminal, beside what is drawn. */
  readonly writeTerminal: (text: string) => void;
};

/** What a terminal takes at least: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html (OSC 52), with base64 a third longer. */
const TERMINAL_TAKES_BYTES = 74_994;
/** A program that holds the selection stays in the background; it must not hold our pipes, too. */
const QUIETLY = ["sh", "-c", 'exec "$@" >/dev/null 2>&1', "copy"];
const PROGRAM_MS = 2_000;

/**
 * Puts a text on the clipboard: by the desktop's program; where there is none, or the desktop is another machine's (SSH), by
 * the terminal (OSC 52); what is too long for that goes to a file. Resolves with what was done.
 */
export async function copyText(
  text: string,
  { commands, files, host, writeTerminal, clock }: Copying,
): Promise<string> {
  for (const program of await programsOf(host)) {
    try {
      const signal = clock.deadline(PROGRAM_MS);
      const { exitCode } = await commands.run([...QUIETLY, ...program], { stdin: text, signal });
      if (exitCode === 0) return "Copied";
    } catch (error) {
      // Not installed, or its display does not answer: the next way.
      if (!isToolError(error, "program-not-found") && !isTimeout(error)) throw error;
    }
  }
  const bytes = Buffer.from(text);
  if (bytes.length <= TERMINAL_TAKES_BYTES) {
    writeTerminal(`\u001b]52;c;${bytes.toString("base64")}\u0007`);
    return "Copied by the terminal, where it allows that (OSC 52)";
  }
  const path = `${await files.makeTemporaryDirectory("airfield-copy-")}/copy.txt`;
  await files.writeTextAtomic(path, text, { mode: 0o600 });
  return `Too long for the terminal's clipboard; it is in ${path}`;
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

async function programsOf(host: Ports["host"]): Promise<readonly (readonly string[])[]> {
  const has = (name: string) => host.environment(name) !== undefined;
  if (has("SSH_CONNECTION") || has("SSH_TTY")) return [];
  const { os } = await host.facts();
  if (os === "darwin") return [["pbcopy"]];
  return [
    ...(has("WSL_DISTRO_NAME") ? [["clip.exe"]] : []),
    ...(has("WAYLAND_DISPLAY") ? [["wl-copy"]] : []),
    ...(has("DISPLAY")
      ? [
          ["xclip", "-selection", "clipboard"],
          ["xsel", "--clipboard", "--input"],
        ]
      : []),
  ];
}
