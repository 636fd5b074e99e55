import type { Clock } from "../../ports/clock.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import { bootstrapLog } from "./scripts.ts";
import { tellingLines, wordsOf } from "./telling-lines.ts";

/** A node in trouble may not answer at all. */
const READ_MS = 10_000;

/** Prints each log after a line `@ COMPONENT`. The last run of a container, and the one before. */
const script = String.raw`
for unit in containerd kubelet; do
  echo "@ $unit"
  timeout 5 journalctl --unit=$unit --output=cat --lines=200 --no-pager
done
echo "@ kubelet"
tail -n 200 /var/log/airfield-first-kubelet.log
for container in /var/log/pods/*/*; do
  [ -d "$container" ] || continue
  echo "@ $(basename "$container")"
  for log in $(ls -t "$container" | head -n 2 | tac); do tail -n 100 "$container/$log"; done
done
echo "@ bootstrap"
tail -n 60 ${bootstrapLog}
`;

/**
 * What the components of a node say of their trouble: for the end of an error's text. Empty when they say nothing, or
 * the node does not answer.
 *
 * @param culprit the component that has trouble, where that is known: its last lines are told at least
 */
export async function readTrouble(
  node: string,
  { engine, clock }: { readonly engine: Pick<ContainerEngine, "exec">; readonly clock: Clock },
  culprit?: string,
): Promise<string> {
  try {
    const { stdout } = await engine.exec(node, ["sh", "-c", script], {
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

const unitScript = String.raw`
systemctl show "$1" --property=ActiveState --value
timeout 5 journalctl --unit="$1" --output=cat --lines=200 --no-pager
`;

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
