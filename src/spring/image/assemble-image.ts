import { ToolError } from "../../errors/tool-error.ts";
import { openBaseImage, type BaseImage } from "../../images/base-image.ts";
import type { LocalImage, LocalLayer } from "../../images/local-image.ts";
import { digestOf } from "../../images/oci.ts";
import type { Ports } from "../../ports/ports.ts";
import { APPLICATION_USER } from "../plan/plan-image.ts";
import { openBootArchive } from "./boot-archive.ts";
import { diffIdsOf, imageConfig } from "./image-config.ts";
import { ImageStore } from "./image-store.ts";
import { APPLICATION_FOLDER, planContent, type ClassFile } from "./plan-content.ts";
import { findClash, planLibraryPath, readLibraryNames, readOwnPaths } from "./library-path.ts";
import {
  ensureLibraryArchive,
  ensureStartupArchive,
  libraryKeyOf,
  withLibraryArchive,
  withStartupArchive,
  type LibraryArchive,
} from "./startup-archive.ts";

export interface AssemblyRequest {
  /** Full reference that the image gets. */
  readonly name: string;
  /** The executable Spring Boot archive. */
  readonly archive: string;
  /** In place of the archive's own. */
  readonly classes?: readonly ClassFile[];
  /** Reference of an image of the engine with a JRE. */
  readonly baseImage: string;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Gives the image an archive of the classes that the application loads at its start, for which it is started once;
   * told when there can be none. Absent: no such archive.
   */
  readonly training?: { readonly onImpossible: (reason: string) => void };
  /** Put into the image and used, where it is of these libraries. */
  readonly libraryArchive?: LibraryArchive | undefined;
  /** The archive has been read, and starting the application begins, which may take long. */
  readonly onRead?: () => Promise<void>;
  /** Whether `findAssembledImage` is to find it by its name. */
  readonly isKept: boolean;
}

export type AssemblyPorts = Pick<Ports, "engine" | "files" | "clock">;

/**
 * Makes the layered image of a Spring Boot archive without a container engine: no build, no copy in the
 * engine's store. The same archive gives the same image, byte for byte; what an earlier image had in a
 * layer is not written again. Its layers are read when a node lacks them.
 */
export async function assembleImage(
  request: AssemblyRequest,
  ports: AssemblyPorts,
  signal?: AbortSignal,
): Promise<LocalImage> {
  const { name, baseImage, labels, training, libraryArchive, onRead } = request;
  const prepared = await prepareLayers(request, ports, signal);
  const { store, base, archive, content, libraryPath } = prepared;
  const layers = [...prepared.layers];
  let { entrypoint } = content;
  if (training !== undefined) {
    await onRead?.();
    const trained = content.canBeTrained
      ? await ensureStartupArchive(
          {
            ...{ baseImage, baseId: prepared.baseId, layers },
            applicationFolder: APPLICATION_FOLDER,
          },
          { store, ports, signal },
        )
      : { reason: "only a jar with its libraries in BOOT-INF/lib can have one" };
    if ("reason" in trained) training.onImpossible(trained.reason);
    else {
      layers.push(trained.layer);
      entrypoint = withStartupArchive(entrypoint, trained.file);
    }
  } else if (
    libraryArchive !== undefined &&
    libraryPath !== undefined &&
    libraryArchive.key === libraryKeyOf({ ...prepared, libraryPath }) &&
    findClash(libraryArchive.names, await readOwnPaths(archive, content, libraryPath)) === undefined
  ) {
    // Below what an edit changes.
    layers.splice(-1, 0, libraryArchive.layer);
    const file = `${APPLICATION_FOLDER}/${libraryArchive.file}`;
    entrypoint = withLibraryArchive(libraryPath, file);
  }
  const config = imageConfig(base.config, {
    labels,
    user: `${APPLICATION_USER}:${APPLICATION_USER}`,
    workingDir: APPLICATION_FOLDER,
    entrypoint,
    createdSeconds: content.modifiedSeconds,
    layers: layers.map(({ diffId }) => diffId),
  });
  const image = { name, base: baseImage, config, platform: base.platform, layers };
  if (request.isKept) await store.save(image);
  return onBase(image, base);
}

/**
 * Starts the application once, beside everything else, for an archive of its libraries' classes; the images that are
 * assembled with it start in half the time. Found at once where the libraries have had one before.
 */
export async function trainLibraries(
  request: Pick<AssemblyRequest, "archive" | "classes" | "baseImage" | "onRead">,
  ports: AssemblyPorts,
  signal?: AbortSignal,
): Promise<LibraryArchive | { readonly reason: string }> {
  const prepared = await prepareLayers(request, ports, signal);
  const { store, archive, content, libraryPath } = prepared;
  if (libraryPath === undefined) return { reason: "its libraries are not apart from its classes" };
  const names = await readLibraryNames(archive, libraryPath);
  const clash = findClash(names, await readOwnPaths(archive, content, libraryPath));
  if (clash !== undefined) return { reason: `${clash} is in a library, too` };
  const { baseImage, onRead } = request;
  await onRead?.();
  const subject = { ...prepared, baseImage, libraryPath, applicationFolder: APPLICATION_FOLDER };
  return ensureLibraryArchive(subject, names, { store, ports, signal });
}

/** The application's layers, in the store, on their base. */
async function prepareLayers(
  { archive: path, classes, baseImage }: Pick<AssemblyRequest, "archive" | "classes" | "baseImage">,
  ports: AssemblyPorts,
  signal: AbortSignal | undefined,
) {
  const store = new ImageStore(ports.files);
  const [base, archive] = await Promise.all([
    openBaseImage(baseImage, ports, signal),
    openBootArchive(path, ports.files),
  ]);
  if (archive === undefined)
    throw new ToolError("archive-damaged", {
      archive: path,
      reason: "it is no executable archive of Spring Boot",
    });
  const content = await planContent(archive, classes);
  const layers: LocalLayer[] = [];
  for (const { files } of content.layers) {
    signal?.throwIfAborted();
    layers.push(await store.addLayer(files, { owner: APPLICATION_USER, archive: path }));
  }
  const baseId = digestOf(base.config);
  const libraryPath = planLibraryPath(archive, content);
  return { store, base, baseId, archive, content, layers, libraryPath };
}

/**
 * The image of this name that was assembled before, with its base.
 * @param baseImage undefined: whichever it was assembled on
 */
export async function findAssembledImage(
  name: string,
  baseImage: string | undefined,
  ports: Pick<AssemblyPorts, "engine" | "files">,
  signal?: AbortSignal,
): Promise<{ readonly image: LocalImage; readonly base: string } | undefined> {
  const stored = await new ImageStore(ports.files).find(name);
  if (stored === undefined || (baseImage !== undefined && stored.base !== baseImage))
    return undefined;
  // The base may be gone; then everything is made again.
  if ((await ports.engine.inspectImage(stored.base)) === undefined) return undefined;
  const image = onBase(stored, await openBaseImage(stored.base, ports, signal));
  const diffIds = diffIdsOf(stored.config);
  // A tag may have been moved to another image since.
  const isSame =
    diffIds.length === image.layers.length &&
    diffIds.every((diffId, at) => image.layers[at]?.diffId === diffId);
  return isSame ? { image, base: stored.base } : undefined;
}

function onBase({ name, config, platform, layers }: LocalImage, base: BaseImage): LocalImage {
  return { name, config, platform, layers: [...base.layers, ...layers] };
}
