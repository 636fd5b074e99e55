/**
 * A regular expression, for JavaScript and Java, of a pattern for paths as Ant and Maven have them: `*` within a folder,
 * `**` over any number of them, a folder with a slash at its end for all in it; `%ant[…]` and `%regex[…]` say which kind it is.
 * https://ant.apache.org/manual/dirtasks.html#patterns
 */
export function antPattern(pattern: string): string {
  const [, kind, text] = /^%(ant|regex)\[(.*)\]$/.exec(pattern) ?? [undefined, "ant", pattern];
  if (kind === "regex") return text ?? "";
  const parts = (text ?? "").replaceAll("\\", "/").replace(/\/$/, "/**").split("/");
  const last = parts.length - 1;
  const translated = parts.map((part, at) => {
    if (part === "**") return at === last ? ".*" : "(?:[^/]+/)*";
    const segment = part
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, "[^/]*")
      .replace(/\?/g, "[^/]");
    if (at === last) return segment;
    // "a/**" is also "a" itself.
    return parts[at + 1] === "**" && at + 1 === last ? `${segment}(?:/|$)` : `${segment}/`;
  });
  return translated.join("");
}

/** Whether a path, relative to the folder that is scanned, matches. */
export function matchesPattern(path: string, regularExpression: string): boolean {
  return new RegExp(`^(?:${regularExpression})$`).test(path);
}
