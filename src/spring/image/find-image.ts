import type { LocalImage } from "../../images/local-image.ts";
import { digestOf } from "../../images/oci.ts";
import { findAssembledImage } from "./assemble-image.ts";
import { labelsOfConfig } from "./image-config.ts";
import { factsOfLabels, type ApplicationFacts } from "../plan/plan-image.ts";
import type { UpPorts } from "../up/up-context.ts";

/** An image of an application that is at hand. */
export interface FoundImage {
  readonly imageId: string;
  /** Absent where a builder other than ours left no labels. */
  readonly facts?: ApplicationFacts;
  /** Where it was assembled here; else the engine has it. */
  readonly localImage?: LocalImage;
  readonly baseImage?: string;
}

/** The image of that name from an earlier run, with what its labels say of the application. */
export async function findImage(
  image: {
    readonly name: string;
    /** Undefined: any. */
    readonly baseImage: string | undefined;
    /** Builders leave their images in the engine; assembled ones are in no engine. */
    readonly isInEngine: boolean;
  },
  ports: Pick<UpPorts, "engine" | "files" | "clock">,
  signal?: AbortSignal,
): Promise<FoundImage | undefined> {
  const { name, baseImage, isInEngine } = image;
  if (isInEngine) {
    const found = await ports.engine.inspectImage(name);
    if (found === undefined) return undefined;
    const facts = factsOfLabels(found.labels);
    return { imageId: found.id, ...(facts === undefined ? {} : { facts }) };
  }
  const found = await findAssembledImage(name, baseImage, ports, signal);
  if (found === undefined) return undefined;
  const facts = factsOfLabels(labelsOfConfig(found.image.config));
  if (facts === undefined) return undefined;
  const imageId = digestOf(found.image.config);
  return { imageId, facts, localImage: found.image, baseImage: found.base };
}
