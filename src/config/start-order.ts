/** Something that is brought up, and the names of what must be up before. */
export interface Startable {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/**
 * The names of a circle of things that wait for each other, beginning and ending with the same one; undefined when
 * there is none. Names that nobody has are passed over.
 */
export function findCircle(startables: readonly Startable[]): readonly string[] | undefined {
  const byName = new Map(startables.map((startable) => [startable.name, startable]));
  const done = new Set<string>();
  const follow = (name: string, way: readonly string[]): readonly string[] | undefined => {
    const seenAt = way.indexOf(name);
    if (seenAt !== -1) return [...way.slice(seenAt), name];
    if (done.has(name)) return undefined;
    for (const next of byName.get(name)?.dependsOn ?? []) {
      const circle = follow(next, [...way, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const { name } of startables) {
    const circle = follow(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** The names given and all that they depend on, directly or not. */
export function withPrerequisites(
  names: readonly string[],
  startables: readonly Startable[],
): ReadonlySet<string> {
  const byName = new Map(startables.map((startable) => [startable.name, startable]));
  const found = new Set<string>();
  const take = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    byName.get(name)?.dependsOn.forEach(take);
  };
  names.forEach(take);
  return found;
}
