import { stringify } from "yaml";

/** One file of what is handed over. */
export interface TextFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly text: string;
}

/** YAML as kubectl prints it, with what a reader should know above it. */
export function yamlText(data: unknown, comment?: string): string {
  const said = (comment ?? "").split("\n").map((line) => `# ${line}`.trimEnd());
  // kubectl, kustomize and Helm read YAML 1.1, where `ON` is no text and `0777` is 511.
  const compat = "yaml-1.1";
  const body = stringify(data, { lineWidth: 0, aliasDuplicateObjects: false, compat });
  return `${comment === undefined ? "" : `${said.join("\n")}\n`}${body}`;
}

/** "user-service-deployment.yaml": one object a file, found by its name. */
export function fileNameOf(object: {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}): string {
  const kind = object.kind.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
  return `${object.metadata.name.replace(/[^a-z0-9.-]/gi, "-")}-${kind}.yaml`;
}
