import { parse, stringify } from "yaml";

// A file of its own, so that yaml is read when it is needed.

/** YAML as kubectl prints it: no folding of long lines, no anchors. */
export function renderYaml(data: unknown): string {
  return stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** For YAML that we made ourselves; what users write goes through load-config.ts. */
export function parseYaml(text: string): unknown {
  return parse(text);
}
