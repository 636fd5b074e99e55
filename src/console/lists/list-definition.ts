import type { Span } from "../lines/line.ts";
import type { Glyphs } from "../lines/glyphs.ts";
import type { RowKind } from "../model/rows.ts";
import type { ConsoleState, ListViewId, Place } from "../state/console-state.ts";
import type { Subject } from "./subject.ts";

/** A view that is a list: what its rows are, and what its columns say of each. Everything else is the same in all. */
export interface ListDefinition {
  readonly view: ListViewId;
  /** As the path and the palette say it: "Pods". */
  readonly title: string;
  /** Feeds that it needs. */
  readonly kinds: readonly RowKind[];
  /** Figures of the nodes are shown. */
  readonly hasFigures?: boolean;
  /** In their order, before the filter. */
  readonly subjects: (state: ConsoleState, place: Place) => readonly Subject[];
  readonly columns: readonly Column[];
  /** Said in place of the rows when there are none. */
  readonly whenEmpty: (state: ConsoleState) => readonly string[];
}

export interface Column {
  readonly title: string;
  readonly cell: (subject: Subject, context: CellContext) => Span;
  /** What it is sorted by; its text where that is left out. */
  readonly sortBy?: (subject: Subject, state: ConsoleState) => string | number;
  readonly align?: "right";
  /** Gives way when there is no room, and takes what is left over. */
  readonly isFlexible?: boolean;
  /** Only where the screen is at least so wide, or wide lists are switched on. */
  readonly fromColumns?: number;
}

export interface CellContext {
  readonly state: ConsoleState;
  readonly glyphs: Glyphs;
}

/** A list whose subjects are all of one type; its columns need not ask which. */
export function defineList<S extends Subject>(
  given: Omit<ListDefinition, "subjects" | "columns"> & {
    readonly subjects: (state: ConsoleState, place: Place) => readonly S[];
    readonly columns: readonly (Omit<Column, "cell" | "sortBy"> & {
      readonly cell: (subject: S, context: CellContext) => Span;
      readonly sortBy?: (subject: S, state: ConsoleState) => string | number;
    })[];
  },
): ListDefinition {
  // Only what `subjects` returns is ever given to its columns.
  return given as unknown as ListDefinition;
}
