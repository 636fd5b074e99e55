import type { Command, Option } from "commander";

/** A command as completion sees it. */
export interface CompletionNode {
  /** "" for the program itself, "/create/cluster" below it. */
  readonly path: string;
  readonly children: readonly { readonly name: string; readonly description: string }[];
  readonly flags: readonly CompletionFlag[];
  /** What its arguments are. */
  readonly takes: Values;
}

export interface CompletionFlag {
  /** "--workers" */
  readonly long: string;
  readonly description: string;
  /** Undefined: the flag takes no value. */
  readonly takes?: Values;
}

/** Words to choose from, or a kind of thing the shell can list. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "clusters" | "files" | "folders" | "anything" };

const anything: Values = { kind: "anything" };

/** Every command of the program with what may come after it. */
export function completionNodes(program: Command): readonly CompletionNode[] {
  const globals = program.options.filter(({ hidden }) => !hidden);
  const nodesOf = (command: Command, path: string): readonly CompletionNode[] => {
    const own = command === program ? [] : command.options.filter(({ hidden }) => !hidden);
    const children = command.commands.map((child) => ({
      name: child.name(),
      description: child.description(),
    }));
    return [
      {
        path,
        children,
        flags: [...own, ...globals].map(flagOf),
        takes: argumentsOf(command, path),
      },
      ...command.commands.flatMap((child) => nodesOf(child, `${path}/${child.name()}`)),
    ];
  };
  return nodesOf(program, "");
}

function flagOf(option: Option): CompletionFlag {
  const long = option.long ?? option.flags;
  const { description } = option;
  return option.required ? { long, description, takes: valuesOf(option) } : { long, description };
}

function valuesOf({ long, argChoices }: Option): Values {
  if (argChoices !== undefined) return { kind: "words", words: argChoices };
  if (long === "--name") return { kind: "clusters" };
  return long === "--config" || long === "--kubeconfig" ? { kind: "files" } : anything;
}

function argumentsOf(command: Command, path: string): Values {
  const [first] = command.registeredArguments;
  if (first === undefined) return anything;
  if (first.argChoices !== undefined) return { kind: "words", words: first.argChoices };
  if (path.startsWith("/delete/cluster")) return { kind: "clusters" };
  if (first.name() === "file") return { kind: "files" };
  return first.name() === "dir" ? { kind: "folders" } : anything;
}
