// Writes the pages and the schema that are made from the code: docs/commands.md, errors.md, events.md and
// schema/airfield.schema.json. With --check it writes nothing and fails when one of them is not up to date.
import { readFile, writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";
import ts from "typescript";
import { createProgram, everyCommand } from "../src/cli/program.ts";
import { pathOf } from "../src/cli/request/usage-error.ts";
import { airfieldJsonSchema } from "../src/config/json-schema.ts";
import { errorPages, mendingMeanings } from "../src/errors/error-pages.ts";
import { wrap } from "../src/errors/wrap.ts";
import { ExitCode, exitCodeMeanings } from "../src/errors/exit-codes.ts";

const root = new URL("../", import.meta.url);
const pages = {
  "docs/commands.md": commandsPage,
  "docs/errors.md": errorsPage,
  "docs/events.md": eventsPage,
  "schema/airfield.schema.json": () => `${JSON.stringify(airfieldJsonSchema(), null, 2)}\n`,
};

const stale = [];
for (const [path, render] of Object.entries(pages)) {
  const text = await formatted(path, await render());
  const present = await readFile(new URL(path, root), "utf8").catch(() => "");
  if (present === text) continue;
  stale.push(path);
  if (!process.argv.includes("--check")) await writeFile(new URL(path, root), text);
}
if (process.argv.includes("--check") && stale.length > 0) {
  console.error(`Not up to date: ${stale.join(", ")}. Run: npm run docs`);
  process.exit(1);
}
console.log(stale.length === 0 ? "All pages are up to date." : `Wrote ${stale.join(", ")}.`);

/** As `npm run format` would leave it. */
async function formatted(path, text) {
  if (!path.endsWith(".md")) return text;
  return format(text, { ...(await resolveConfig(new URL(path, root))), filepath: path });
}

function commandsPage() {
  // Nothing of it is called: the commands are only looked at.
  const program = createProgram({ version: "", columns: 100, env: {} });
  const commands = everyCommand(program).filter(({ commands }) => commands.length === 0);
  return page("Commands", "src/cli", [
    "Every command takes these, before or after its own words:",
    optionsTable(program.options.filter(({ long }) => long !== "--version")),
    "Results go to stdout, progress, warnings and errors to stderr. A flag goes before its environment variable, that",
    "before the config file, that before the default.",
    ...commands.flatMap((command) => [
      `## ${pathOf(command)}`,
      `${sentence(command.description())}`,
      "```",
      `${pathOf(command)} ${usageOf(command)}`.trim(),
      "```",
      ...command.registeredArguments.map(
        (argument) => `- \`${argument.name()}\`: ${argument.description}${choicesOf(argument)}`,
      ),
      "",
      ...(command.options.length === 0 ? [] : [optionsTable(command.options)]),
    ]),
  ]);
}

function usageOf(command) {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const own = command.name() === "run" ? ["--", "<command...>"] : words;
  return ["[flags]", ...own].join(" ");
}

function optionsTable(options) {
  const rows = options.map(
    (option) =>
      `| \`${cell(option.flags)}\` | ${cell(option.description)}${choicesOf(option)}${defaultOf(option)} |`,
  );
  return ["| flag | meaning |", "|---|---|", ...rows, ""].join("\n");
}

function choicesOf({ argChoices }) {
  return argChoices === undefined ? "" : ` (${argChoices.join(", ")})`;
}

function defaultOf({ defaultValue, defaultValueDescription }) {
  const text = defaultValueDescription ?? defaultValue;
  return text === undefined ? "" : `; default ${text}`;
}

function errorsPage() {
  const pages = errorPages();
  const ofKind = (kind) => pages.filter((page) => page.kind === kind).flatMap(errorSection);
  const exitCodes = Object.entries(ExitCode).map(
    ([name, code]) => `| ${code} | ${name} | ${exitCodeMeanings[name]} |`,
  );
  return page("Errors", "src/errors", [
    "A failure has a code that never changes; `--progress json` prints it, and `airfield explain CODE` shows its section",
    "of this page in the terminal. The names, paths and numbers below are examples.",
    "",
    "## Exit codes",
    "| code | name | meaning |",
    "|---|---|---|",
    ...exitCodes,
    "",
    ...ofKind("error"),
    "# Warnings",
    "What one should know while the work goes on. They have no exit code.",
    ...ofKind("warning"),
  ]);
}

function errorSection({ code, means, why, examples, exitCode, mayBeMendedBy }) {
  return [
    `## ${code}`,
    `${means}. ${why}`,
    // Lines to write somewhere stand indented in a hint: a code block, after an empty line.
    ...examples.flatMap(({ message, hint }) => [
      "",
      "```",
      // A block of code is not folded by anyone else.
      ...message.split("\n").flatMap((line) => wrap(line, 120)),
      "```",
      "",
      hint.replace(/\n {4}/, "\n\n    "),
      "",
    ]),
    ...(exitCode === undefined ? [] : [`Exit code ${exitCode.code} (${exitCode.name}).`]),
    ...(mayBeMendedBy === undefined ? [] : [mendingMeanings[mayBeMendedBy]]),
    "",
  ];
}

async function parse(path) {
  const text = await readFile(new URL(path, root), "utf8");
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The doc comment that ends where a node begins, or where the bar before a member of a union stands. */
function commentBefore(node, text) {
  const before = text
    .slice(0, node.getStart())
    .replace(/\|\s*$/, "")
    .trimEnd();
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/$/.exec(before)?.[1] ?? "";
  return comment
    .replace(/^\s*\*/gm, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** The union is read as text: its comments are the descriptions. */
async function eventsPage() {
  const path = "src/ports/events.ts";
  const source = await parse(path);
  const union = source.statements.find(
    (node) => ts.isTypeAliasDeclaration(node) && node.name.text === "ProgressEvent",
  );
  return page("Events", path, [
    '`--progress json` prints one JSON object a line to stderr: first `{"version":1,"tool":"airfield"}`, then events.',
    "Where several applications are brought up together, events of one of them have its name in `application`. A run that",
    "is the work of another run's step (the cluster that `up` creates) has that step's id in `within` of its events.",
    "Members are added, never changed; a reader has to ignore types and fields that it does not know. A failure is the",
    'last line, with `"type":"error"` and the fields `code`, `message`, `hint`, `exitCode` and `causes`; `log` is the',
    "file with all that the programs of steps printed, where they did.",
    "",
    "| type | fields | when |",
    "|---|---|---|",
    ...union.type.types.map((member) => eventRow(member, source.text)),
    "",
  ]);
}

function eventRow(member, text) {
  const fields = member.members.map((field) => ({
    name: field.name.text,
    type: field.type.getText(),
    isOptional: field.questionToken !== undefined,
  }));
  const type = fields.find(({ name }) => name === "type").type.replaceAll('"', "");
  const others = fields
    .filter(({ name }) => name !== "type")
    .map(({ name, type, isOptional }) => `\`${name}${isOptional ? "?" : ""}\` ${type}`);
  return `| \`${type}\` | ${others.join(", ")} | ${cell(commentBefore(member, text))} |`;
}

function page(title, source, lines) {
  return (
    [`# ${title}`, "", `<!-- Made from ${source} by npm run docs; do not edit. -->`, "", ...lines]
      .join("\n")
      // Headings, tables and code stand free.
      .replace(/\n(#+ .*)\n/g, "\n\n$1\n\n")
      .replace(/([^|\n])\n\|/g, "$1\n\n|")
      .replace(/\n{3,}/g, "\n\n")
      .trimEnd()
      .concat("\n")
  );
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function cell(text) {
  return text.replaceAll("|", "\\|");
}
