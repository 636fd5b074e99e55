import type { Clock } from "../../ports/clock.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import logsScript from "./component-logs.sh";
import { bootstrapLog } from "./scripts.ts";
import unitScript from "./unit-log.sh";
import { tellingLines, wordsOf } from "./telling-lines.ts";

/** A node in trouble may not answer at all. */
const READ_MS = 10_000;

/**
 * What the components of a node say of their trouble: for the end of an error's text. Empty when they say nothing, or
 * the node does not answer.
 *
 * @param culprit the component that has trouble, where that is known: its last lines are always included
 */
export async function readTrouble(
  node: string,
  { engine, clock }: { readonly engine: Pick<ContainerEngine, "exec">; readonly clock: Clock },
  culprit?: string,
): Promise<string> {
  try {
    const { stdout } = await engine.exec(node, ["sh", "-c", logsScript, "sh", bootstrapLog], {
      signal: clock.deadline(READ_MS),
    });
    const lines = tellingLines(stdout);
    const isHeard = lines.some((line) => line.startsWith(`${culprit}: `));
    const more = culprit === undefined || isHeard ? [] : wordsOf(culprit, stdout);
    return [...more, ...lines].join("\n");
  } catch {
    return "";
  }
}

/**
 * What a systemd unit of a node said last, each line after the unit's name and the state that systemd has it in: what
 * tells of trouble if anything does, else the last lines. Empty when the node does not answer.
 */
export async function lastWordsOf(
  node: string,
  unit: "containerd" | "kubelet",
  { engine, clock }: { readonly engine: Pick<ContainerEngine, "exec">; readonly clock: Clock },
): Promise<string> {
  try {
    const { stdout } = await engine.exec(node, ["sh", "-c", unitScript, "sh", unit], {
      signal: clock.deadline(READ_MS),
    });
    const [state = "", ...lines] = stdout.split("\n");
    return [`${unit} is ${state}`, ...wordsOf(unit, [`@ ${unit}`, ...lines].join("\n"))].join("\n");
  } catch {
    return "";
  }
}
