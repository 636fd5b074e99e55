import { Option } from "commander";
import { oneOf } from "./settings.ts";

export const outputFormats = ["table", "json", "yaml", "name"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** -o of commands that print data; `formats` are those it can print, the first is the default. */
export function outputOption<Format extends OutputFormat>(
  formats: readonly Format[],
  description = "how to print",
): Option {
  return new Option("-o, --output <format>", `${description}: ${formats.join(", ")}`)
    .default(formats[0])
    .argParser((value: string) => oneOf(value, formats, "--output"));
}

/** Data for programs: the same in JSON and YAML. */
export async function renderData(data: unknown, format: "json" | "yaml"): Promise<string> {
  if (format === "json") return `${JSON.stringify(data, null, 2)}\n`;
  const { stringify } = await import("yaml");
  return stringify(data, { lineWidth: 0 });
}
