import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { ConfigFault } from "../errors/catalog/config.ts";
import { quote } from "./quote.ts";

export type Path = readonly (string | number)[];

/** A config file's YAML as plain data, with the way back to its lines. */
export interface YamlSource {
  /** Fields whose value is null are left out, as unset, except in maps of the user's own keys. */
  readonly value: unknown;
  /** Line on which another document begins; only the first is read. */
  readonly secondDocument?: number;
  /** 1-based line of what is at `path`, or of the nearest thing around it that exists. */
  lineOf(path: Path): number;
  /** Line of the key itself. */
  lineOfKey(path: Path, key: string): number;
  /** Line on which the text of a string begins: the one after "|" for block text. */
  lineOfText(path: Path): number;
}

const maximumBytes = 1024 * 1024;
/**
 * A config of a hundred nodes has some ten thousand. The parser takes milliseconds for so many, but seconds to
 * minutes for the most that fit into a mebibyte.
 */
const maximumTokens = 20_000;
const maximumFlowDepth = 50;
/** Values after aliases are replaced by what they stand for: a few lines of them can mean billions. */
const maximumValues = 50_000;

/** Maps from keys of the user's to texts. */
const mapsOfTexts: ReadonlySet<string> = new Set([
  "labels",
  "env",
  "secrets",
  "runtimeConfig",
  "requests",
  "limits",
]);

/** Reads one document. All faults of the YAML itself are collected; with any, there is no source. */
export function parseYamlSource(
  text: string,
): { readonly source: YamlSource } | { readonly faults: readonly ConfigFault[] } {
  const refused = faultOfSize(text) ?? faultOfShape(text);
  if (refused !== undefined) return { faults: [refused] };

  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    stringKeys: true,
    // Checked below, with both lines and in linear time.
    uniqueKeys: false,
  });
  const all = [...document.errors, ...document.warnings];
  const second = all.find(({ code }) => code === "MULTIPLE_DOCS");
  const wrong = all.filter((error) => error !== second);
  if (wrong.length > 0)
    return { faults: unique(wrong.map((error) => faultOf(error, lines, text))) };
  if (document.contents === null || isNull(document.contents)) {
    return { faults: [{ line: 0, path: "", reason: "the file is empty" }] };
  }
  const aliases = resolveAliases(document);
  const reader = new Reader(aliases, lines);
  const value = reader.read(document.contents, []);
  return reader.faults.length > 0
    ? { faults: reader.faults }
    : {
        source: {
          ...sourceOf(document, aliases, lines, value),
          ...(second === undefined ? {} : { secondDocument: faultOf(second, lines, text).line }),
        },
      };
}

function faultOfSize(text: string): ConfigFault | undefined {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= maximumBytes) return undefined;
  return { line: 0, path: "", reason: `the file has ${bytes} bytes; 1 MiB at most is read` };
}

/** Looks at the tokens only, and stops at the limit. */
function faultOfShape(text: string): ConfigFault | undefined {
  let tokens = 0;
  let depth = 0;
  let line = 1;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    else if (token === "\n") line++;
    if (depth > maximumFlowDepth) {
      return { line, path: "", reason: `brackets are nested more than ${maximumFlowDepth} deep` };
    }
    if (++tokens > maximumTokens) {
      const reason = `the file is too large for a config: more than ${maximumTokens} YAML tokens`;
      return { line: 0, path: "", reason };
    }
  }
  return undefined;
}

const wordsOfErrors: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "a tab is used for indentation; YAML allows spaces only",
  RESOURCE_EXHAUSTION: "the file is nested too deeply",
};

function faultOf(
  { code, message, pos }: { code: string; message: string; pos: readonly [number, number] },
  lines: LineCounter,
  text: string,
): ConfigFault {
  const [first = ""] = message.split("\n");
  const isTooDeep = first.includes("call stack");
  return {
    // What is missing at the end is missing in the last line, not in the one after it.
    line: lines.linePos(Math.min(pos[0], text.trimEnd().length)).line,
    path: "",
    reason: isTooDeep
      ? "the file is nested too deeply"
      : (wordsOfErrors[code] ?? first.replace(/ at line \d+, column \d+:?$/, "")),
  };
}

type Aliases = ReadonlyMap<Alias, Node>;

