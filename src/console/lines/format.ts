/** As kubectl tells ages: the largest unit only, from "5s" over "12m" and "3h" to "40d". */
export function ageText(fromIso: string, nowMs: number): string {
  const from = Date.parse(fromIso);
  if (Number.isNaN(from) || nowMs === 0) return "";
  return spanText(nowMs - from);
}

export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** "512 MiB", "1.5 GiB" */
export function bytesText(bytes: number): string {
  const mib = bytes / 1024 ** 2;
  if (mib < 1024) return `${Math.round(mib)} MiB`;
  const gib = mib / 1024;
  return `${gib < 10 ? gib.toFixed(1) : Math.round(gib)} GiB`;
}

/** "0.25", "12" */
export function coresText(cores: number): string {
  return cores >= 10 ? `${Math.round(cores)}` : cores.toFixed(2);
}

export function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** "1 pod", "3 pods", "2 processes" */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
