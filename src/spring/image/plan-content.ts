import { MANIFEST, writeManifest, type BootArchive, type IndexedLayer } from "./boot-archive.ts";
import { FIXED_SECONDS, type LayerFile } from "./layer-tar.ts";
import type { ZipEntry } from "../../formats/read-zip.ts";
import { writeZip, type ZipFile } from "../../formats/write-zip.ts";

/** An application's own file, newer than the archive: a class or a resource, with its path below the folder of classes. */
export interface ClassFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly modifiedSeconds: number;
}

/** What goes into an application's image above its base. */
export interface ImageContent {
  /** From what changes least to what changes most; none is empty. */
  readonly layers: readonly ContentLayer[];
  /** A jar with its libraries beside it: the form that the JVM can keep an archive of loaded classes for. */
  readonly canBeTrained: boolean;
  /** In APPLICATION_FOLDER. */
  readonly entrypoint: readonly string[];
  /** When the application's own classes and resources changed last, in seconds since the epoch. */
  readonly modifiedSeconds: number;
  /** Paths in the application's own jar; none where it is not made into one. */
  readonly ownPaths: readonly string[];
}

export interface ContentLayer {
  readonly name: string;
  readonly files: readonly LayerFile[];
}

export const APPLICATION_FOLDER = "/application";
export const APPLICATION_ARCHIVE = "application.jar";
const FOLDER = APPLICATION_FOLDER.slice(1);

/**
 * The archive taken apart. A jar becomes what `java -Djarmode=tools -jar app.jar extract --layers` makes of
 * it (a small jar with the application's own classes, the libraries beside it in lib/), which the JVM starts
 * faster than nested jars, and which is what a CDS archive or an AOT cache can be made for. Everything
 * else (a war, whose pages would be lost in that form; a jar that finds its libraries by itself)
 * becomes its own files and Spring Boot's launcher.
 * @param classes in place of the archive's own; only for what {@link isPlainJar}
 */
export async function planContent(
  archive: BootArchive,
  classes?: readonly ClassFile[],
): Promise<ImageContent> {
  return isPlainJar(archive) ? extractedContent(archive, classes) : explodedContent(archive);
}

/** Whether an image can be made of its libraries and of newer classes than it has itself. */
export function isPlainJar({ manifest, classPath }: BootArchive): boolean {
  return (
    classPath !== undefined &&
    manifest.main.has("Start-Class") &&
    /\.JarLauncher$/.test(manifest.main.get("Main-Class") ?? "")
  );
}

/** Paths of the application's own classes and resources in its archive, below the folder that they lie in. */
export function ownPathsOf(archive: BootArchive): readonly string[] {
  const classes = folderOf(archive, "Spring-Boot-Classes", "BOOT-INF/classes/");
  return [...archive.zip.entries.values()]
    .filter(({ name, isDirectory }) => !isDirectory && name.startsWith(classes))
    .map(({ name }) => name.slice(classes.length));
}

async function extractedContent(
  archive: BootArchive,
  newer: readonly ClassFile[] | undefined,
): Promise<ImageContent> {
  const { zip, classPath = [] } = archive;
  const layerOf = layerFinder(archive);
  const classes = folderOf(archive, "Spring-Boot-Classes", "BOOT-INF/classes/");
  const libraries = folderOf(archive, "Spring-Boot-Lib", "BOOT-INF/lib/");
  const files = new FilesByLayer(layerOf.names);
  for (const name of classPath) {
    const entry = zip.entries.get(name);
    // As the JVM does with a class path's file that is missing.
    if (entry === undefined) continue;
    files.add(layerOf(name), fileOf(archive, entry, `${FOLDER}/lib/${below(libraries, name)}`));
  }
  const own = [...zip.entries.values()].filter(
    ({ name, isDirectory }) => !isDirectory && name.startsWith(classes),
  );
  const modifiedSeconds = latest(newer ?? own);
  const { bytes, paths } = await applicationArchive(archive, { classes, libraries, newer });
  files.add(layerOf(archive.manifest.main.get("Spring-Boot-Layers-Index") ?? classes), {
    path: `${FOLDER}/${APPLICATION_ARCHIVE}`,
    sizeBytes: bytes.byteLength,
    // Spring tells browsers the archive's date for the pages in it: it must grow with each change.
    modifiedSeconds,
    content: () => once(bytes),
  });
  return {
    layers: files.layers,
    canBeTrained: true,
    entrypoint: ["java", "-jar", APPLICATION_ARCHIVE],
    modifiedSeconds,
    ownPaths: paths,
  };
}

/** What jarmode "tools" leaves out of the manifest, because it speaks of the archive as it was. */
const ATTRIBUTES_LEFT_OUT = [
  "Start-Class",
  "Spring-Boot-Classes",
  "Spring-Boot-Lib",
  "Spring-Boot-Classpath-Index",
  "Spring-Boot-Layers-Index",
];
/** Registers the loader's file system, which is not there any more. */
const LOADER_SERVICE = "META-INF/services/java.nio.file.spi.FileSystemProvider";

