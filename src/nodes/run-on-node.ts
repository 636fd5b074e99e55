import { ToolError } from "../errors/tool-error.ts";
import type { ContainerEngine, ExecOptions } from "../ports/container-engine.ts";

/** Lines of a failed command's output that are shown: enough for a stack of kubeadm errors. */
const shownLines = 25;

/**
 * Runs a command in the container of a node. Resolves with stdout.
 *
 * @throws ToolError `node-command-failed` when the command's exit code is not 0
 */
export async function runOnNode(
  engine: Pick<ContainerEngine, "exec">,
  node: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(node, command, options);
  if (exitCode === 0) return stdout;
  throw new ToolError("node-command-failed", {
    node,
    command: command.map(shown).join(" "),
    exitCode,
    output: lastLines(stderr.trim() === "" ? stdout : stderr),
  });
}

/** kubectl as it stands on a control plane: always of the cluster's version, no program of the host. */
export function kubectl(...args: readonly string[]): readonly string[] {
  return ["kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", ...args];
}

/** As a shell reads it. Scripts and lists of lines are left out: nobody reads them in an error. */
function shown(argument: string): string {
  if (argument.includes("\n")) return "…";
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-shownLines).join("\n");
}
