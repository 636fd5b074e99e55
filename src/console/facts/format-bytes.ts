const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** "512 MiB", "1.5 GiB": one digit behind the point below 10, none above. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  const digits = power > 0 && value < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${units[power] ?? ""}`;
}
