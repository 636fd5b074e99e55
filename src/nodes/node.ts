import { ToolError } from "../errors/tool-error.ts";
import type { ContainerEngine, ExecOptions } from "../ports/container-engine.ts";

/** Lines of a failed command's output that are shown: enough for a stack of kubeadm errors. */
const shownLines = 25;

/** A running node: something one can run commands in. */
export interface Node {
  readonly name: string;
  /** Resolves with stdout. Throws `node-command-failed` when the command's exit code is not 0. */
  run(command: readonly string[], options?: ExecOptions): Promise<string>;
}

export function nodeOf(engine: Pick<ContainerEngine, "exec">, name: string): Node {
  return {
    name,
    async run(command, options) {
      const { exitCode, stdout, stderr } = await engine.exec(name, command, options);
      if (exitCode === 0) return stdout;
      throw new ToolError("node-command-failed", {
        node: name,
        command: command.map(quoted).join(" "),
        exitCode,
        output: lastLines(stderr.trim() === "" ? stdout : stderr),
      });
    },
  };
}

/** kubectl as it stands on a control plane: always of the cluster's version, no program of the host. */
export function kubectl(...args: readonly string[]): readonly string[] {
  return ["kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", ...args];
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-shownLines).join("\n");
}
