import type { Path } from "./yaml-source.ts";

/** Notes a fault at a place of a config file; the line is that of the place unless it is given. */
export type Report = (path: Path, reason: string, line?: number) => void;
