import { COMPLETE } from "./complete-word.ts";
import type { CompletionFlag, CompletionNode, Values } from "./completion-model.ts";

export type Shell = "bash" | "zsh" | "fish";

/** A completion script: it knows all commands and flags itself, and asks airfield for names only (complete.ts). */
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

/** Names are read line by line and never evaluated: whoever wrote a kubeconfig must not run commands by a Tab. */
function renderBash(nodes: readonly CompletionNode[]): string {
  return `# bash completion of airfield. Load it with: source <(airfield completion bash)
_airfield() {
  local word at= skip= i last previous current
  local typed=() rest=\${COMP_LINE:0:COMP_POINT}
  # bash also divides words at : and =; here they are as they were typed.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $i -eq 0 || $rest == [[:space:]]* ]]; then typed+=("$word"); else typed[\${#typed[@]}-1]+=$word; fi
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    rest=\${rest#"$word"}
  done
  last=$((\${#typed[@]} - 1))
${walk("typed[i]", "((i = 1; i < last; i++))", nodes, "return")}
  current=\${typed[last]} previous=\${typed[last-1]}
  [[ $current != --*=* ]] || { previous=\${current%%=*} current=\${current#*=}; }
  case $at:$previous in
${valuePatterns(nodes)
  .map(([pattern, values]) => `    ${pattern}) ${bashValues(values)} ;;`)
  .join("\n")}
    *) case $at in
${nodes.map((node) => `      ${quote(node.path)}) ${bashNode(node)} ;;`).join("\n")}
    esac ;;
  esac
  # What stands before the last : is not replaced.
  if [[ $COMP_WORDBREAKS == *:* && $current == *:* && \${#COMPREPLY[@]} -gt 0 ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}")
  fi
}
_airfield_words() {
  local word
  for word in $1; do [[ $word != "$current"* ]] || COMPREPLY+=("$word"); done
}
_airfield_names() {
  local name
  while IFS= read -r name; do
    [[ $name != "$current"* ]] || COMPREPLY+=("$(printf %q "$name")")
  done < <(airfield ${COMPLETE} "$1" "\${typed[@]:1}" 2>/dev/null)
}
_airfield_paths() {
  local path
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$current")
  compopt -o filenames 2>/dev/null
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
      *) case "$at/$word" in
        ${paths.join("|")}) at=$at/$word ;;
      esac ;;
    esac
  done`;
}

/** Names take a moment, so they are asked for only where no flag is begun. */
function bashNode({ children, flags, takes }: CompletionNode): string {
  const words = [...children.map(({ name }) => name), ...flags.map(({ long }) => long)].join(" ");
  const values =
    takes.kind === "anything" ? "" : `; [[ $current == -* ]] || { ${bashValues(takes)}; }`;
  return `_airfield_words ${quote(words)}${values}`;
}

function bashValues(values: Values): string {
  switch (values.kind) {
    case "words":
      return `_airfield_words ${quote(values.words.join(" "))}`;
    case "names":
      return `_airfield_names ${values.of}${values.orFolders ? "; _airfield_paths -d" : ""}`;
    case "files":
      return "_airfield_paths -f";
    case "folders":
      return "_airfield_paths -d";
    case "anything":
      return "return";
  }
}

function renderZsh(nodes: readonly CompletionNode[]): string {
  return `#compdef airfield
# zsh completion of airfield. Load it with: source <(airfield completion zsh)
_airfield() {
  # Not "path", which is zsh's list of where programs are.
  local word at= skip= i
  local previous=\${words[CURRENT-1]}
  if [[ \${words[CURRENT]} == --*=* ]]; then
    previous=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
${walk("words[i]", "((i = 2; i < CURRENT; i++))", nodes, "_normal; return")}
  local -a candidates
  case $at:$previous in
${valuePatterns(nodes)
  .map(([pattern, values]) => `    ${pattern}) ${zshValues(values)}; return ;;`)
  .join("\n")}
  esac
  case $at in
${nodes.map((node) => `    ${quote(node.path)}) ${zshNode(node)} ;;`).join("\n")}
  esac
}
_airfield_names() {
  compadd -- \${(f)"$(airfield ${COMPLETE} $1 "\${(@)words[2,CURRENT]}" 2>/dev/null)"}
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
  const values =
    takes.kind === "anything" ? "" : `; [[ $PREFIX == -* ]] || { ${zshValues(takes)} }`;
  return `candidates=(${candidates.join(" ")}); _describe airfield candidates${values}`;
}

function zshValues(values: Values): string {
  switch (values.kind) {
    case "words":
      return `compadd -- ${values.words.join(" ")}`;
    case "names":
      return `_airfield_names ${values.of}${values.orFolders ? "; _files -/" : ""}`;
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
function __airfield_names
    set -l typed (commandline -ct)
    string match -q -- '-*' "$typed"; and not string match -q -- '*=*' "$typed"; and return
    airfield ${COMPLETE} $argv[1] (commandline -opc)[2..-1] "$typed" 2>/dev/null
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
    case "names": {
      const folders = values.orFolders ? " (__fish_complete_directories)" : "";
      return `-f -a ${quote(`(__airfield_names ${values.of})${folders}`)}`;
    }
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
