import type { CommandDefinition } from "../commands/command.ts";
import { asksForName } from "../commands/commands.ts";
import { availableCommands, commandOfKey } from "../commands/find-command.ts";
import { keyText, typedText } from "../keys/key-text.ts";
import { selectedSubject } from "../lists/visible.ts";
import type { Key } from "../model/key.ts";
import { currentPlace, withPlace, type ConsoleState, type Overlay } from "./console-state.ts";
import { enterCluster, openObject, request } from "./navigate.ts";
import { paletteEntries } from "./palette.ts";
import {
  changeLogs,
  confirm,
  confirmNewCluster,
  confirmScale,
  findInDocument,
  findInLogs,
  isNameTyped,
  perform,
} from "./perform.ts";

/** A Deployment of more is no development any more. */
const mostReplicas = 999;

export function reduceKey(
  state: ConsoleState,
  key: Key,
  commands: readonly CommandDefinition[],
): ConsoleState {
  if (key.type === "focus") return { ...state, isFocused: key.isFocused };
  // It leaves from everywhere, so that nobody is ever caught.
  if (keyText(key) === "ctrl-c") return request(state, { type: "quit" });
  if (state.overlay !== undefined) return inOverlay(state, state.overlay, key, commands);
  if (key.type === "paste") return state;
  const command = commandOfKey(keyText(key), commands, state, selectedSubject(state));
  return command === undefined ? state : perform(state, command);
}

function inOverlay(
  state: ConsoleState,
  overlay: Overlay,
  key: Key,
  commands: readonly CommandDefinition[],
): ConsoleState {
  const text = keyText(key);
  const closed: ConsoleState = { ...state, overlay: undefined };
  switch (overlay.type) {
    case "help": {
      if (["escape", "q", "?", "enter"].includes(text)) return closed;
      const by = scrolling(text, state);
      return by === undefined
        ? state
        : { ...state, overlay: { ...overlay, top: Math.max(0, overlay.top + by) } };
    }
    case "filter": {
      if (text === "enter") return closed;
      if (text === "escape") return withPlace(closed, { filter: overlay.before });
      if (text === "down" || text === "up") return inList(state, text, commands);
      const filter = edited(currentPlace(state).filter, key);
      return filter === undefined ? state : withPlace(state, { filter });
    }
    case "search": {
      if (text === "escape") return closed;
      if (text === "enter") return search(closed, overlay.text);
      const changed = edited(overlay.text, key);
      return changed === undefined ? state : { ...state, overlay: { ...overlay, text: changed } };
    }
    case "palette": {
      if (text === "escape") return closed;
      const entries = paletteEntries(state, commands, overlay.text);
      const by = choosing(text);
      if (by !== undefined) {
        const selected = Math.max(0, Math.min(overlay.selected + by, entries.length - 1));
        return { ...state, overlay: { ...overlay, selected } };
      }
      if (text === "enter") {
        const entry = entries[overlay.selected];
        if (entry === undefined) return state;
        switch (entry.type) {
          case "command":
            return perform(closed, entry.command);
          case "cluster":
            return enterCluster(closed, entry.name);
          case "object":
            return openObject(closed, entry);
        }
      }
      const changed = edited(overlay.text, key);
      return changed === undefined
        ? state
        : { ...state, overlay: { ...overlay, text: changed, selected: 0 } };
    }
    case "menu": {
      const entries = menuCommands(state, commands);
      if (["escape", "q", "m"].includes(text)) return closed;
      const by = choosing(text) ?? (text === "j" ? 1 : text === "k" ? -1 : undefined);
      if (by !== undefined) {
        const selected = Math.max(0, Math.min(overlay.selected + by, entries.length - 1));
        return { ...state, overlay: { ...overlay, selected } };
      }
      const chosen =
        text === "enter"
          ? entries[overlay.selected]
          : entries.find(({ keys }) => keys.includes(text));
      return chosen === undefined ? state : perform(closed, chosen);
    }
    case "dialog":
      return inDialog(state, overlay, key, commands);
    case "scale": {
      const command = commands.find(({ id }) => id === "scale");
      if (text === "escape" || text === "q" || command === undefined) return closed;
      if (text === "enter") {
        return overlay.replicas === overlay.before
          ? closed
          : confirmScale(state, command, overlay.target, overlay.replicas);
      }
      const replicas = scaled(overlay.replicas, text);
      return replicas === undefined
        ? state
        : {
            ...state,
            overlay: { ...overlay, replicas: Math.max(0, Math.min(replicas, mostReplicas)) },
          };
    }
    case "new-cluster": {
      const command = commands.find(({ id }) => id === "create-cluster");
      if (text === "escape" || command === undefined) return closed;
      if (text === "enter") {
        return overlay.name === "" ? state : confirmNewCluster(state, command, overlay.name);
      }
      const name = edited(overlay.name, key);
      return name === undefined
        ? state
        : { ...state, overlay: { ...overlay, name: name.replace(/[^a-z0-9-]/g, "") } };
    }
  }
}

