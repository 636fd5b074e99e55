import { ToolError } from "../errors/tool-error.ts";

// The grammar of https://pkg.go.dev/github.com/distribution/reference, which Docker and containerd share.
const component = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const domain =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const longestNameLength = 255;
/** Docker Hub's name in names of images. */
const hub = "docker.io";

/** An image's name in full, as containerd and the kubelet write it. */
export interface ImageReference {
  /** "docker.io/library/nginx:1.27" or "docker.io/library/nginx@sha256:…". */
  readonly full: string;
  readonly repository: string;
  /** "latest" when the name has neither a tag nor a digest. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Whether the text is an image's whole id, which no image can have as its name. */
export function isFullId(text: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{64}$/.test(text);
}

/**
 * Parses a name as the user writes it. Throws `invalid-image-reference` and, for an id, `image-named-by-id`; no name that passes begins
 * with a dash, so it cannot be taken for a flag by a program on the node.
 */
export function parseImageReference(text: string): ImageReference {
  const refuse = (reason: string) =>
    new ToolError("invalid-image-reference", { image: text, reason });
  if (text === "") throw refuse("it is empty");
  if (text.startsWith("-")) throw refuse("it begins with a dash");
  if (isFullId(text)) throw new ToolError("image-named-by-id", { image: text, names: [] });

  if (text.split("@").length > 2) throw refuse('it has more than one "@"');
  const { repository: name, tag, digest } = splitReference(text);
  if (digest !== undefined && !digestPattern.test(digest))
    throw refuse('what follows "@" is not sha256: and 64 hexadecimal digits');

  if (tag !== undefined && !tagPattern.test(tag))
    throw refuse(
      `the tag "${tag}" may hold up to 128 letters, digits, dots, dashes and underscores`,
    );

  const repository = completeRepository(name, refuse);
  // Like containerd's ParseDockerRef: where a name has both, the digest decides and the tag goes.
  if (digest !== undefined)
    return { full: `${repository}@${digest}`, repository, tag: undefined, digest };
  const usedTag = tag ?? "latest";
  return { full: `${repository}:${usedTag}`, repository, tag: usedTag, digest: undefined };
}

/** The parts of a name, as it is written. */
export interface SplitReference {
  /** "registry.example.com:5000/shop/user-service" */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Takes a name apart without a look at whether it is one. */
export function splitReference(reference: string): SplitReference {
  const [name = "", digest] = reference.split("@");
  const colon = name.lastIndexOf(":");
  // A colon before the last slash belongs to the registry's port.
  const hasTag = colon > name.lastIndexOf("/");
  return {
    repository: hasTag ? name.slice(0, colon) : name,
    ...(hasTag ? { tag: name.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The registry that a name leads to, "docker.io" where it names none, and what follows. */
export function splitRegistry(name: string): { readonly registry: string; readonly path: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  // Docker also takes a first part with capitals as a registry's address; it is a slip of the pen rather.
  if (first !== "localhost" && !/[.:[]/.test(first)) return { registry: hub, path: name };
  const registry = first === "index.docker.io" ? hub : first;
  return { registry, path: name.slice(slash + 1) };
}

/** The name as people write it: without the parts that are understood. */
export function familiarName(full: string): string {
  return full.replace(/^docker\.io\/(?:library\/(?=[^/]*$))?/, "");
}

function completeRepository(name: string, refuse: (reason: string) => ToolError): string {
  const { registry, path } = splitRegistry(name);
  if (!domain.test(registry)) throw refuse(`"${registry}" is not a registry's address`);
  if (/[A-Z]/.test(path)) throw refuse("repository names have no capital letters");
  for (const part of path.split("/"))
    if (!component.test(part))
      throw refuse(
        part === ""
          ? "a part of it is empty"
          : `"${part}" has characters that names do not have, or has them at its ends`,
      );
  const isOfficial = registry === hub && !path.includes("/");
  const repository = `${registry}/${isOfficial ? "library/" : ""}${path}`;
  if (repository.length > longestNameLength)
    throw refuse(`it is longer than ${longestNameLength} characters`);
  return repository;
}
