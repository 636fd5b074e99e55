import type { Key } from "../model/key.ts";

/** A key as the table of commands and the keymap file write it: "ctrl-d", "shift-right", "enter", "G". */
export function keyText(key: Key): string {
  if (key.type !== "key") return "";
  return [
    key.ctrl === true ? "ctrl-" : "",
    key.alt === true ? "alt-" : "",
    key.shift === true ? "shift-" : "",
    key.name,
  ].join("");
}

/** What a key types into a prompt; undefined for a key that types nothing. */
export function typedText(key: Key): string | undefined {
  if (key.type === "paste") return key.text.split(/[\r\n]/, 1)[0] ?? "";
  if (key.type !== "key" || key.ctrl === true || key.alt === true) return undefined;
  if (key.name === "space") return " ";
  return [...key.name].length === 1 ? key.name : undefined;
}
