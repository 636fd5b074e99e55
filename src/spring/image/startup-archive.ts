import { createHash } from "node:crypto";
import { join } from "node:path";
import type { LocalLayer } from "../../images/local-image.ts";
import type { Ports } from "../../ports/ports.ts";
import { APPLICATION_USER } from "../plan/plan-image.ts";
import type { ImageStore, StoredTraining } from "./image-store.ts";
import { FIXED_SECONDS } from "./layer-tar.ts";
import type { LibraryNames, LibraryPath } from "./library-path.ts";
import { trainApplication, type StartupArchiveFile } from "./train-application.ts";

/** Part of every key: raised when an application is trained in another way. */
const RECIPE_VERSION = 1;

/** What is trained: these layers on this base. */
export interface TrainingSubject {
  readonly baseImage: string;
  /** Digest of the base's config. */
  readonly baseId: string;
  readonly layers: readonly LocalLayer[];
  readonly applicationFolder: string;
}

interface TrainingSurroundings {
  readonly store: ImageStore;
  readonly ports: Pick<Ports, "engine" | "files" | "clock">;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The layer with the JVM's archive of loaded classes. It is made once for the same content and found from then on, and
 * so is the reason why it cannot be made: an application that needs its database is not started in vain again.
 */
export async function ensureStartupArchive(
  subject: TrainingSubject,
  surroundings: TrainingSurroundings,
): Promise<StoredTraining> {
  return ensureTraining(
    keyOf([subject.baseId, ...diffIdsOf(subject.layers)]),
    subject,
    surroundings,
  );
}

/** The archive of the classes of libraries alone, which outlives edits. See {@link LibraryPath}. */
export type LibraryArchive = Exclude<StoredTraining, { readonly reason: string }> & {
  /** Names all that it depends on. */
  readonly key: string;
  readonly libraryPath: LibraryPath;
  readonly names: LibraryNames;
};

/** Found again like the archive of all classes. */
export async function ensureLibraryArchive(
  subject: TrainingSubject & { readonly libraryPath: LibraryPath },
  names: LibraryNames,
  surroundings: TrainingSurroundings,
): Promise<LibraryArchive | { readonly reason: string }> {
  const key = libraryKeyOf(subject);
  const training = await ensureTraining(key, subject, surroundings);
  return "reason" in training
    ? training
    : { ...training, key, libraryPath: subject.libraryPath, names };
}

/** All that an archive of libraries depends on: not the application's own layer. */
export function libraryKeyOf({
  baseId,
  layers,
  libraryPath,
}: Pick<TrainingSubject, "baseId" | "layers"> & { readonly libraryPath: LibraryPath }): string {
  return keyOf(["libraries", baseId, ...diffIdsOf(layers.slice(0, -1)), ...libraryPath.libraries]);
}

async function ensureTraining(
  key: string,
  subject: TrainingSubject & { readonly libraryPath?: LibraryPath },
  { store, ports, signal }: TrainingSurroundings,
): Promise<StoredTraining> {
  const { layers, applicationFolder } = subject;
  const known = await store.findTraining(key);
  if (known !== undefined) return known;
  const outputFolder = await ports.files.makeTemporaryDirectory("airfield-training-");
  try {
    const result = await trainApplication(
      {
        ...subject,
        ...{ key, outputFolder },
        layersFolder: store.layersFolder,
        layers: layers.map((layer) => store.blobNameOf(layer)),
      },
      ports,
      signal,
    );
    if ("reason" in result) {
      const { reason } = result;
      if (!result.mayPass) await store.saveTraining(key, { reason });
      return { reason };
    }
    const path = join(outputFolder, result.file);
    const sizeBytes = (await ports.files.status(path))?.sizeBytes;
    if (sizeBytes === undefined) return { reason: "the engine does not share its folders with us" };
    const file = {
      path: `${applicationFolder.slice(1)}/${result.file}`,
      sizeBytes,
      modifiedSeconds: FIXED_SECONDS,
      content: () => ports.files.readStream(path),
    };
    const layer = await store.addLayer([file], { owner: APPLICATION_USER, archive: path });
    const training = { file: result.file, layer };
    await store.saveTraining(key, training);
    return training;
  } finally {
    await ports.files.remove(outputFolder);
  }
}

/** The option goes before all others; the JVM starts without the archive where it does not fit. */
export function withStartupArchive(
  [java = "", ...words]: readonly string[],
  file: StartupArchiveFile,
): readonly string[] {
  const option = file.endsWith(".aot") ? "-XX:AOTCache" : "-XX:SharedArchiveFile";
  return [java, `${option}=${file}`, ...words];
}

/** Starts the application with the libraries first, by which the JVM knows the archive for theirs. */
export function withLibraryArchive(
  { mainClass, libraries, own }: LibraryPath,
  archiveFile: string,
): readonly string[] {
  const classPath = [...libraries, ...own].join(":");
  return ["java", `-XX:SharedArchiveFile=${archiveFile}`, "-cp", classPath, mainClass];
}

function keyOf(parts: readonly string[]): string {
  return createHash("sha256")
    .update([RECIPE_VERSION, ...parts].join("\n"))
    .digest("hex");
}

function diffIdsOf(layers: readonly LocalLayer[]): readonly string[] {
  return layers.map(({ diffId }) => diffId);
}
