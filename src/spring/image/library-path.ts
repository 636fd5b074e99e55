import type { BootArchive } from "./boot-archive.ts";
import { APPLICATION_ARCHIVE, APPLICATION_FOLDER, type ImageContent } from "./plan-content.ts";
import { openZip } from "../../formats/read-zip.ts";

/**
 * A class path with the libraries before the application's own classes. The JVM uses an archive of loaded classes only
 * where the class path begins as it did when the archive was made, with the very same files: this beginning outlives edits.
 */
export interface LibraryPath {
  readonly mainClass: string;
  /** Jars that no edit changes, by their paths in the container. */
  readonly libraries: readonly string[];
  /** The project's own modules and its archive. */
  readonly own: readonly string[];
}

/** Undefined where the application cannot be started by a class path, or nothing outlives an edit. */
export function planLibraryPath(
  { manifest, classPath = [] }: Pick<BootArchive, "manifest" | "classPath">,
  { canBeTrained, layers }: Pick<ImageContent, "canBeTrained" | "layers">,
): LibraryPath | undefined {
  const mainClass = manifest.main.get("Start-Class");
  if (!canBeTrained || mainClass === undefined) return undefined;
  // What only `java -jar` heeds would be lost.
  if (ONLY_WITH_JAR.some((name) => manifest.main.has(name))) return undefined;
  const archive = `${FOLDER}/${APPLICATION_ARCHIVE}`;
  const last = layers.at(-1)?.files.map(({ path }) => path) ?? [];
  if (!last.includes(archive)) return undefined;
  const lasting = new Set(
    layers.slice(0, -1).flatMap(({ files }) => files.map(({ path }) => path)),
  );
  const paths = classPath.map((name) => `${FOLDER}/lib/${fileNameOf(name)}`);
  const libraries = paths.filter((path) => lasting.has(path));
  if (libraries.length === 0) return undefined;
  const own = [...paths.filter((path) => last.includes(path)), archive];
  return { mainClass, libraries: libraries.map(inContainer), own: own.map(inContainer) };
}

const FOLDER = APPLICATION_FOLDER.slice(1);
/** https://docs.oracle.com/en/java/javase/25/docs/specs/jar/jar.html#main-attributes */
const ONLY_WITH_JAR = ["Add-Exports", "Add-Opens", "Enable-Native-Access", "Launcher-Agent-Class"];

function inContainer(path: string): string {
  return `/${path}`;
}

function fileNameOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** What libraries have that an application could have, too. */
export interface LibraryNames {
  /** Folders with classes. */
  readonly packages: readonly string[];
  /** Everything but classes. */
  readonly resources: readonly string[];
}

/** @throws ToolError `archive-damaged` */
export async function readLibraryNames(
  archive: BootArchive,
  { libraries }: Pick<LibraryPath, "libraries">,
): Promise<LibraryNames> {
  const packages = new Set<string>();
  const resources = new Set<string>();
  for (const path of await readPaths(archive, libraries)) {
    if (path.endsWith(".class")) packages.add(folderOf(path));
    else resources.add(path);
  }
  return { packages: [...packages].toSorted(), resources: [...resources].toSorted() };
}

/**
 * What stands behind the libraries: the files of the application's own jar, and of the project's modules.
 * @throws ToolError `archive-damaged`
 */
export async function readOwnPaths(
  archive: BootArchive,
  { ownPaths }: Pick<ImageContent, "ownPaths">,
  { own }: Pick<LibraryPath, "own">,
): Promise<readonly string[]> {
  return [...ownPaths, ...(await readPaths(archive, own))];
}

/** The files in these jars, as far as they are libraries of the archive. */
async function readPaths(
  archive: BootArchive,
  jars: readonly string[],
): Promise<readonly string[]> {
  const wanted = new Set(jars.map(fileNameOf));
  const paths: string[] = [];
  for (const name of archive.classPath ?? []) {
    const entry = archive.zip.entries.get(name);
    if (entry === undefined || !wanted.has(fileNameOf(name))) continue;
    const bytes = await archive.zip.bytes(entry);
    const source = {
      sizeBytes: bytes.byteLength,
      read: (offset: number, length: number) =>
        Promise.resolve(bytes.subarray(offset, offset + length)),
    };
    const jar = await openZip(`${archive.path}!${name}`, source);
    for (const { name: path, isDirectory } of jar.entries.values()) {
      if (!isDirectory) paths.push(path);
    }
  }
  return paths;
}

/**
 * The first of these paths that a library has, too, or whose package it has: there it matters which of them stands first
 * on the class path. Which version a manifest is of is never looked up that way.
 */
export function findClash(
  { packages, resources }: LibraryNames,
  paths: Iterable<string>,
): string | undefined {
  const taken = { packages: new Set(packages), resources: new Set(resources) };
  for (const path of paths) {
    if (path === "META-INF/MANIFEST.MF") continue;
    const isTaken = path.endsWith(".class")
      ? taken.packages.has(folderOf(path))
      : taken.resources.has(path);
    if (isTaken) return path;
  }
  return undefined;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
