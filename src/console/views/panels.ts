import { asksForName } from "../commands/commands.ts";
import type { CommandDefinition, CommandGroup } from "../commands/command.ts";
import { availableCommands } from "../commands/find-command.ts";
import { selectedSubject } from "../lists/visible.ts";
import { cellsOf, fit, wrap } from "../lines/cells.ts";
import { bar } from "../lines/glyphs.ts";
import { clipLine, emptyLine, line, span, type Line } from "../lines/line.ts";
import { rowsOf, type ConsoleState, type Overlay } from "../state/console-state.ts";
import { paletteEntries, viewTitle } from "../state/palette.ts";
import { menuCommands } from "../state/reduce-key.ts";
import { currentPlace } from "../state/console-state.ts";
import type { Frame } from "./frame.ts";
import { padded, windowTop } from "./list.ts";

/** What stands over the end of the list while something is asked; undefined where nothing is. */
export function drawPanel(state: ConsoleState, frame: Frame): readonly Line[] | undefined {
  const { overlay } = state;
  switch (overlay?.type) {
    case "palette":
      return drawPalette(state, overlay, frame);
    case "menu":
      return drawMenu(state, overlay, frame);
    case "dialog":
      return drawDialog(state, overlay, frame);
    case "scale":
      return drawScale(state, overlay, frame);
    case "filter":
    case "search":
    case "new-cluster":
    case "help":
    case undefined:
      return undefined;
  }
}

function rule(title: string, { columns, glyphs }: Frame): Line {
  const rest = Math.max(0, columns - cellsOf(title) - 4);
  return line(
    span(glyphs.horizontal, "dim"),
    span(` ${title} `, "heading"),
    span(glyphs.horizontal.repeat(rest + 1), "dim"),
  );
}

function drawPalette(
  state: ConsoleState,
  { text, selected }: Extract<Overlay, { readonly type: "palette" }>,
  frame: Frame,
): readonly Line[] {
  const entries = paletteEntries(state, frame.commands, text);
  const room = Math.max(1, Math.min(entries.length, 12, frame.rows - 2));
  if (entries.length === 0)
    return [rule("Go to", frame), line("  ", span("Nothing is called so.", "dim"))];
  const top = windowTop(entries.length, selected, room);
  return [
    rule("Go to", frame),
    ...entries.slice(top, top + room).map((entry, offset) => ({
      ...choice(entry.title, entry.type === "command" ? entry.keys : "", frame),
      isSelected: top + offset === selected,
    })),
  ];
}

function drawMenu(
  state: ConsoleState,
  { selected }: Extract<Overlay, { readonly type: "menu" }>,
  frame: Frame,
): readonly Line[] {
  const entries = menuCommands(state, frame.commands);
  const room = Math.max(1, Math.min(entries.length, 14, frame.rows - 2));
  const top = windowTop(entries.length, selected, room);
  return [
    rule(selectedSubject(state)?.name ?? "", frame),
    ...entries.slice(top, top + room).map((command, offset) => ({
      ...choice(
        `${command.title}${command.danger === "none" ? "" : frame.glyphs.ellipsis}`,
        command.keys[0] ?? "",
        frame,
      ),
      isSelected: top + offset === selected,
    })),
  ];
}

function choice(title: string, key: string, frame: Frame): Line {
  return clipLine(
    line("  ", span(fit(key, 12, frame.glyphs), "key"), span(title)),
    frame.columns,
    frame.glyphs.ellipsis,
  );
}

/** What would be done, what follows from it, and how to say yes; everything else is "no". */
function drawDialog(
  state: ConsoleState,
  { command: id, targets, typed }: Extract<Overlay, { readonly type: "dialog" }>,
  frame: Frame,
): readonly Line[] {
  const command = frame.commands.find((each) => each.id === id);
  if (command === undefined) return [];
  const texts = command.consequences?.(targets, state) ?? [];
  const room = frame.columns - 4;
  const [target] = targets;
  const question = `${command.title}: ${targets.map(({ name }) => name).join(", ")}?`;
  const answer = asksForName(command, targets)
    ? line(
        "  ",
        span("Type ", "plain"),
        span(target?.name ?? "", "strong"),
        span(" and press enter: "),
        span(typed, "strong"),
        span(" ", "match"),
        span("   esc does nothing", "dim"),
      )
    : line(
        "  ",
        span("y", "key"),
        span(" yes, do it    "),
        span("any other key", "key"),
        span(" does nothing", "dim"),
      );
  return [
    rule(question, frame),
    ...texts.slice(0, 8).flatMap((text) => wrap(text, room).map((each) => line("  ", span(each)))),
    ...(target === undefined || command.line === undefined
      ? []
      : [
          line(
            "  ",
            span(`$ ${command.line(target)}`, "dim"),
            span(targets.length > 1 ? ` and ${targets.length - 1} more` : "", "dim"),
          ),
        ]),
    emptyLine,
    answer,
  ];
}

