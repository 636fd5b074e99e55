import { parse, TomlError } from "smol-toml";
import { isMapping } from "../formats/mapping.ts";

/** Line of what stands at a path of a TOML text, or of the nearest table around it. */
export function lineOfToml(text: string, path: readonly string[]): number {
  let table: readonly string[] = [];
  let best = { line: 1, depth: 0 };
  text.split("\n").forEach((content, index) => {
    const [, header] = /^\s*(\[[^#]*\])\s*(#.*)?$/.exec(content) ?? [];
    const [, key] = /^\s*([^#=]+?)\s*=/.exec(content) ?? [];
    if (header !== undefined) table = keysOf(header) ?? table;
    else if (key === undefined) return;
    const here = header === undefined ? [...table, ...(keysOf(`${key} = 0`) ?? [])] : table;
    if (here.length > path.length) {
      if (best.depth < path.length && path.every((step, at) => here[at] === step))
        best = { line: index + 1, depth: path.length };
    } else if (here.length > best.depth && here.every((step, at) => path[at] === step))
      best = { line: index + 1, depth: here.length };
  });
  return best.line;
}

/** The path that one line of TOML names; undefined when the line is no TOML by itself. */
function keysOf(line: string): readonly string[] | undefined {
  try {
    const keys: string[] = [];
    let value: unknown = parse(line);
    for (;;) {
      if (Array.isArray(value)) value = value[0];
      const [key] = isMapping(value) ? Object.keys(value) : [];
      if (key === undefined || !isMapping(value)) return keys;
      keys.push(key);
      value = value[key];
    }
  } catch (error) {
    if (error instanceof TomlError) return undefined;
    throw error;
  }
}
