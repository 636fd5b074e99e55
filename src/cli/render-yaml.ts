import { stringify } from "yaml";

/** YAML as kubectl prints it: no folding of long lines. A file of its own, so that yaml is read when needed. */
export function renderYaml(data: unknown): string {
  return stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}
