import type { Target } from "../model/requests.ts";
import type { Subject } from "../lists/subject.ts";
import type { ConsoleState, ViewId } from "../state/console-state.ts";

/** How a key leads to what it does: the keys of a group stand together in the help. */
export type CommandGroup =
  "Move" | "Views" | "Lists" | "Selection" | "Acting" | "Log" | "Spring" | "Text" | "Everywhere";

/**
 * One thing that can be done, as data: help, hints, the palette, the menu of actions, docs/keys.md and the keymap file are
 * made of these. What it does stands in `state/perform.ts`, by its id.
 */
export interface CommandDefinition {
  readonly id: string;
  /** What it does, as a menu says it: "Show the log". */
  readonly title: string;
  /** A word for the line of hints; left out: it is not among them. */
  readonly hint?: string;
  readonly group: CommandGroup;
  /** As `keyText` writes them; the first is the one that hints show. */
  readonly keys: readonly string[];
  /** Views in which it is; left out: in all. */
  readonly in?: readonly ViewId[];
  /** Kinds of what is selected; left out: whatever it is, or nothing. */
  readonly on?: readonly Subject["kind"][];
  /** What else has to be so. */
  readonly applies?: (state: ConsoleState, subject: Subject | undefined) => boolean;
  /** `confirm`: a dialog that is answered by y; `name`: one in which the name is typed. */
  readonly danger: "none" | "confirm" | "name";
  /** The command that a user would type for it. */
  readonly line?: (target: Target, argument?: string) => string;
  /** What follows, as its dialog says it. */
  readonly consequences?: (targets: readonly Target[], state: ConsoleState) => readonly string[];
}
