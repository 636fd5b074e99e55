import type { CompletionFlag, CompletionNode, Values } from "./completion-model.ts";

export type Shell = "bash" | "zsh" | "fish";

/** A completion script: it knows all commands and flags itself, and asks airfield for clusters only. */
export function renderCompletion(shell: Shell, nodes: readonly CompletionNode[]): string {
  switch (shell) {
    case "bash":
      return renderBash(nodes);
    case "zsh":
      return renderZsh(nodes);
    case "fish":
      return renderFish(nodes);
  }
}

const LIST_CLUSTERS = "airfield get clusters --output name --quiet 2>/dev/null";

function renderBash(nodes: readonly CompletionNode[]): string {
  return `# bash completion of airfield. Load it with: source <(airfield completion bash)
_airfield() {
  local word path= skip= i
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
${walk("COMP_WORDS[i]", "((i = 1; i < COMP_CWORD; i++))", nodes, "return")}
  local words=
  case $path:$previous in
${valuePatterns(nodes)
  .map(([pattern, values]) => `    ${pattern}) ${bashValues(values)} ;;`)
  .join("\n")}
    *) case $path in
${nodes.map((node) => `      ${quote(node.path)}) ${bashNode(node)} ;;`).join("\n")}
    esac ;;
  esac
  COMPREPLY+=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _airfield airfield
`;
}

/** The loop that finds out which command the words before the cursor name; bash and zsh share it. */
function walk(
  word: string,
  loop: string,
  nodes: readonly CompletionNode[],
  afterDashes: string,
): string {
  const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => path);
  return `  for ${loop}; do
    word=\${${word}}
    if [[ -n $skip ]]; then skip=; continue; fi
    case $word in
      --) ${afterDashes} ;;
      ${flagsWithValues(nodes).join("|")}|-o) skip=1 ;;
      -*) ;;
      *) case "$path/$word" in
        ${paths.join("|")}) path=$path/$word ;;
      esac ;;
    esac
  done`;
}

function bashNode({ children, flags, takes }: CompletionNode): string {
  const words = [...children.map(({ name }) => name), ...flags.map(({ long }) => long)].join(" ");
  if (takes.kind === "clusters") return `words="${words} $(${LIST_CLUSTERS})"`;
  if (takes.kind === "words") return `words=${quote([words, ...takes.words].join(" "))}`;
  const fallback =
    takes.kind === "files"
      ? '; COMPREPLY=($(compgen -f -- "$current"))'
      : takes.kind === "folders"
        ? '; COMPREPLY=($(compgen -d -- "$current"))'
        : "";
  return `words=${quote(words)}${fallback}`;
}

function bashValues(values: Values): string {
  switch (values.kind) {
    case "words":
      return `words=${quote(values.words.join(" "))}`;
    case "clusters":
      return `words=$(${LIST_CLUSTERS})`;
    case "files":
      return 'COMPREPLY=($(compgen -f -- "$current")); return';
    case "folders":
      return 'COMPREPLY=($(compgen -d -- "$current")); return';
    case "anything":
      return "return";
  }
}

function renderZsh(nodes: readonly CompletionNode[]): string {
  return `#compdef airfield
# zsh completion of airfield. Load it with: source <(airfield completion zsh)
_airfield() {
  local word path= skip= i
  local previous=\${words[CURRENT-1]}
${walk("words[i]", "((i = 2; i < CURRENT; i++))", nodes, "_normal; return")}
  local -a candidates
  case $path:$previous in
${valuePatterns(nodes)
  .map(([pattern, values]) => `    ${pattern}) ${zshValues(values)}; return ;;`)
  .join("\n")}
  esac
  case $path in
${nodes.map((node) => `    ${quote(node.path)}) ${zshNode(node)} ;;`).join("\n")}
  esac
}
compdef _airfield airfield
`;
}

function zshNode({ children, flags, takes }: CompletionNode): string {
  const described = (name: string, text: string) =>
    quote(`${name.replaceAll(":", "\\:")}:${text.replaceAll(":", "\\:")}`);
  const candidates = [
    ...children.map(({ name, description }) => described(name, description)),
    ...flags.map(({ long, description }) => described(long, description)),
  ];
  const values = takes.kind === "anything" ? "" : `; ${zshValues(takes)}`;
  return `candidates=(${candidates.join(" ")}); _describe airfield candidates${values}`;
}

function zshValues(values: Values): string {
  switch (values.kind) {
    case "words":
      return `compadd -- ${values.words.join(" ")}`;
    case "clusters":
      return `compadd -- $(${LIST_CLUSTERS})`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "anything":
      return ":";
  }
}

function renderFish(nodes: readonly CompletionNode[]): string {
  const lines = nodes.flatMap((node) => {
    const here = `-n ${quote(`__airfield_at ${quoteInner(node.path)}`)}`;
    return [
      ...node.children.map(
        ({ name, description }) =>
          `complete -c airfield ${here} -f -a ${name} -d ${quote(description)}`,
      ),
      ...node.flags.map((flag) => `complete -c airfield ${here} ${fishFlag(flag)}`),
      ...(node.takes.kind === "anything"
        ? []
        : [`complete -c airfield ${here} ${fishValues(node.takes)}`]),
    ];
  });
  const paths = nodes.filter(({ path }) => path !== "").map(({ path }) => path);
  return `# fish completion of airfield. Load it with: airfield completion fish | source
function __airfield_at
    set -l path ""
    set -l skip
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip
            continue
        end
        switch $word
            case --
                return 1
            case ${flagsWithValues(nodes).join(" ")} -o
                set skip 1
            case '-*'
            case '*'
                contains -- "$path/$word" ${paths.join(" ")}; and set path "$path/$word"
        end
    end
    test "$path" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function fishFlag({ long, description, takes }: CompletionFlag): string {
  const flag = `-l ${long.replace(/^--/, "")} -d ${quote(description)}`;
  return takes === undefined ? `-f ${flag}` : `-r ${flag} ${fishValues(takes)}`;
}

function fishValues(values: Values): string {
  switch (values.kind) {
    case "words":
      return `-f -a ${quote(values.words.join(" "))}`;
    case "clusters":
      return `-f -a ${quote(`(${LIST_CLUSTERS})`)}`;
    case "files":
      return "-F";
    case "folders":
      return "-f -a '(__fish_complete_directories)'";
    case "anything":
      return "-f";
  }
}

/**
 * Flags that take a value as patterns over "path:flag": "*:--config" where the flag means the same to every
 * command, "/get/nodes:--output" where it does not.
 */
function valuePatterns(nodes: readonly CompletionNode[]): readonly (readonly [string, Values])[] {
  const uses = nodes.flatMap(({ path, flags }) =>
    flags.flatMap(({ long, takes }) => (takes === undefined ? [] : [{ path, long, takes }])),
  );
  const patterns = new Map<string, Values>();
  for (const { path, long, takes } of uses) {
    const isSame = (other: (typeof uses)[number]) =>
      other.long !== long || JSON.stringify(other.takes) === JSON.stringify(takes);
    patterns.set(uses.every(isSame) ? `*:${long}` : `${path}:${long}`, takes);
  }
  return [...patterns];
}

function flagsWithValues(nodes: readonly CompletionNode[]): readonly string[] {
  const flags = nodes.flatMap((node) => node.flags).filter(({ takes }) => takes !== undefined);
  return [...new Set(flags.map(({ long }) => long))];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quoteInner(path: string): string {
  return path === "" ? '""' : path;
}
