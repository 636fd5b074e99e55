import { availableCommands } from "../commands/find-command.ts";
import type { CommandDefinition, CommandGroup } from "../commands/command.ts";
import { selectedSubject } from "../lists/visible.ts";
import { clipLine, line, span, spread, widthOf, type Line, type Span } from "../lines/line.ts";
import type { ConsoleState } from "../state/console-state.ts";
import type { Frame } from "./frame.ts";

/** These are what leads to everything else, so they never give way. */
const always = ["palette", "help"];

/** The last line: what can be done here, or what is being typed. */
export function drawHints(state: ConsoleState, frame: Frame): Line {
  const prompt = drawPrompt(state, frame);
  if (prompt !== undefined) return prompt;
  const available = availableCommands(frame.commands, state, selectedSubject(state)).filter(
    ({ hint }) => hint !== undefined,
  );
  const right = line(...available.filter(({ id }) => always.includes(id)).flatMap(hintOf));
  const room = frame.columns - widthOf(right) - 1;
  const left: Span[] = [span(" ")];
  let used = 1;
  for (const group of groups) {
    for (const command of available.filter((each) => each.group === group)) {
      if (always.includes(command.id)) continue;
      const hint = hintOf(command);
      const width = widthOf(line(...hint));
      // Whole ones only: half a word says nothing.
      if (used + width > room) continue;
      left.push(...hint);
      used += width;
    }
  }
  return spread(line(...left), right, frame.columns, frame.glyphs.ellipsis);
}

/** What concerns the selection comes first. */
const groups: readonly CommandGroup[] = [
  "Log",
  "Spring",
  "Text",
  "Selection",
  "Acting",
  "Lists",
  "Views",
  "Everywhere",
];

function hintOf({ keys: [key = ""], hint = "" }: CommandDefinition): readonly Span[] {
  return [span(key, "key"), span(` ${hint}  `, "dim")];
}

function drawPrompt({ overlay, places }: ConsoleState, frame: Frame): Line | undefined {
  const { ellipsis } = frame.glyphs;
  const prompt = (sign: string, text: string, rest: string) =>
    clipLine(
      line(
        " ",
        span(sign, "key"),
        span(text, "strong"),
        span(" ", "match"),
        span(`  ${rest}`, "dim"),
      ),
      frame.columns,
      ellipsis,
    );
  switch (overlay?.type) {
    case "filter":
      return prompt(
        "/",
        places.at(-1)?.filter ?? "",
        "enter keeps it, esc takes it back, ! before it turns it round",
      );
    case "search":
      return prompt("/", overlay.text, "enter searches, and a second time shows only matches");
    case "palette":
      return prompt(":", overlay.text, "enter goes there, esc closes");
    case "new-cluster":
      return prompt("Name of the new cluster: ", overlay.name, "enter creates it, esc does not");
    case "dialog":
    case "scale":
    case "menu":
    case "help":
    case undefined:
      return undefined;
  }
}
