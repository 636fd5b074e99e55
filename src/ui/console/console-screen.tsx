import { Box, Text, useApp } from "ink";
import { memo, useEffect, useSyncExternalStore } from "react";
import type { ConsoleStore } from "./console-store.ts";

export type LendTerminal = (work: () => Promise<void>) => Promise<void>;

/** Draws the store's lines, one Text a row, and nothing else: what they say was decided before. */
export function ConsoleScreen({
  store,
  onReady,
}: {
  readonly store: ConsoleStore;
  /** Told once how the terminal is lent: ink leaves the alternate screen for that time. */
  readonly onReady: (lend: LendTerminal) => void;
}) {
  const lines = useSyncExternalStore(store.subscribe, store.lines);
  const { suspendTerminal } = useApp();
  useEffect(() => onReady((work) => suspendTerminal(work)), [onReady, suspendTerminal]);
  return (
    // A frame that is taller than the screen would be drawn from scratch each time.
    <Box flexDirection="column" height={lines.length} overflowY="hidden">
      {lines.map((text, index) => (
        <Row key={index} text={text} />
      ))}
    </Box>
  );
}

const Row = memo(({ text }: { readonly text: string }) => (
  // An empty Text has no height.
  <Text wrap="truncate-end">{text === "" ? " " : text}</Text>
));
Row.displayName = "Row";
