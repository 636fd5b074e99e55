import { availableCommands } from "../commands/find-command.ts";
import type { CommandDefinition } from "../commands/command.ts";
import { lists } from "../lists/lists.ts";
import { selectedSubject } from "../lists/visible.ts";
import { rowsOf, type ConsoleState, type ListViewId } from "./console-state.ts";

/** What the palette leads to. */
export type PaletteEntry =
  | {
      readonly type: "command";
      readonly title: string;
      readonly keys: string;
      readonly command: CommandDefinition;
    }
  | { readonly type: "cluster"; readonly title: string; readonly name: string }
  | {
      readonly type: "object";
      readonly title: string;
      readonly kind: string;
      readonly uid: string;
    };

/** More would be no choice. */
const shownEntries = 50;

/** Commands, clusters and objects that have these letters, the nearest first. */
export function paletteEntries(
  state: ConsoleState,
  commands: readonly CommandDefinition[],
  text: string,
): readonly PaletteEntry[] {
  const typed = text.trim().toLowerCase();
  const subject = selectedSubject(state);
  const entries: readonly PaletteEntry[] = [
    ...availableCommands(commands, state, subject)
      .filter(({ group }) => group !== "Move")
      .map((command) => ({
        type: "command" as const,
        title: command.title,
        keys: command.keys[0] ?? "",
        command,
      })),
    ...(state.clusters ?? []).map(({ name }) => ({
      type: "cluster" as const,
      title: `Cluster ${name}`,
      name,
    })),
    ...(typed === "" ? [] : objectEntries(state)),
  ];
  if (typed === "") return entries.slice(0, shownEntries);
  const ranked = entries.flatMap((entry) => {
    const rank = nearness(entry.title.toLowerCase(), typed);
    return rank === undefined ? [] : [{ entry, rank }];
  });
  // Letters that are strewn over a title are what was meant only where nothing has them together.
  const isTogether = ranked.some(({ rank }) => rank < strewn);
  return ranked
    .filter(({ rank }) => !isTogether || rank < strewn)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, shownEntries)
    .map(({ entry }) => entry);
}

function objectEntries(state: ConsoleState): readonly PaletteEntry[] {
  const kinds = ["Deployment", "StatefulSet", "DaemonSet", "Pod", "Service", "Ingress"] as const;
  return kinds.flatMap((kind) =>
    rowsOf(state, kind).map(({ name, uid }) => ({
      type: "object" as const,
      title: `${kind} ${name}`,
      kind,
      uid,
    })),
  );
}

const strewn = 3;

/** Less is nearer: a word that begins so, then any place, then the letters in their order. */
function nearness(title: string, typed: string): number | undefined {
  const at = title.indexOf(typed);
  if (at === 0) return 0;
  if (at > 0) return /[\s/-]/.test(title.charAt(at - 1)) ? 1 : 2;
  let from = 0;
  for (const letter of typed) {
    const found = title.indexOf(letter, from);
    if (found < 0) return undefined;
    from = found + 1;
  }
  return strewn + from / 100;
}

/** The title of a view, for the path. */
export function viewTitle(view: string): string {
  if (Object.hasOwn(lists, view)) return lists[view as ListViewId].title;
  if (view === "actuator") return "Spring";
  return view === "logs" ? "Log" : view === "document" ? "Text" : view;
}
