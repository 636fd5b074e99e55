import { Text } from "ink";
import { formatDuration } from "../../progress/format-duration.ts";
import type { FinishedLine as Line } from "../../progress/progress-state.ts";
import type { Sign } from "../sign.ts";

/** One line that is drawn once and then belongs to the terminal. */
export function FinishedLine({ line, sign }: { readonly line: Line; readonly sign: Sign }) {
  const indent = "  ".repeat(line.depth ?? 0);
  switch (line.kind) {
    case "title":
      return <Text bold>{line.text}</Text>;
    case "done":
      return (
        <Text>
          {indent}
          <Text color="green"> {sign("✓")}</Text> {line.text}{" "}
          <Text dimColor>{formatDuration(line.ms)}</Text>
        </Text>
      );
    case "skipped":
      return (
        <Text dimColor>
          {indent} - {line.text}: {line.reason}
        </Text>
      );
    case "failed":
      return line.code === "cancelled" ? (
        <Text dimColor>
          {indent} - {line.text}: cancelled
        </Text>
      ) : (
        <Text>
          {indent}
          <Text color="red"> {sign("✗")}</Text> {line.text} <Text color="red">{line.code}</Text>{" "}
          <Text dimColor>{formatDuration(line.ms)}</Text>
        </Text>
      );
    case "warning":
      return (
        <Text>
          <Text color="yellow" bold>
            Warning:
          </Text>{" "}
          {sign(line.text)}
          {line.hint === undefined ? "" : `\n  Hint: ${sign(line.hint)}`}
        </Text>
      );
    case "undone":
      return (
        <Text>
          <Text color="yellow"> {sign("↩")}</Text> Undone{" "}
          <Text dimColor>{formatDuration(line.ms)}</Text>
        </Text>
      );
    case "summary":
      return <Text color="green">{sign(line.text)}</Text>;
  }
}
