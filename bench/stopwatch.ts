import { readFileSync } from "node:fs";

/** Times from one start, by this process's clock and by the one that containers share with it. */
export class Stopwatch {
  /** Wall clock at the start; node conditions have whole seconds of it. */
  readonly startedAt: Date;
  private readonly startedMs: number;
  private readonly startedUptime: number;

  constructor() {
    this.startedAt = new Date();
    this.startedUptime = uptimeSeconds();
    this.startedMs = performance.now();
  }

  elapsedMs(): number {
    return performance.now() - this.startedMs;
  }

  /** Takes a figure of /proc/uptime (hundredths of a second). */
  elapsedMsAt(uptime: number): number {
    return Math.round((uptime - this.startedUptime) * 1000);
  }
}

function uptimeSeconds(): number {
  return Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
}