async function applicationArchive(
  archive: BootArchive,
  {
    classes,
    libraries,
    newer,
  }: {
    readonly classes: string;
    readonly libraries: string;
    readonly newer: readonly ClassFile[] | undefined;
  },
): Promise<{ readonly bytes: Uint8Array; readonly paths: readonly string[] }> {
  const { zip, manifest, classPath = [] } = archive;
  const main = new Map(manifest.main);
  main.set("Main-Class", main.get("Start-Class") ?? "");
  for (const name of ATTRIBUTES_LEFT_OUT) main.delete(name);
  main.set("Class-Path", classPath.map((name) => `lib/${below(libraries, name)}`).join(" "));
  const content = new Map<string, ZipEntry>();
  for (const entry of zip.entries.values()) {
    if (entry.isDirectory || entry.name === MANIFEST || entry.name === LOADER_SERVICE) continue;
    if (entry.name.startsWith(classes)) {
      if (newer === undefined) content.set(entry.name.slice(classes.length), entry);
    } else if (entry.name.startsWith("META-INF/") && !content.has(entry.name))
      content.set(entry.name, entry);
  }
  const byName = new Map<string, Uint8Array>();
  // In the order of the archive, in which neighbours are read in one piece.
  for (const [name, entry] of [...content].sort(([, a], [, b]) => a.offset - b.offset))
    byName.set(name, await zip.bytes(entry));
  for (const { path, content: bytes } of newer ?? [])
    if (path !== MANIFEST) byName.set(path, bytes);
  const files: ZipFile[] = [
    { name: MANIFEST, content: Buffer.from(writeManifest({ ...manifest, main })) },
    ...foldersOf(byName.keys()).map((name) => ({ name, content: new Uint8Array(0) })),
    ...[...byName]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, bytes]) => ({ name, content: bytes })),
  ];
  return { bytes: writeZip(files), paths: [...byName.keys()] };
}

/** Class path scanning looks for the entry of a package's folder (ClassLoader.getResources). */
function foldersOf(names: Iterable<string>): readonly string[] {
  const folders = new Set<string>();
  for (const name of names) {
    const parts = name.split("/");
    for (let depth = 1; depth < parts.length; depth += 1)
      folders.add(`${parts.slice(0, depth).join("/")}/`);
  }
  return [...folders].sort();
}

function explodedContent(archive: BootArchive): ImageContent {
  const layerOf = layerFinder(archive);
  const files = new FilesByLayer(layerOf.names);
  const own = [...archive.zip.entries.values()].filter(({ isDirectory }) => !isDirectory);
  for (const entry of own)
    files.add(layerOf(entry.name), {
      ...fileOf(archive, entry, `${FOLDER}/${entry.name}`),
      // Pages keep the date by which browsers ask whether theirs is still the newest.
      ...(/\.(class|jar)$/.test(entry.name) ? {} : { modifiedSeconds: entry.modifiedSeconds }),
    });
  const launcher = archive.manifest.main.get("Main-Class") ?? "";
  return {
    layers: files.layers,
    canBeTrained: false,
    entrypoint: ["java", "-cp", ".", launcher],
    modifiedSeconds: latest(own),
    ownPaths: [],
  };
}

/** Which layer a path of the archive belongs to: by its index, or by the same rules without one. */
function layerFinder({ layers }: BootArchive): {
  (path: string): string;
  readonly names: readonly string[];
} {
  const find = (path: string): string => {
    const found = layers?.find(({ contents }) => contents.some((content) => covers(content, path)));
    return found?.name ?? defaultLayerOf(path);
  };
  return Object.assign(find, { names: [...(layers ?? []).map(nameOf), ...DEFAULT_LAYERS] });
}

const DEFAULT_LAYERS = [
  "dependencies",
  "spring-boot-loader",
  "snapshot-dependencies",
  "application",
];

function defaultLayerOf(path: string): string {
  if (/^(BOOT|WEB)-INF\/lib(-provided)?\//.test(path))
    return /-SNAPSHOT\.jar$/.test(path) ? "snapshot-dependencies" : "dependencies";
  return path.startsWith("org/springframework/boot/loader/") ? "spring-boot-loader" : "application";
}

function covers(content: string, path: string): boolean {
  return content === path || (content.endsWith("/") && path.startsWith(content));
}

function nameOf({ name }: IndexedLayer): string {
  return name;
}

class FilesByLayer {
  readonly #files: Map<string, LayerFile[]>;

  constructor(names: readonly string[]) {
    this.#files = new Map(names.map((name) => [name, []]));
  }

  add(layer: string, file: LayerFile): void {
    this.#files.get(layer)?.push(file);
  }

  get layers(): readonly ContentLayer[] {
    return [...this.#files].flatMap(([name, files]) =>
      files.length === 0 ? [] : [{ name, files }],
    );
  }
}

function fileOf({ zip }: BootArchive, entry: ZipEntry, path: string): LayerFile {
  return {
    path,
    sizeBytes: entry.sizeBytes,
    // A CDS archive remembers the date of every jar, and dates that change would change the layer.
    modifiedSeconds: FIXED_SECONDS,
    checksum: entry.crc,
    content: () => zip.content(entry),
  };
}

function folderOf({ manifest }: BootArchive, attribute: string, usual: string): string {
  const folder = manifest.main.get(attribute) ?? usual;
  return folder.endsWith("/") ? folder : `${folder}/`;
}

function below(folder: string, path: string): string {
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

function latest(entries: readonly { readonly modifiedSeconds: number }[]): number {
  return entries.reduce((last, entry) => Math.max(last, entry.modifiedSeconds), FIXED_SECONDS);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
