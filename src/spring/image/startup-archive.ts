import { createHash } from "node:crypto";
import { join } from "node:path";
import type { LocalLayer } from "../../images/local-image.ts";
import type { Ports } from "../../ports/ports.ts";
import { APPLICATION_USER } from "../plan-image.ts";
import type { ImageStore, StoredTraining } from "./image-store.ts";
import { FIXED_SECONDS } from "./layer-tar.ts";
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

/**
 * The layer with the JVM's archive of loaded classes. It is made once for the same content and found from then on, and
 * so is the reason why it cannot be made: an application that needs its database is not started in vain again.
 */
export async function ensureStartupArchive(
  { baseImage, baseId, layers, applicationFolder }: TrainingSubject,
  {
    store,
    ports,
    signal,
  }: {
    readonly store: ImageStore;
    readonly ports: Pick<Ports, "engine" | "files">;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<StoredTraining> {
  const key = keyOf(baseId, layers);
  const known = await store.findTraining(key);
  if (known !== undefined) return known;
  const outputFolder = await ports.files.makeTemporaryDirectory("airfield-training-");
  try {
    const result = await trainApplication(
      {
        ...{ key, baseImage, outputFolder, applicationFolder },
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

function keyOf(baseId: string, layers: readonly LocalLayer[]): string {
  const parts = [RECIPE_VERSION, baseId, ...layers.map(({ diffId }) => diffId)];
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
