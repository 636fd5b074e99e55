import { Box, Static, Text } from "ink";
import type { ProgressState } from "../../progress/progress-state.ts";
import { fitRows } from "../fit-rows.ts";
import { signs } from "../sign.ts";
import { FinishedLine } from "./finished-line.tsx";
import { RunningStep } from "./running-step.tsx";

/** The whole picture: finished lines above, what is going on below. Draws only; starts nothing. */
export function ProgressView({
  state,
  rows = Infinity,
  isAscii = false,
}: {
  readonly state: ProgressState;
  /** Of the screen. */
  readonly rows?: number;
  readonly isAscii?: boolean;
}) {
  const sign = signs(isAscii);
  const steps = fitRows(state, rows - (state.rollback === undefined ? 1 : 2));
  return (
    <>
      <Static items={[...state.finished]}>
        {(line, index) => <FinishedLine key={index} line={line} sign={sign} />}
      </Static>
      <Box flexDirection="column">
        {steps.map((step) => (
          <RunningStep key={step.stepId} step={step} isAscii={isAscii} />
        ))}
        {state.rollback === undefined ? null : (
          <Text color="yellow" wrap="truncate-end">
            {" "}
            {sign("↩")} Undoing what was begun: {state.rollback}
          </Text>
        )}
      </Box>
    </>
  );
}
