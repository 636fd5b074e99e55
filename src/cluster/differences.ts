import { isDeepStrictEqual } from "node:util";
import type { ClusterConfig } from "../config/cluster-config.ts";

/** What an update can change of a cluster that runs. */
const changeable: readonly (keyof ClusterConfig)[] = ["registries", "proxy"];

/**
 * Paths of the fields by which a wanted config differs from the one that a cluster was made with, other than those an
 * update can change. A field that is left at its default is taken as not said: a file that is only about registries
 * fits every cluster.
 */
export function unchangeableDifferences(
  wanted: ClusterConfig,
  current: ClusterConfig,
  standard: ClusterConfig,
): readonly string[] {
  return Object.keys(wanted)
    .filter((field) => !changeable.includes(field as keyof ClusterConfig) && field !== "name")
    .flatMap((field) => {
      const read = (config: ClusterConfig): unknown => config[field as keyof ClusterConfig];
      return differencesOf(read(wanted), read(current), read(standard), field);
    });
}

function differencesOf(
  wanted: unknown,
  current: unknown,
  standard: unknown,
  path: string,
): readonly string[] {
  if (isDeepStrictEqual(wanted, current) || isDeepStrictEqual(wanted, standard)) return [];
  if (Array.isArray(wanted) && Array.isArray(current)) {
    if (wanted.length !== current.length) return [path];
    return wanted.flatMap((item, index) =>
      differencesOf(item, current[index], undefined, `${path}[${index}]`),
    );
  }
  if (!isRecord(wanted) || !isRecord(current)) return [path];
  const standards = isRecord(standard) ? standard : {};
  return [...new Set([...Object.keys(wanted), ...Object.keys(current)])].flatMap((key) =>
    differencesOf(wanted[key], current[key], standards[key], `${path}.${key}`),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
