import type { CommandDefinition } from "../commands/command.ts";
import type { Glyphs } from "../lines/glyphs.ts";

/** What a view draws with, and the room that it has. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
  readonly commands: readonly CommandDefinition[];
  /** Nobody moves in it: nothing is selected, and no key is offered. */
  readonly isStill?: boolean;
}