/** In one walk: yaml's own Alias.resolve walks the document again for each alias. */
function resolveAliases(document: Document): Aliases {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** Turns nodes into data; a class for the faults and the count it keeps on the way. */
class Reader {
  readonly faults: ConfigFault[] = [];
  readonly #aliases: Aliases;
  readonly #lines: LineCounter;
  readonly #open = new Set<Node>();
  #values = 0;

  constructor(aliases: Aliases, lines: LineCounter) {
    this.#aliases = aliases;
    this.#lines = lines;
  }

  read(node: unknown, path: Path): unknown {
    if (!isNode(node) || this.#isFull(node)) return null;
    if (isAlias(node)) return this.#readAlias(node, path);
    if (isMap(node)) return this.#readMap(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
    if (!isScalar(node)) return null;
    if (typeof node.value === "object" && node.value !== null) {
      this.#report(node, path, `the tag ${node.tag ?? "of this value"} is not supported`);
      return null;
    }
    // In maps of texts numbers and truth values are taken as they are written: 1.10 is not 1.1.
    const isWritten = mapsOfTexts.has(String(path.at(-2))) && node.value !== null;
    return isWritten ? (node.source ?? String(node.value)) : node.value;
  }

  #isFull(node: Node): boolean {
    this.#values++;
    if (this.#values === maximumValues + 1) {
      this.#report(
        node,
        [],
        `with its aliases written out, the file has more than ${maximumValues} values`,
      );
    }
    return this.#values > maximumValues;
  }

  #readAlias(alias: Alias, path: Path): unknown {
    const target = this.#aliases.get(alias);
    if (target === undefined) {
      this.#report(alias, path, `there is no anchor &${alias.source} before this alias`);
      return null;
    }
    if (this.#open.has(target)) {
      this.#report(alias, path, `*${alias.source} stands for something that contains it`);
      return null;
    }
    return this.#inside(target, () => this.read(target, path));
  }

  #readMap(map: YAMLMap, path: Path): unknown {
    return this.#inside(map, () => {
      const merged = new Map<string, unknown>();
      const lineOfKey = new Map<string, number>();
      for (const pair of map.items) {
        const key = keyOf(pair);
        if (key === "<<") {
          this.#merge(pair, path, merged);
          continue;
        }
        const line = lineOf(pair.key, this.#lines);
        const earlier = lineOfKey.get(key);
        if (earlier !== undefined) {
          const where = renderPath(path);
          this.faults.push({
            line,
            path: where,
            reason: `${quote(key)} is given twice, first in line ${earlier}`,
          });
        }
        lineOfKey.set(key, line);
        merged.set(key, this.read(pair.value, [...path, key]));
      }
      const keepsNulls = isMapOfOwnKeys(String(path.at(-1)));
      return Object.fromEntries([...merged].filter(([, value]) => keepsNulls || value !== null));
    });
  }

  /** "<<: *defaults" of YAML 1.1, which kind's parser knows: fills in what the mapping does not say itself. */
  #merge(pair: Pair, path: Path, merged: Map<string, unknown>): void {
    const value = this.read(pair.value, path);
    const sources: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const source of sources) {
      if (typeof source !== "object" || source === null || Array.isArray(source)) {
        this.#report(pair.key, path, '"<<" takes a mapping, or a list of them');
        continue;
      }
      for (const [key, content] of Object.entries(source)) {
        if (!merged.has(key)) merged.set(key, content);
      }
    }
  }

  #inside(node: Node, read: () => unknown): unknown {
    const isOuter = !this.#open.has(node);
    this.#open.add(node);
    const value = read();
    if (isOuter) this.#open.delete(node);
    return value;
  }

  #report(node: unknown, path: Path, reason: string): void {
    this.faults.push({ line: lineOf(node, this.#lines), path: renderPath(path), reason });
  }
}

function sourceOf(
  document: Document,
  aliases: Aliases,
  lines: LineCounter,
  value: unknown,
): YamlSource {
  return {
    value,
    lineOf: (path) => {
      const { pair, node } = find(document, aliases, path);
      return lineOf(pair?.key ?? node, lines);
    },
    lineOfKey: (path, key) => {
      const { node, isFound } = find(document, aliases, path);
      const pair = isFound && isMap(node) ? pairOf(node, key, aliases) : undefined;
      return lineOf(pair?.key ?? node, lines);
    },
    lineOfText: (path) => {
      const { node } = find(document, aliases, path);
      const isBlock =
        isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
      return lineOf(node, lines) + (isBlock ? 1 : 0);
    },
  };
}

/** There null is a mistake, and no field left unset. */
function isMapOfOwnKeys(field: string): boolean {
  return mapsOfTexts.has(field) || field === "featureGates";
}

interface Place {
  readonly node: unknown;
  /** The mapping entry that holds it. */
  readonly pair?: Pair;
  readonly isFound: boolean;
}

function find(document: Document, aliases: Aliases, path: Path): Place {
  let place: Place = { node: document.contents, isFound: true };
  for (const step of path) {
    const container = resolved(place.node, aliases);
    const pair = isMap(container) ? pairOf(container, String(step), aliases) : undefined;
    const item: unknown = isSeq(container) ? container.items[Number(step)] : pair?.value;
    if (item === undefined || item === null) {
      return pair === undefined
        ? { ...place, isFound: false }
        : { node: pair.key, pair, isFound: false };
    }
    place = { node: item, isFound: true, ...(pair === undefined ? {} : { pair }) };
  }
  return { ...place, node: resolved(place.node, aliases) };
}

/** The last of several, as they are read; else what a merge key brings in. */
function pairOf(map: YAMLMap, key: string, aliases: Aliases): Pair | undefined {
  const own = map.items.findLast((pair) => keyOf(pair) === key);
  if (own !== undefined) return own;
  for (const pair of map.items.filter((candidate) => keyOf(candidate) === "<<")) {
    const value = resolved(pair.value, aliases);
    for (const source of isSeq(value) ? value.items : [value]) {
      const merged = resolved(source, aliases);
      const found = isMap(merged) ? pairOf(merged, key, aliases) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function resolved(node: unknown, aliases: Aliases): unknown {
  return isAlias(node) ? aliases.get(node) : node;
}

function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

function lineOf(node: unknown, lines: LineCounter): number {
  const range = isNode(node) ? node.range : undefined;
  return range === undefined || range === null ? 1 : lines.linePos(range[0]).line;
}

function isNull(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function unique(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  return [...new Map(faults.map((fault) => [`${fault.line} ${fault.reason}`, fault])).values()];
}

/** nodes[1].labels."my.key/x": as a path is read, quoted where it would not be clear. */
export function renderPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const name = /^[\w-]+$/.test(step) ? step : quote(step);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
