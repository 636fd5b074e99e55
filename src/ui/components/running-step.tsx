import { Box, Text, useAnimation } from "ink";
import { formatDuration } from "../../progress/format-duration.ts";
import type { FittedStep } from "../fit-rows.ts";
import { signs } from "../sign.ts";
import { FinishedLine } from "./finished-line.tsx";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const ASCII_FRAMES = ["|", "/", "-", "\\"];
/** Ten pictures a second look alive; more only cost the terminal. */
const FRAME_MS = 100;
/** Shorter steps would flash a number that nobody can read. */
const SHOW_TIME_AFTER_MS = 1000;

/** A step that is going on: what it does now, for how long, what its program printed last, and the run within it. */
export function RunningStep({
  step,
  isAscii = false,
  depth = 0,
}: {
  readonly step: FittedStep;
  readonly isAscii?: boolean;
  readonly depth?: number;
}) {
  // Counts from when this line appeared, which is when the step began.
  const { frame, time } = useAnimation({ interval: FRAME_MS });
  const sign = signs(isAscii);
  const frames = isAscii ? ASCII_FRAMES : FRAMES;
  const indent = "  ".repeat(depth);
  const detail = detailOf(step);
  return (
    <Box flexDirection="column">
      <Text wrap="truncate-end">
        {indent}
        <Text color="cyan"> {frames[frame % frames.length]}</Text> {step.title}
        {time < SHOW_TIME_AFTER_MS ? "" : <Text dimColor> {formatDuration(time)}</Text>}
        {detail === "" ? "" : <Text dimColor>{sign(` · ${detail}`)}</Text>}
      </Text>
      {step.hidden === 0 ? null : (
        <Text dimColor>
          {indent}
          {"   "}
          {sign("…")} {step.hidden} more
        </Text>
      )}
      {step.ended.map((line, index) => (
        <FinishedLine
          key={index}
          line={{ ...line, depth: depth + (line.depth ?? 0) }}
          sign={sign}
        />
      ))}
      {step.inner.map((inner) => (
        <RunningStep key={inner.stepId} step={inner} isAscii={isAscii} depth={depth + 1} />
      ))}
      {step.output.map((line, index) => (
        <Text key={index} dimColor wrap="truncate-end">
          {indent} {sign("│")} {line}
        </Text>
      ))}
    </Box>
  );
}

function detailOf({ detail, fraction, count }: FittedStep): string {
  return [
    fraction === undefined ? "" : `${Math.floor(fraction * 100)} %`,
    count === undefined ? "" : `${count.done} of ${count.of}`,
    detail,
  ]
    .filter((part) => part !== "")
    .join(" ");
}
