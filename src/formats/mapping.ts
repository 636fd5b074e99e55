/** Whether `value` is what YAML calls a mapping, JSON an object and TOML a table. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
