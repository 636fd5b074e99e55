import { listOf } from "../lists/visible.ts";
import type { Interests } from "../model/requests.ts";
import type { RowKind } from "../model/rows.ts";
import { actuatorEndpoints } from "./actuator-state.ts";
import { currentPlace, type ConsoleState } from "./console-state.ts";

/** Always followed, so that the header, the palette and going to another view need not wait. */
const always: readonly RowKind[] = [
  "Pod",
  "Node",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "Event",
];

/** What has to be told for what is on the screen. */
export function interestsOf(state: ConsoleState): Interests {
  const current = currentPlace(state);
  const list = listOf(current);
  const isRunning = state.actions.some(({ endedAtMs }) => endedAtMs === undefined);
  const isBroken = Object.values(state.feeds).some((feed) => feed.state === "interrupted");
  return {
    ...(state.cluster === undefined ? {} : { cluster: state.cluster }),
    kinds:
      state.cluster === undefined ? [] : [...new Set([...always, ...(list?.kinds ?? [])])].sort(),
    figures: state.cluster !== undefined && list?.hasFigures === true,
    ...(state.logs === undefined ? {} : { logs: state.logs.interest }),
    ...(current.view !== "actuator" || current.of === undefined
      ? {}
      : {
          actuator: {
            pod: current.of,
            endpoints: actuatorEndpoints(current, state.actuator),
          },
        }),
    probes: state.probed === undefined ? [] : [state.probed],
    ticks:
      isRunning || isBroken || state.message !== undefined || state.loop?.current !== undefined,
  };
}
