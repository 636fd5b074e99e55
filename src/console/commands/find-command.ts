import type { Subject } from "../lists/subject.ts";
import { currentPlace, type ConsoleState } from "../state/console-state.ts";
import type { CommandDefinition } from "./command.ts";

/** The commands that there are here, with what is selected. */
export function availableCommands(
  commands: readonly CommandDefinition[],
  state: ConsoleState,
  subject: Subject | undefined,
): readonly CommandDefinition[] {
  const { view } = currentPlace(state);
  return commands.filter(
    (command) =>
      (command.in === undefined || command.in.includes(view)) &&
      (command.on === undefined || (subject !== undefined && command.on.includes(subject.kind))) &&
      (command.applies?.(state, subject) ?? true),
  );
}

/** What a key does here. What belongs to a view goes before what is everywhere, as the numbers in a log. */
export function commandOfKey(
  key: string,
  commands: readonly CommandDefinition[],
  state: ConsoleState,
  subject: Subject | undefined,
): CommandDefinition | undefined {
  const found = availableCommands(commands, state, subject).filter(({ keys }) =>
    keys.includes(key),
  );
  return found.find(({ in: views }) => views !== undefined) ?? found[0];
}

/** Commands that share a key where both can be meant: a mistake of the table or of a keymap. */
export function collisions(
  commands: readonly CommandDefinition[],
): readonly { readonly key: string; readonly ids: readonly [string, string] }[] {
  return commands.flatMap((first, index) =>
    commands
      .slice(index + 1)
      .flatMap((second) =>
        canBothBeMeant(first, second)
          ? first.keys
              .filter((key) => second.keys.includes(key))
              .map((key) => ({ key, ids: [first.id, second.id] as const }))
          : [],
      ),
  );
}

function canBothBeMeant(first: CommandDefinition, second: CommandDefinition): boolean {
  // One of a view takes the key from one that is everywhere, on purpose.
  if ((first.in === undefined) !== (second.in === undefined)) return false;
  return overlap(first.in, second.in) && overlap(first.on, second.on);
}

function overlap<T>(first: readonly T[] | undefined, second: readonly T[] | undefined): boolean {
  return first === undefined || second === undefined || first.some((each) => second.includes(each));
}