/** "No" is the answer to everything that is not exactly "yes". */
function inDialog(
  state: ConsoleState,
  overlay: Extract<Overlay, { readonly type: "dialog" }>,
  key: Key,
  commands: readonly CommandDefinition[],
): ConsoleState {
  const text = keyText(key);
  const closed: ConsoleState = { ...state, overlay: undefined };
  const command = commands.find(({ id }) => id === overlay.command);
  if (command === undefined || text === "escape") return closed;
  if (!asksForName(command, overlay.targets)) {
    return text === "y" || text === "Y" ? confirm(state, command, overlay.targets) : closed;
  }
  if (text === "enter") {
    return isNameTyped(command, overlay.targets, overlay.typed)
      ? confirm(state, command, overlay.targets)
      : state;
  }
  const typed = edited(overlay.typed, key);
  return typed === undefined ? state : { ...state, overlay: { ...overlay, typed } };
}

/** What the menu of a row offers. */
export function menuCommands(
  state: ConsoleState,
  commands: readonly CommandDefinition[],
): readonly CommandDefinition[] {
  return availableCommands(commands, state, selectedSubject(state)).filter(
    ({ group, id }) => (group === "Selection" || group === "Acting") && id !== "menu",
  );
}

function search(state: ConsoleState, text: string): ConsoleState {
  if (currentPlace(state).view === "logs") {
    const isAgain = text !== "" && text === state.logs?.search;
    const searched = changeLogs(state, ({ onlyMatches }) => ({
      search: text,
      onlyMatches: text === "" ? false : isAgain ? !onlyMatches : onlyMatches,
    }));
    return text === "" || isAgain ? searched : findInLogs(searched, -1);
  }
  return findInDocument(withPlace(state, { search: text }), 1);
}

function inList(
  state: ConsoleState,
  text: string,
  commands: readonly CommandDefinition[],
): ConsoleState {
  const command = commands.find(({ id }) => id === `move-${text}`);
  return command === undefined ? state : perform(state, command);
}

/** A prompt's text after a key; undefined when the key does not edit. */
function edited(text: string, key: Key): string | undefined {
  switch (keyText(key)) {
    case "backspace":
      return [...text].slice(0, -1).join("");
    case "ctrl-u":
      return "";
    case "ctrl-w":
      return text.replace(/\S+\s*$/, "");
  }
  const typed = typedText(key);
  return typed === undefined ? undefined : text + typed;
}

function choosing(text: string): number | undefined {
  if (["down", "ctrl-n", "tab"].includes(text)) return 1;
  if (["up", "ctrl-p", "shift-tab"].includes(text)) return -1;
  return undefined;
}

function scrolling(text: string, { size }: ConsoleState): number | undefined {
  if (["j", "down"].includes(text)) return 1;
  if (["k", "up"].includes(text)) return -1;
  if (["page-down", "ctrl-f", "space"].includes(text)) return size.rows - 4;
  if (["page-up", "ctrl-b"].includes(text)) return -(size.rows - 4);
  if (["g", "home"].includes(text)) return -100_000;
  return undefined;
}

function scaled(replicas: number, text: string): number | undefined {
  if (["+", "=", "up", "right", "k", "l"].includes(text)) return replicas + 1;
  if (["-", "down", "left", "j", "h"].includes(text)) return replicas - 1;
  return /^\d$/.test(text) ? Number(text) : undefined;
}
