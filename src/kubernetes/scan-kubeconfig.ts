/** An entry of a kubeconfig's lists: its name, and the plain values in it by their own keys. */
export interface KubeconfigEntry {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** How a client reaches the server of a context, and what it shows there. */
export interface ContextServer {
  readonly url: string;
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
}

type List = "contexts" | "clusters" | "users";

/**
 * The entries of a list as far as one sees them without a YAML parser, which takes longer to load than a completion may
 * take: block style as kubectl and we write it, JSON, and maps in braces. Anything else is left out. Never throws.
 */
export function scanKubeconfig(text: string, list: List): readonly KubeconfigEntry[] {
  return text.trimStart().startsWith("{") ? entriesOfJson(text, list) : entriesOfYaml(text, list);
}

/** Undefined unless the context, its cluster with a CA and its user with a certificate stand in the text themselves. */
export function scanContextServer(text: string, context: string): ContextServer | undefined {
  const find = (list: List, name: string | undefined) =>
    scanKubeconfig(text, list).find((entry) => entry.name === name)?.values;
  const { cluster, user } = find("contexts", context) ?? {};
  const { server: url, "certificate-authority-data": ca } = find("clusters", cluster) ?? {};
  const { "client-certificate-data": cert, "client-key-data": key } = find("users", user) ?? {};
  if (url === undefined || ca === undefined || cert === undefined || key === undefined) {
    return undefined;
  }
  return { url, tls: { ca: decode(ca), cert: decode(cert), key: decode(key) } };
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

function entriesOfJson(text: string, list: List): readonly KubeconfigEntry[] {
  try {
    const lists = JSON.parse(text) as Partial<Record<List, readonly Record<string, unknown>[]>>;
    return (lists[list] ?? []).map(({ name, ...content }) => ({
      name: String(name),
      values: Object.fromEntries(
        Object.values(content)
          .flatMap((part) => Object.entries(part ?? {}))
          .filter((pair): pair is [string, string] => typeof pair[1] === "string"),
      ),
    }));
  } catch {
    return [];
  }
}

function entriesOfYaml(text: string, list: List): readonly KubeconfigEntry[] {
  const entries: { name: string; values: Record<string, string> }[] = [];
  let isInList = false;
  let keyColumn = -1;
  for (const line of text.split(/\r?\n/)) {
    if (/^[^\s#-]/.test(line)) {
      isInList = new RegExp(`^${list}:\\s*(#.*)?$`).test(line);
      keyColumn = -1;
      continue;
    }
    const [, start = "", key, rest = ""] = /^([\s-]*)([\w./-]+):(?:\s+(.*))?$/.exec(line) ?? [];
    if (!isInList || key === undefined) continue;
    // "- " begins an entry where it stands as far left as that of the first one.
    if (start.includes("-") && (keyColumn < 0 || start.length === keyColumn)) {
      keyColumn = start.length;
      entries.push({ name: "", values: {} });
    }
    const entry = entries.at(-1);
    if (entry === undefined) continue;
    if (start.length === keyColumn && key === "name") entry.name = plain(rest);
    else if (rest.startsWith("{")) Object.assign(entry.values, valuesInBraces(rest));
    else entry.values[key] = plain(rest);
  }
  return entries.filter(({ name }) => name !== "");
}

function valuesInBraces(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/([\w./-]+):\s*("[^"]*"|'[^']*'|[^,}]*)/g);
  return Object.fromEntries([...pairs].map(([, key = "", value = ""]) => [key, plain(value)]));
}

/** A scalar without quotes and without the comment behind it. */
function plain(text: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(text.trim());
  return quoted?.[2] ?? text.replace(/\s+#.*$/, "").trim();
}
