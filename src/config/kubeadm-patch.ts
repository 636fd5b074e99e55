import type { Operation } from "rfc6902";
import { isNode, LineCounter, parseDocument } from "yaml";
import { isMapping } from "../formats/mapping.ts";
import { dnsDomain } from "./field-rules.ts";
import { quote } from "./quote.ts";

/** One fault in the text of a patch. */
export interface PatchFault {
  /** 1-based line inside the patch's text. */
  readonly line: number;
  readonly reason: string;
}

/** One document of a merge patch. */
export interface KubeadmMergePatch {
  readonly kind: string;
  /** Empty: fits every version. */
  readonly apiVersion: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** Where it begins in the patch's text, from 1 on. */
  readonly line: number;
}

/** The group of each kind of document that kubeadm reads and that patches can change. */
const groupOfKind: Readonly<Record<string, string>> = {
  ClusterConfiguration: "kubeadm.k8s.io",
  InitConfiguration: "kubeadm.k8s.io",
  JoinConfiguration: "kubeadm.k8s.io",
  KubeletConfiguration: "kubelet.config.k8s.io",
  KubeProxyConfiguration: "kubeproxy.config.k8s.io",
};

export const patchableKinds: readonly string[] = Object.keys(groupOfKind);

/** Reads a merge patch: YAML, several documents separated by lines that begin with "---". */
export function parseKubeadmMergePatch(text: string): {
  readonly patches: readonly KubeadmMergePatch[];
  readonly faults: readonly PatchFault[];
} {
  const patches: KubeadmMergePatch[] = [];
  const faults: PatchFault[] = [];
  for (const { text: document, line } of splitDocuments(text)) {
    const { value, faults: found, lineOf } = parsePatchYaml(document);
    const report = (reason: string, at: readonly string[] = []): void =>
      void faults.push({ line: line + lineOf(at) - 1, reason });
    if (found.length > 0) {
      faults.push(...found.map((fault) => ({ ...fault, line: fault.line + line - 1 })));
    } else if (isMapping(value)) {
      const { kind, apiVersion } = value;
      const reason = faultOfTarget(kind, apiVersion);
      const domain =
        kind === "ClusterConfiguration" ? faultOfNetworking(value["networking"]) : undefined;
      if (domain !== undefined) report(domain, ["networking", "dnsDomain"]);
      else if (reason === undefined) {
        patches.push({
          kind: String(kind),
          apiVersion: typeof apiVersion === "string" ? apiVersion : "",
          content: value,
          line,
        });
      } else report(reason);
    } else if (value !== null && value !== undefined) {
      report(`a patch is a mapping with a kind, but this is ${describe(value)}`);
    }
  }
  if (patches.length === 0 && faults.length === 0) {
    faults.push({ line: 1, reason: "the patch is empty" });
  }
  return { patches, faults };
}

/**
 * Reads the operations of a JSON 6902 patch, in YAML or JSON.
 *
 * @param kind of the document that it changes, where it is kubeadm's
 */
export function parseJson6902(
  text: string,
  kind?: string,
): {
  readonly operations: readonly Operation[];
  /** Of each operation, from 1 on in the patch's text. */
  readonly lines: readonly number[];
  readonly faults: readonly PatchFault[];
} {
  const { value, faults, lineOf } = parsePatchYaml(text);
  if (faults.length > 0) return { operations: [], lines: [], faults };
  if (!Array.isArray(value)) {
    const reason = `a JSON 6902 patch is a list of operations, but this is ${describe(value)}`;
    return { operations: [], lines: [], faults: [{ line: 1, reason }] };
  }
  const lines = value.map((_, index) => lineOf([index]));
  const wrong = value.flatMap((operation: unknown, index) => {
    const reason = faultOfOperation(operation) ?? faultOfNewDomain(operation, kind);
    return reason === undefined
      ? []
      : [{ line: lines[index] ?? 1, reason: `operation ${index + 1}: ${reason}` }];
  });
  const operations = wrong.length === 0 ? (value as Operation[]) : [];
  return { operations, lines, faults: wrong };
}

/** What is wrong with the target of a patch, or undefined. */
export function faultOfTarget(kind: unknown, apiVersion: unknown): string | undefined {
  const known = patchableKinds.join(", ");
  if (kind === undefined || kind === null || kind === "") {
    return `the patch needs a kind that says what it changes: ${known}`;
  }
  const group = typeof kind === "string" && Object.hasOwn(groupOfKind, kind) && groupOfKind[kind];
  if (typeof group !== "string") {
    return `there is no document of kind ${quote(kind)} to patch; there are: ${known}`;
  }
  if (apiVersion === undefined || apiVersion === null || apiVersion === "") return undefined;
  if (typeof apiVersion !== "string" || !apiVersion.startsWith(`${group}/`)) {
    return `apiVersion ${quote(apiVersion)} does not go with ${quote(kind)}, which is of ${group}`;
  }
  return undefined;
}

