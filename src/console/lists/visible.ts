import type { Glyphs } from "../lines/glyphs.ts";
import { unicodeGlyphs } from "../lines/glyphs.ts";
import { matcher } from "../state/logs-state.ts";
import {
  currentPlace,
  type ConsoleState,
  type ListViewId,
  type Place,
} from "../state/console-state.ts";
import { lists } from "./lists.ts";
import type { Column, ListDefinition } from "./list-definition.ts";
import type { Subject } from "./subject.ts";

export function listOf({ view }: Pick<Place, "view">): ListDefinition | undefined {
  return Object.hasOwn(lists, view) ? lists[view as ListViewId] : undefined;
}

/** What a list shows, in its order: filtered and sorted. */
export function visibleSubjects(
  state: ConsoleState,
  place: Place = currentPlace(state),
): readonly Subject[] {
  const list = listOf(place);
  if (list === undefined) return [];
  const all = list.subjects(state, place);
  const filtered = place.filter === "" ? all : filterSubjects(all, list, place.filter, state);
  return place.sort === undefined ? filtered : sortSubjects(filtered, list, place.sort, state);
}

/** A filter looks at everything that a row says, its namespace included. */
function filterSubjects(
  subjects: readonly Subject[],
  { columns }: ListDefinition,
  filter: string,
  state: ConsoleState,
): readonly Subject[] {
  const matches = matcher(filter);
  return subjects.filter((subject) => {
    const texts = columns.map((column) => textOf(column, subject, state, unicodeGlyphs));
    return matches([`${subject.namespace}/${subject.name}`, ...texts].join(" "));
  });
}

function sortSubjects(
  subjects: readonly Subject[],
  { columns }: ListDefinition,
  { column: title, isDescending }: NonNullable<Place["sort"]>,
  state: ConsoleState,
): readonly Subject[] {
  const column = columns.find((each) => each.title === title);
  if (column === undefined) return subjects;
  const keyed = subjects.map((subject) => ({
    subject,
    key: column.sortBy?.(subject, state) ?? textOf(column, subject, state, unicodeGlyphs),
  }));
  const sign = isDescending ? -1 : 1;
  return keyed
    .sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0))
    .map(({ subject }) => subject);
}

export function textOf(
  column: Column,
  subject: Subject,
  state: ConsoleState,
  glyphs: Glyphs,
): string {
  return column.cell(subject, { state, glyphs }).text;
}

/** The columns for which there is room. */
export function columnsFor(
  { columns }: ListDefinition,
  { width, showsWide }: { readonly width: number; readonly showsWide: boolean },
): readonly Column[] {
  return columns.filter(({ fromColumns = 0 }) => showsWide || width >= fromColumns);
}

/** Where the selection is among them: the selected one, else what is now where it was. */
export function selectedIndex(subjects: readonly Subject[], place: Place): number {
  const index = subjects.findIndex(({ uid }) => uid === place.selectedUid);
  if (index >= 0) return index;
  return Math.max(0, Math.min(place.selectedIndex, subjects.length - 1));
}

export function selectedSubject(state: ConsoleState): Subject | undefined {
  const place = currentPlace(state);
  const subjects = visibleSubjects(state, place);
  return subjects[selectedIndex(subjects, place)];
}
