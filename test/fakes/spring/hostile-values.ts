/** Values of variables that something between a config file and a pod might read as more than text. */
export const hostileValues: readonly string[] = [
  ..."pa$word|pa$$word|$|$$|$$$|$$$$|end$|$(JAVA_TOOL_OPTIONS)|$$(X)|$$$(X)|$(|$()|$(X|$((1+1))|${X}|$X".split(
    "|",
  ),
  ...["\\", "a\\b", "\\n", "\\\\", 'say "hi"', "it's", "`x`", "#no comment", "a: #b", "- item"],
  ...["line\nline", "line\n", "\n", "\r\n", "\ttab", "  leading", "trailing  ", "", " "],
  ...["{{ .Values.x }}", "{{", "}}", '{{ "}}" }}', "{}", "[]", "%{x}", "&a *b", "!tag", "|", ">"],
  ...["Grüße ☕ 日本", "\u0007\u001b[0m", "yes", "ON", "null", "~", "1e3", "0x1F", "0777", "1_000"],
  ...["1:30", "2001-01-01", "true", ".inf", "-", "=", "<<"],
];

/**
 * Kubernetes' own way through a text with references.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.0/third_party/forked/golang/expansion/expand.go
 */
export function expandAsKubernetes(
  text: string,
  variables: Readonly<Record<string, string>>,
): string {
  let result = "";
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    const next = text[at + 1];
    at += 1;
    if (character !== "$" || next === undefined) {
      result += character;
    } else if (next === "$") {
      result += "$";
      at += 1;
    } else if (next === "(") {
      const end = text.indexOf(")", at);
      const name = end === -1 ? undefined : text.slice(at + 1, end);
      result += name === undefined ? "$(" : (variables[name] ?? `$(${name})`);
      at = end === -1 ? at + 1 : end + 1;
    } else {
      result += `$${next}`;
      at += 1;
    }
  }
  return result;
}
