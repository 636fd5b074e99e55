import type { Key } from "../model/key.ts";

/** Makes keys of what a terminal sends. It keeps what is not complete yet, so bytes may be split anywhere. */
export interface KeyDecoder {
  push(bytes: Uint8Array): readonly Key[];
  /**
   * Nothing came for a while: an escape that waits for its rest was the key itself. Call it FLUSH_AFTER_MS after a push
   * that left `isWaiting`.
   */
  flush(): readonly Key[];
  readonly isWaiting: boolean;
}

/**
 * Over a slow connection the parts of an arrow key arrive one after the other; a person who presses escape does not
 * notice a tenth of a second.
 */
export const FLUSH_AFTER_MS = 100;

/** A paste is text for a prompt; what is longer is no name and no pattern. */
const longestPaste = 64 * 1024;

const ESC = "\u001b";
const pasteEnd = `${ESC}[201~`;

/**
 * Sequences as xterm documents them: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 * Answers of the terminal and mouse reports are swallowed.
 */
export function createKeyDecoder(): KeyDecoder {
  const decoder = new TextDecoder();
  let waiting = "";
  /** Text of a paste that has not ended; undefined outside of one. */
  let paste: string | undefined;

  function read(isEnd: boolean): readonly Key[] {
    const keys: Key[] = [];
    while (waiting !== "") {
      if (paste !== undefined) {
        const end = waiting.indexOf(pasteEnd);
        if (end < 0) {
          // The last characters may be the beginning of the end.
          const safe = Math.max(0, waiting.length - pasteEnd.length + 1);
          paste = keep(paste, waiting.slice(0, safe));
          waiting = waiting.slice(safe);
          return keys;
        }
        keys.push({ type: "paste", text: keep(paste, waiting.slice(0, end)) });
        waiting = waiting.slice(end + pasteEnd.length);
        paste = undefined;
        continue;
      }
      const found = readOne(waiting, isEnd);
      if (found === undefined) return keys;
      waiting = waiting.slice(found.length);
      if (found.key === "paste") paste = "";
      else if (found.key !== undefined) keys.push(found.key);
    }
    return keys;
  }

  return {
    push(bytes) {
      waiting += decoder.decode(bytes, { stream: true });
      return read(false);
    },
    flush: () => (paste === undefined ? read(true) : []),
    get isWaiting() {
      return waiting !== "" && paste === undefined;
    },
  };
}

function keep(kept: string, more: string): string {
  return kept.length >= longestPaste ? kept : (kept + more).slice(0, longestPaste);
}

interface Found {
  readonly length: number;
  /** Undefined: nothing that was pressed. */
  readonly key: Key | "paste" | undefined;
}

/** The first key of a text; undefined when the rest of it has not come yet. */
function readOne(text: string, isEnd: boolean): Found | undefined {
  if (!text.startsWith(ESC)) {
    const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
    return { length: character.length, key: characterKey(character) };
  }
  if (text.length === 1) return isEnd ? { length: 1, key: named("escape") } : undefined;
  const second = text.charAt(1);
  if (second === ESC) return { length: 1, key: named("escape") };
  if (second === "[") return readControlSequence(text, isEnd);
  if (second === "O") {
    if (text.length === 2) return isEnd ? { length: 2, key: undefined } : undefined;
    const name = finalKeys[text.charAt(2)];
    return { length: 3, key: name === undefined ? undefined : named(name) };
  }
  if ("]P_^X".includes(second)) return readString(text, isEnd);
  const character = String.fromCodePoint(text.codePointAt(1) ?? 0);
  const key = characterKey(character);
  return {
    length: 1 + character.length,
    key: key?.type === "key" ? { ...key, alt: true } : key,
  };
}

/** CSI: parameters, then one letter that says what it is. */
function readControlSequence(text: string, isEnd: boolean): Found | undefined {
  // eslint-disable-next-line no-control-regex -- what is looked for
  const match = /^\u001b\[([0-?]*)([ -/]*)([@-~])/.exec(text);
  if (match === null) {
    // Either its end is still to come, or it is none.
    const isOpen = /^.\[[ -?]*$/.test(text);
    return isOpen && !isEnd ? undefined : { length: 2, key: undefined };
  }
  const [sequence, parameters = "", , final = ""] = match;
  // A mouse report of the oldest kind: three more characters.
  if (final === "M" && parameters === "") {
    const length = sequence.length + 3;
    return text.length < length && !isEnd ? undefined : { length, key: undefined };
  }
  return { length: sequence.length, key: controlKey(parameters, final) };
}

function controlKey(parameters: string, final: string): Key | "paste" | undefined {
  const [first = "", second = "1"] = parameters.split(";");
  if (final === "~") {
    if (first === "200") return "paste";
    const name = tildeKeys[first];
    return name === undefined ? undefined : withModifiers(named(name), second);
  }
  if (final === "I" || final === "O") return { type: "focus", isFocused: final === "I" };
  if (final === "Z") return { ...named("tab"), shift: true };
  // https://sw.kovidgoyal.net/kitty/keyboard-protocol/
  if (final === "u") {
    const code = Number(first);
    if (!(code > 0 && code <= 0x10ffff)) return undefined;
    const key = characterKey(String.fromCodePoint(code));
    return key === undefined ? undefined : withModifiers(key, second);
  }
  // The same letter answers "where is the cursor".
  if (final === "R" && parameters !== "") return undefined;
  const name = finalKeys[final];
  return name === undefined ? undefined : withModifiers(named(name), second);
}

/** OSC, DCS and their like: a text to the bell or to ST. */
function readString(text: string, isEnd: boolean): Found | undefined {
  // eslint-disable-next-line no-control-regex -- what ends it
  const end = /\u0007|\u001b\\/.exec(text.slice(2));
  if (end !== null) return { length: 2 + end.index + end[0].length, key: undefined };
  return isEnd ? { length: text.length, key: undefined } : undefined;
}

function named(name: string): Key & { readonly type: "key" } {
  return { type: "key", name };
}

/** xterm's number: 1 and a bit each for shift, alt and ctrl. */
function withModifiers(key: Key & { readonly type: "key" }, modifiers: string): Key {
  const bits = (Number.parseInt(modifiers, 10) || 1) - 1;
  return {
    ...key,
    ...(bits & 1 ? { shift: true } : {}),
    ...(bits & 2 ? { alt: true } : {}),
    ...(bits & 4 ? { ctrl: true } : {}),
  };
}

function characterKey(character: string): (Key & { readonly type: "key" }) | undefined {
  const code = character.codePointAt(0) ?? 0;
  const name = characterNames[character];
  if (name !== undefined) return named(name);
  if (code === 0) return { ...named("space"), ctrl: true };
  if (code < 27) return { ...named(String.fromCharCode(code + 96)), ctrl: true };
  if (code < 32) return { ...named("\\]^_".charAt(code - 28)), ctrl: true };
  // The second half of a control alphabet that no keyboard sends.
  if (code >= 0x7f && code < 0xa0) return undefined;
  return named(character);
}

const characterNames: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\b": "backspace",
  "\u007f": "backspace",
  "\u001b": "escape",
  " ": "space",
};

const finalKeys: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
};

const tildeKeys: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};
