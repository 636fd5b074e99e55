/** A repository of a registry, as its folder tells. */
export interface Repository {
  readonly name: string;
  readonly tags: readonly string[];
  /** Manifests that no tag leads to; images of several platforms count theirs here too. */
  readonly untagged: number;
}

/** Folder in which the distribution registry keeps its repositories: small files with digests, no content. */
export const repositoriesFolder = "docker/registry/v2/repositories";

/**
 * Repositories from the files below that folder: `NAME/_manifests/tags/TAG/current/link` and
 * `NAME/_manifests/revisions/sha256/HEX/link`, each with a digest in it. Read this way, a registry that is stopped,
 * is not published or wants a login can be looked into as well.
 * https://github.com/distribution/distribution/blob/v3.0.0/registry/storage/paths.go
 */
export function readRepositories(files: ReadonlyMap<string, string>): readonly Repository[] {
  const found = new Map<string, { tags: Map<string, string>; revisions: Set<string> }>();
  for (const [path, content] of files) {
    const [name, rest] = path.split("/_manifests/");
    if (name === undefined || rest === undefined) continue;
    const repository = found.get(name) ?? { tags: new Map(), revisions: new Set() };
    found.set(name, repository);
    const tag = /^tags\/([^/]+)\/current\/link$/.exec(rest)?.[1];
    if (tag !== undefined) repository.tags.set(tag, content.trim());
    else if (/^revisions\/\w+\/[0-9a-f]+\/link$/.test(rest))
      repository.revisions.add(content.trim());
  }
  return [...found]
    .map(([name, { tags, revisions }]) => {
      const tagged = new Set(tags.values());
      return {
        name,
        tags: [...tags.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true })),
        untagged: [...revisions].filter((digest) => !tagged.has(digest)).length,
      };
    })
    .filter(({ tags, untagged }) => tags.length > 0 || untagged > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
