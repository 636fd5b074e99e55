/** The engine's filter for all of these labels; an empty value stands for any value. */
export function labelFilters(labels: Readonly<Record<string, string>>): { label: string[] } {
  return {
    label: Object.entries(labels).map(([name, value]) =>
      value === "" ? name : `${name}=${value}`,
    ),
  };
}