function drawScale(
  state: ConsoleState,
  { target, replicas, before }: Extract<Overlay, { readonly type: "scale" }>,
  frame: Frame,
): readonly Line[] {
  const pods = rowsOf(state, "Pod").filter(
    ({ application, namespace, name }) =>
      namespace === target.namespace &&
      (application === target.name || name.startsWith(`${target.name}-`)),
  );
  const ready = pods.filter(({ isReady, isTerminating }) => isReady && !isTerminating).length;
  const most = Math.max(10, before, replicas);
  const command = frame.commands.find(({ id }) => id === "scale");
  return [
    rule(`Scale ${target.name}`, frame),
    line(
      "  ",
      span(`${replicas}`.padStart(3), "strong"),
      span(` ${replicas === 1 ? "pod " : "pods"}  `),
      span(
        bar(replicas / most, Math.min(40, most), frame.glyphs),
        replicas < before ? "warn" : "good",
      ),
      span(`  now ${before}, ${ready} ready`, "dim"),
    ),
    line(
      "  ",
      span(replicas === 0 ? "Nothing answers any more until it is scaled up again." : "", "warn"),
    ),
    line("  ", span(`$ ${command?.line?.(target, `${replicas}`) ?? ""}`, "dim")),
    line(
      "  ",
      span("+ -", "key"),
      span(" or a digit    "),
      span("enter", "key"),
      span(" does it    "),
      span("esc", "key"),
      span(" does nothing", "dim"),
    ),
  ];
}

const groups: readonly CommandGroup[] = [
  "Selection",
  "Acting",
  "Log",
  "Spring",
  "Text",
  "Lists",
  "Views",
  "Move",
  "Everywhere",
];

/** Every key that does something here, by what it is for. */
export function drawHelp(state: ConsoleState, top: number, frame: Frame): readonly Line[] {
  const view = viewTitle(currentPlace(state).view);
  const available = availableCommands(frame.commands, state, selectedSubject(state));
  const blocks = groups.flatMap((group) => {
    const members = available.filter((command) => command.group === group);
    return members.length === 0
      ? []
      : [
          [
            line(span(titles[group], "heading")),
            ...members.map((each) => helpLine(each, frame)),
            emptyLine,
          ],
        ];
  });
  const head = [
    rule(`Keys: ${view}`, frame),
    line(
      "  ",
      span("What can be done depends on what is selected. esc closes this, j and k move.", "dim"),
    ),
    emptyLine,
  ];
  const lines = inColumns(blocks, frame);
  const room = frame.rows - head.length;
  const from = Math.max(0, Math.min(top, lines.length - room));
  return padded([...head, ...lines.slice(from, from + room)], frame);
}

const titles: Readonly<Record<CommandGroup, string>> = {
  Move: "Moving",
  Views: "Views",
  Lists: "Lists",
  Selection: "What is selected",
  Acting: "Acting on it",
  Log: "Log",
  Spring: "Inside the application",
  Text: "Text",
  Everywhere: "Everywhere",
};

const keyColumn = 16;

function helpLine({ keys, title, danger }: CommandDefinition, { glyphs }: Frame): Line {
  return line(
    span(fit(keys.join("  "), keyColumn, glyphs), "key"),
    span(`${title}${danger === "none" ? "" : glyphs.ellipsis}`),
  );
}

/** Blocks one below the other, in as many columns as there is room for. */
function inColumns(
  blocks: readonly (readonly Line[])[],
  { columns, glyphs }: Frame,
): readonly Line[] {
  const width = 62;
  const number = Math.max(1, Math.min(3, Math.floor(columns / width)));
  const total = blocks.reduce((sum, block) => sum + block.length, 0);
  const sides: Line[][] = Array.from({ length: number }, () => []);
  let at = 0;
  for (const block of blocks) {
    const side = sides[at];
    if (side === undefined) break;
    side.push(...block);
    if (side.length >= total / number && at < number - 1) at++;
  }
  const height = Math.max(...sides.map(({ length }) => length));
  const each = Math.floor((columns - 2) / number);
  return Array.from({ length: height }, (_, index) =>
    line(
      "  ",
      ...sides.flatMap((side) => {
        const clipped = clipLine(side[index] ?? emptyLine, each - 2, glyphs.ellipsis);
        const used = clipped.spans.reduce((sum, { text }) => sum + cellsOf(text), 0);
        return number === 1
          ? clipped.spans
          : [...clipped.spans, span(" ".repeat(Math.max(0, each - used)))];
      }),
    ),
  );
}