/** kubeadm would refuse it on the node, minutes later. */
function faultOfNetworking(networking: unknown): string | undefined {
  const domain = isMapping(networking) ? networking["dnsDomain"] : undefined;
  return faultOfDomain(domain);
}

function faultOfDomain(domain: unknown): string | undefined {
  if (domain === undefined || domain === null || domain === "") return undefined;
  const reason = typeof domain === "string" ? dnsDomain(domain) : "it must be a text";
  return reason === undefined
    ? undefined
    : `networking.dnsDomain is ${describe(domain)}; ${reason}`;
}

function faultOfNewDomain(operation: unknown, kind: string | undefined): string | undefined {
  if (kind !== "ClusterConfiguration" || !isMapping(operation)) return undefined;
  const { op, path, value } = operation;
  if (!isOneOf(op, ["add", "replace"])) return undefined;
  if (path === "/networking/dnsDomain") return faultOfDomain(value);
  return path === "/networking" ? faultOfNetworking(value) : undefined;
}

function faultOfOperation(operation: unknown): string | undefined {
  if (!isMapping(operation)) return `it is ${describe(operation)}, not a mapping`;
  const { op, path, from } = operation;
  if (!isOneOf(op, ["add", "remove", "replace", "move", "copy", "test"])) {
    return `op is ${describe(op)}; it must be add, remove, replace, move, copy or test`;
  }
  const fault =
    faultOfPointer("path", path) ??
    (isOneOf(op, ["move", "copy"]) ? faultOfPointer("from", from) : undefined);
  if (fault !== undefined) return fault;
  if (isOneOf(op, ["add", "replace", "test"]) && !Object.hasOwn(operation, "value")) {
    return `${String(op)} needs a value`;
  }
  return undefined;
}

/** https://datatracker.ietf.org/doc/html/rfc6901#section-3 */
function faultOfPointer(name: string, value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("/")) {
    const right = typeof value === "string" && value !== "" ? `, as /${value}` : "";
    return `${name} is ${describe(value)}; it must begin with "/"${right}`;
  }
  if (!/~(?![01])/.test(value)) return undefined;
  const right = value.replaceAll(/~(?![01])/g, "~0");
  return `${name} is ${describe(value)}; a "~" is written ~0, as ${right}, and a "/" within a name ~1`;
}

function isOneOf(value: unknown, choices: readonly string[]): boolean {
  return typeof value === "string" && choices.includes(value);
}

function parsePatchYaml(text: string): {
  readonly value: unknown;
  readonly faults: readonly PatchFault[];
  /** 1-based line of what is at a path; of the beginning where there is nothing. */
  lineOf(path: readonly (string | number)[]): number;
} {
  const lineCounter = new LineCounter();
  // Without the last newline an error at the end is in the last line and not in the one after it.
  const document = parseDocument(text.trimEnd(), {
    ...{ prettyErrors: true, stringKeys: true },
    lineCounter,
  });
  const lineOf = (path: readonly (string | number)[]): number => {
    const node = path.length === 0 ? undefined : document.getIn(path, true);
    const [start = 0] = isNode(node) ? (node.range ?? []) : [];
    return path.length === 0 ? 1 : lineCounter.linePos(start).line;
  };
  const faults = document.errors.map(({ linePos, message }) => ({
    line: linePos?.[0].line ?? 1,
    reason: firstLine(message),
  }));
  if (faults.length > 0) return { value: undefined, faults, lineOf };
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown, faults, lineOf };
  } catch (error) {
    // yaml throws a ReferenceError for an alias without an anchor and for too many aliases.
    if (!(error instanceof ReferenceError)) throw error;
    return { value: undefined, faults: [{ line: 1, reason: firstLine(error.message) }], lineOf };
  }
}

/** "Message at line 1, column 2:" and an excerpt follow; the line is reported separately. */
function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
}

/** As kind splits: at each line that begins with "---", whatever follows on it. */
function splitDocuments(text: string): readonly { readonly text: string; readonly line: number }[] {
  const documents: { text: string; line: number }[] = [];
  let lines: string[] = [];
  let start = 1;
  text.split("\n").forEach((line, index) => {
    if (line.startsWith("---")) {
      documents.push({ text: lines.join("\n"), line: start });
      lines = [];
      start = index + 2;
    } else lines.push(line);
  });
  return [...documents, { text: lines.join("\n"), line: start }];
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return quote(value);
}
