import { Box, Text, useAnimation } from "ink";
import { formatDuration } from "../../progress/format-duration.ts";
import type { RunningStep as Step } from "../../progress/progress-state.ts";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Ten pictures a second look alive; more only cost the terminal. */
const FRAME_MS = 100;
/** Shorter steps would flash a number that nobody can read. */
const SHOW_TIME_AFTER_MS = 1000;

/** A step that is going on: what it does now, for how long, and what its program printed last. */
export function RunningStep({ step }: { readonly step: Step }) {
  // Counts from when this line appeared, which is when the step began.
  const { frame, time } = useAnimation({ interval: FRAME_MS });
  return (
    <Box flexDirection="column">
      <Text wrap="truncate-end">
        <Text color="cyan"> {FRAMES[frame % FRAMES.length]}</Text> {step.title}
        {time < SHOW_TIME_AFTER_MS ? "" : <Text dimColor> {formatDuration(time)}</Text>}
        {detailOf(step) === "" ? "" : <Text dimColor> · {detailOf(step)}</Text>}
      </Text>
      {step.output.map((line, index) => (
        <Text key={index} dimColor wrap="truncate-end">
          {" "}
          │ {line}
        </Text>
      ))}
    </Box>
  );
}

function detailOf({ detail, fraction }: Step): string {
  return [fraction === undefined ? "" : `${Math.floor(fraction * 100)} %`, detail]
    .filter((part) => part !== "")
    .join(" ");
}
