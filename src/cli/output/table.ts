/** Columns as kubectl prints them: upper-case titles, three spaces between, no trailing spaces. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly (readonly [title: string, cell: (row: Row) => string])[],
): string {
  const lines = [
    columns.map(([title]) => title),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => (line[index] ?? "").length)),
  );
  return lines
    .map((line) => line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("   "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}
