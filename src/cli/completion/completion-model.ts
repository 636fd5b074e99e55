import type { Command, Option } from "commander";
import type { NameKind } from "../../cluster/live-names.ts";

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

/** Words to choose from, names that airfield is asked for, or a kind of thing the shell can list. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "names"; readonly of: NameKind; readonly orFolders: boolean }
  | { readonly kind: "files" | "folders" | "anything" };

const anything: Values = { kind: "anything" };

/**
 * Every command of the program with what may come after it.
 * @param words of arguments that take many, by the command's path: help does not list them
 */
export function completionNodes(
  program: Command,
  words: Readonly<Record<string, readonly string[]>> = {},
): readonly CompletionNode[] {
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
        takes: argumentsOf(command, path, words[path]),
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
  return flagValues[long ?? ""] ?? anything;
}

/** They mean the same to every command. */
const flagValues: Readonly<Record<string, Values>> = {
  "--name": namesOf("clusters"),
  "--context": namesOf("contexts"),
  "--nodes": namesOf("nodes"),
  "--image": namesOf("images"),
  "--config": { kind: "files" },
  "--kubeconfig": { kind: "files" },
  "--output-dir": { kind: "folders" },
};

function namesOf(of: NameKind, { orFolders = false } = {}): Values {
  return { kind: "names", of, orFolders };
}

function argumentsOf(command: Command, path: string, words: readonly string[] | undefined): Values {
  if (words !== undefined) return { kind: "words", words };
  const [first] = command.registeredArguments;
  if (first === undefined) return anything;
  if (first.argChoices !== undefined) return { kind: "words", words: first.argChoices };
  if (path.startsWith("/delete/cluster") || path === "/update/cluster") return namesOf("clusters");
  switch (first.name()) {
    case "app":
      return namesOf("applications");
    case "images":
      return namesOf("images");
    case "file":
      return { kind: "files" };
    case "dir":
      return { kind: "folders" };
    case "dir-or-name":
      // Only `down` takes what runs already.
      return path === "/down" ? namesOf("applications", { orFolders: true }) : { kind: "folders" };
    default:
      return anything;
  }
}
