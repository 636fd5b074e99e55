import { Box, Static, Text } from "ink";
import type { ProgressState } from "../../progress/progress-state.ts";
import { FinishedLine } from "./finished-line.tsx";
import { RunningStep } from "./running-step.tsx";

/** The whole picture: finished lines above, what is going on below. Draws only; starts nothing. */
export function ProgressView({ state }: { readonly state: ProgressState }) {
  return (
    <>
      <Static items={[...state.finished]}>
        {(line, index) => <FinishedLine key={index} line={line} />}
      </Static>
      <Box flexDirection="column">
        {state.running.map((step) => (
          <RunningStep key={step.stepId} step={step} />
        ))}
        {state.rollback === undefined ? null : (
          <Text color="yellow" wrap="truncate-end">
            {" "}
            ↩ Undoing what was begun: {state.rollback}
          </Text>
        )}
      </Box>
    </>
  );
}
