import { isMapping } from "../formats/mapping.ts";

/**
 * A JSON merge patch, RFC 7386: mappings merge, null removes, anything else replaces.
 * @param special merges the values of a key in its own way; undefined leaves it to the RFC
 */
export function mergePatch(
  target: unknown,
  patch: unknown,
  special: (key: string, target: unknown, patch: unknown) => unknown = () => undefined,
): unknown {
  if (!isMapping(patch)) return patch;
  // A Map and fromEntries, because assigning to a key "__proto__" would change the object's prototype.
  const merged = new Map(Object.entries(isMapping(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    const own = special(key, merged.get(key), value);
    if (own !== undefined) merged.set(key, own);
    else if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value, special));
  }
  return Object.fromEntries(merged);
}
