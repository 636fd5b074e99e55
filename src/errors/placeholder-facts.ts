/**
 * Facts that stand for themselves: "Port {port} is already used by {owner}." For the page of errors and for the
 * test that every entry has its texts. Fields can be used as strings, numbers, lists and lists of objects.
 */
export function placeholderFacts<Facts extends object>(): Facts {
  return new Proxy({}, { get: (_, field) => placeholder(String(field)) }) as Facts;
}

function placeholder(name: string): unknown {
  const text = `{${name}}`;
  const element = () => placeholder(name);
  const members: Readonly<Record<PropertyKey, unknown>> = {
    [Symbol.toPrimitive]: () => text,
    [Symbol.iterator]: function* () {
      yield element();
    },
    length: 1,
    0: text,
    at: element,
    join: () => text,
    map: (each: (item: unknown, index: number) => unknown) => [each(element(), 0)],
    flatMap: (each: (item: unknown, index: number) => unknown) => [each(element(), 0)].flat(),
    filter: () => [element()],
    some: () => true,
    every: () => false,
  };
  return new Proxy(
    {},
    {
      get(_, member) {
        if (member in members) return members[member];
        const method: unknown = Reflect.get(String.prototype, member);
        if (typeof method === "function") return method.bind(text) as unknown;
        return placeholder(String(member));
      },
    },
  );
}
