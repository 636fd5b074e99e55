import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  YAMLSeq,
  type Node,
  type YAMLMap,
} from "yaml";
import { ToolError } from "../errors/tool-error.ts";
import { contextName } from "./context-name.ts";

export { contextName };

const lists = ["clusters", "contexts", "users"] as const;

type Kubeconfig = Document<YAMLMap>;

/**
 * The kubeconfig of a cluster for its users: kubeadm's admin.conf with our names and the server as seen from
 * the host. Throws `kubeconfig-invalid`.
 * @param adminConf text of /etc/kubernetes/admin.conf
 * @param options.name name of the cluster
 * @param options.server "https://127.0.0.1:PORT"
 */
export function renameKubeconfig(
  adminConf: string,
  options: { readonly name: string; readonly server: string },
): string {
  const path = "/etc/kubernetes/admin.conf";
  const source = parseKubeconfig(adminConf, path);
  const part = (list: string, key: string): Record<string, unknown> => {
    const node = source.getIn([list, 0, key], true);
    if (!isMap(node)) throw invalid(path, `it has no ${key}`);
    return node.toJS(source) as Record<string, unknown>;
  };
  const cluster = part("clusters", "cluster");
  const user = part("users", "user");
  const name = contextName(options.name);
  const content = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { ...cluster, server: options.server } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
    users: [{ name, user }],
  };
  return render(new Document(content) as unknown as Kubeconfig, "");
}

/**
 * Puts the entries of `ours` (made by renameKubeconfig) into an existing kubeconfig and makes its context the
 * current one. Entries of the same names are replaced; all else, comments and unknown fields too, stays.
 * Throws `kubeconfig-invalid`.
 * @param existing undefined and empty: there is none yet
 * @param path of the existing file, for the error
 */
export function mergeKubeconfig(existing: string | undefined, ours: string, path: string): string {
  if (existing === undefined || existing.trim() === "") return ours;
  const source = parseKubeconfig(ours, path);
  const target = parseKubeconfig(existing, path);
  for (const key of ["apiVersion", "kind"]) {
    if (!target.has(key)) target.set(key, source.get(key));
  }
  for (const list of lists) {
    for (const entry of seqOf(source, list, path)?.items ?? []) {
      replaceEntry(target, list, entry as YAMLMap, path);
    }
  }
  target.set("current-context", source.get("current-context"));
  return render(target, existing, path);
}

/**
 * Removes the entries of one context (context, cluster and user of that name). When it was the current
 * one, `previousContext` becomes current again if it is there, else none is. A text that holds none of it comes
 * back as it was, character for character. Throws `kubeconfig-invalid`.
 */
export function removeFromKubeconfig(
  existing: string,
  context: string,
  options: { readonly path: string; readonly previousContext?: string },
): string {
  if (existing.trim() === "") return existing;
  const { path, previousContext } = options;
  const target = parseKubeconfig(existing, path);
  let hasChanged = false;
  for (const list of lists) {
    const seq = seqOf(target, list, path);
    if (seq === undefined) continue;
    const kept = seq.items.filter((item) => nameOf(item, target) !== context);
    if (kept.length === seq.items.length) continue;
    seq.items = kept;
    if (kept.length === 0) seq.flow = true;
    hasChanged = true;
  }
  if (target.get("current-context") === context) {
    const isThere =
      previousContext !== undefined && contextNames(target, path).includes(previousContext);
    target.set("current-context", isThere ? previousContext : "");
    hasChanged = true;
  }
  return hasChanged ? render(target, existing, path) : existing;
}

/** The current context, or undefined where there is none. Throws `kubeconfig-invalid`. */
export function currentContext(existing: string | undefined, path: string): string | undefined {
  if (existing === undefined || existing.trim() === "") return undefined;
  const current = parseKubeconfig(existing, path).get("current-context");
  return typeof current === "string" && current !== "" ? current : undefined;
}

function parseKubeconfig(text: string, path: string): Kubeconfig {
  const document = parseDocument(text, { stringKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    const message = (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
    throw invalid(path, `${line === undefined ? "" : `line ${line}: `}${message}`, error);
  }
  // A file of comments only: kubectl takes it for an empty one.
  if (
    document.contents === null ||
    (isScalar(document.contents) && document.contents.value === null)
  ) {
    const { commentBefore, comment } = document;
    const empty = new Document({}) as unknown as Kubeconfig;
    empty.commentBefore = [commentBefore, comment].filter(Boolean).join("\n") || null;
    (empty.contents as YAMLMap).flow = false;
    return empty;
  }
  if (!isMap(document.contents)) throw invalid(path, "it is no mapping");
  const kubeconfig = document as unknown as Kubeconfig;
  const kind = kubeconfig.get("kind");
  if (kind !== undefined && kind !== "Config") {
    throw invalid(path, `its kind is ${JSON.stringify(kind)}, not "Config"`);
  }
  if (kind === undefined && !lists.some((list) => kubeconfig.has(list))) {
    throw invalid(path, "it has no kind, clusters, contexts or users");
  }
  for (const list of lists) seqOf(kubeconfig, list, path);
  return kubeconfig;
}

/** A list of the kubeconfig; undefined when it is absent or null, as kubectl writes empty ones. */
function seqOf(document: Kubeconfig, list: string, path: string): YAMLSeq | undefined {
  const node = resolve(document.get(list, true), document);
  if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
  if (!isSeq(node)) throw invalid(path, `its ${list} are no list`);
  return node;
}

function replaceEntry(document: Kubeconfig, list: string, entry: YAMLMap, path: string): void {
  const name = nameOf(entry, document);
  let seq = seqOf(document, list, path);
  if (seq === undefined) {
    seq = new YAMLSeq();
    document.set(list, seq);
  }
  if (seq.items.length === 0) seq.flow = false;
  const place = seq.items.findIndex((item) => nameOf(item, document) === name);
  if (place === -1) {
    seq.items.push(entry);
    return;
  }
  // client-go refuses a file with two entries of one name.
  seq.items = seq.items.flatMap((item, index) => {
    if (index === place) return [entry];
    return nameOf(item, document) === name ? [] : [item];
  });
}

function contextNames(document: Kubeconfig, path: string): readonly unknown[] {
  return (seqOf(document, "contexts", path)?.items ?? []).map((item) => nameOf(item, document));
}

function nameOf(item: unknown, document: Kubeconfig): unknown {
  const node = resolve(item, document);
  return isMap(node) ? node.get("name") : undefined;
}

function resolve(node: unknown, document: Kubeconfig): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return (node ?? undefined) as Node | undefined;
}

/** kubectl writes lists without indentation; a file with other habits keeps them. */
function render(document: Kubeconfig, existing: string, path = ""): string {
  const indentSeq = /^(clusters|contexts|users):[^\n]*\n +-/m.test(existing);
  const flowCollectionPadding = /[[{] \S/.test(existing);
  try {
    // No folding: certificates are long.
    return document.toString({ lineWidth: 0, indentSeq, flowCollectionPadding });
  } catch (error) {
    // An alias whose anchor was in a removed entry.
    throw invalid(path, "it shares parts between entries by YAML anchors", error);
  }
}

function invalid(path: string, reason: string, cause?: unknown): ToolError<"kubeconfig-invalid"> {
  return new ToolError(
    "kubeconfig-invalid",
    { path, reason },
    cause === undefined ? {} : { cause },
  );
}
