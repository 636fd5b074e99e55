/** The parts of an image reference. */
export interface SplitReference {
  /** "registry.example.com:5000/shop/user-service" */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** A colon before the last slash belongs to the registry's port. */
export function splitReference(reference: string): SplitReference {
  const [name = "", digest] = reference.split("@");
  const colon = name.lastIndexOf(":");
  const hasTag = colon > name.lastIndexOf("/");
  return {
    repository: hasTag ? name.slice(0, colon) : name,
    ...(hasTag ? { tag: name.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}
