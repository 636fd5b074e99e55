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

/**
 * Those first that no other depends on. Things whose name is not known yet are taken as they come: nothing relies on the
 * order, it is a courtesy to what is taken down.
 */
export function dependentsFirst<Thing extends Partial<Startable> & Pick<Startable, "dependsOn">>(
  things: readonly Thing[],
): readonly Thing[] {
  const depth = ({ dependsOn }: Thing, seen: readonly Thing[] = []): number =>
    Math.max(
      0,
      ...things
        .filter(({ name }) => name !== undefined && dependsOn.includes(name))
        .filter((other) => !seen.includes(other))
        .map((other) => 1 + depth(other, [...seen, other])),
    );
  return things.toSorted((a, b) => depth(b) - depth(a));
}
