import { Text } from "ink";
import { formatDuration } from "../../progress/format-duration.ts";
import type { FinishedLine as Line } from "../../progress/progress-state.ts";

/** One line that is drawn once and then belongs to the terminal. */
export function FinishedLine({ line }: { readonly line: Line }) {
  switch (line.kind) {
    case "title":
      return <Text bold>{line.text}</Text>;
    case "done":
      return (
        <Text>
          <Text color="green"> ✓</Text> {line.text} <Text dimColor>{formatDuration(line.ms)}</Text>
        </Text>
      );
    case "skipped":
      return (
        <Text dimColor>
          {" "}
          - {line.text}: {line.reason}
        </Text>
      );
    case "failed":
      return line.code === "cancelled" ? (
        <Text dimColor> - {line.text}: cancelled</Text>
      ) : (
        <Text>
          <Text color="red"> ✗</Text> {line.text} <Text color="red">{line.code}</Text>{" "}
          <Text dimColor>{formatDuration(line.ms)}</Text>
        </Text>
      );
    case "warning":
      return (
        <Text>
          <Text color="yellow">Warning:</Text> {line.text}
          {line.hint === undefined ? "" : `\n  Hint: ${line.hint}`}
        </Text>
      );
    case "undone":
      return (
        <Text>
          <Text color="yellow"> ↩</Text> Undone <Text dimColor>{formatDuration(line.ms)}</Text>
        </Text>
      );
    case "summary":
      return <Text color="green">{line.text}</Text>;
  }
}
