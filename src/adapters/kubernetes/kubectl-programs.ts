import { isToolError, ToolError } from "../../errors/tool-error.ts";
import type { KubeconfigContext } from "../../ports/cluster-api.ts";
import type { Ports } from "../../ports/ports.ts";
import type { KubectlProgram } from "./kubectl.ts";

/** kubectl as it stands on a control plane: always of the cluster's version, no program of the host. */
export function kubectlOnNode(
  controlPlanes: () => Promise<readonly string[]>,
  { engine, engineCli }: Pick<Ports, "engine" | "engineCli">,
): KubectlProgram {
  const program = ["kubectl", "--kubeconfig=/etc/kubernetes/admin.conf"];
  const node = async () => (await controlPlanes())[0] ?? "";
  return {
    async run(args, options) {
      return engine.exec(await node(), [...program, ...args], options);
    },

    async follow(args, { signal, onLine }) {
      const command = ["bash", "-c", untilStdinEnds, "follow", ...program, ...args];
      const { exitCode } = await engine.exec(await node(), command, {
        ...{ signal, onLine, keepsNothing: true },
        stdin: endless(signal),
      });
      return exitCode;
    },

    async attach(args, options) {
      return engineCli.attach(await node(), [...program, ...args], options);
    },
  };
}

/** The kubectl of this machine, for a context of its kubeconfig. Throws `kubectl-missing`. */
export function kubectlOnHost(
  { context, kubeconfigPath }: KubeconfigContext,
  { commands }: Pick<Ports, "commands">,
): KubectlProgram {
  const program = [
    "kubectl",
    ...(kubeconfigPath === undefined ? [] : ["--kubeconfig", kubeconfigPath]),
    ...["--context", context],
  ];
  const ifThere = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work;
    } catch (error) {
      if (!isToolError(error, "program-not-found")) throw error;
      const purpose = `reach the cluster of context "${context}"`;
      throw new ToolError("kubectl-missing", { purpose }, { cause: error });
    }
  };
  return {
    run: (args, options) => ifThere(commands.run([...program, ...args], options)),
    async follow(args, options) {
      return (await ifThere(commands.run([...program, ...args], options))).exitCode;
    },
    attach: (args, { signal }) => ifThere(commands.runAttached([...program, ...args], { signal })),
  };
}

/**
 * Runs "$@" and ends it when stdin ends. The engine has no call to end a command in a container, but it closes the
 * command's stdin when the connection ends, for whatever reason: also when this process is killed.
 */
const untilStdinEnds = `
exec 3<&0
"$@" </dev/null 3<&- &
work=$!
{ cat <&3 >/dev/null; kill "$work" 2>/dev/null; } &
watch=$!
wait "$work"
code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;

/** A stdin that says nothing and ends with the signal. */
async function* endless(signal: AbortSignal): AsyncIterable<Uint8Array> {
  yield new Uint8Array();
  await new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", resolve, { once: true });
  });
}
