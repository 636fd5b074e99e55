import type { Option } from "commander";
import { choiceOption } from "../request/flags.ts";

export const outputFormats = ["table", "json", "yaml", "name"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** -o of commands that print data; `formats` are those it can print, the first is the default. */
export function outputOption<Format extends OutputFormat>(formats: readonly Format[]): Option {
  return choiceOption("-o, --output <format>", "how to print", formats).default(formats[0]);
}

const resultFormats = ["text", "json", "yaml"] as const;
export type ResultFormat = (typeof resultFormats)[number];

/** -o of commands that do something: what came of it, for people or for programs. */
export function resultOption(): Option {
  return choiceOption("-o, --output <format>", "how to print the result", resultFormats).default(
    resultFormats[0],
  );
}

/** Data for programs: the same in JSON and YAML. */
export async function renderData(data: unknown, format: "json" | "yaml"): Promise<string> {
  if (format === "json") return `${JSON.stringify(data, null, 2)}\n`;
  const { renderYaml } = await import("./yaml-text.ts");
  return renderYaml(data);
}
