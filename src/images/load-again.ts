import { warningOf } from "../errors/warning-of.ts";
import type { Ports } from "../ports/ports.ts";
import type { PushEndpoint } from "../ports/push-endpoint.ts";
import type { LoadReport } from "./deliver/deliver-images.ts";
import { listImagesOnNodes } from "./list-node-images.ts";
import { loadImages } from "./load-images.ts";

/**
 * Brings every node of a cluster up to what any of them has had loaded: for a node that was added or made
 * anew. The bytes come from the engine, because nodes keep images unpacked only; what the engine does not
 * have any more is warned of.
 */
export async function loadAgain(
  request: {
    readonly cluster: string;
    readonly nodes?: readonly string[];
    readonly timeoutMs?: number;
  },
  ports: Pick<Ports, "engine" | "files" | "clock" | "reporter"> & {
    readonly pushEndpoint?: PushEndpoint;
  },
  signal?: AbortSignal,
): Promise<LoadReport> {
  const { cluster } = request;
  const onNodes = await listImagesOnNodes({ cluster }, ports, signal);
  const loaded = onNodes.filter(({ image, isLoaded }) => isLoaded && !image.startsWith("sha256:"));
  const names = [...new Set(loaded.map(({ image }) => image))];
  const found = await Promise.all(
    names.map(async (name) =>
      (await ports.engine.inspectImage(name)) === undefined ? [] : [name],
    ),
  );
  const images = found.flat();
  for (const name of names.filter((each) => !images.includes(each)))
    ports.reporter.report(warningOf("image-gone-from-engine", { image: name }));
  return images.length === 0 ? { images: [] } : loadImages({ ...request, images }, ports, signal);
}
