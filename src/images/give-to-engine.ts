import { ToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import { formatDuration } from "../progress/format-duration.ts";
import { withDeadline } from "../steps/wait-until.ts";
import { dockerArchive } from "./docker-archive.ts";
import type { LocalImage } from "./local-image.ts";

/** Far above what an image of a few gigabytes takes on a slow disk. */
const LOAD_MS = 10 * 60_000;

/** Loads an image that was assembled here into the engine. Throws `engine-not-answering` when that does not end. */
export async function giveToEngine(
  image: LocalImage,
  { engine, clock }: Pick<Ports, "engine" | "clock">,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { address } = await engine.info();
  await withDeadline((until) => engine.loadImages(dockerArchive(image), { signal: until }), {
    ...{ clock, signal, withinMs: LOAD_MS },
    onDeadline: () =>
      new ToolError("engine-not-answering", {
        ...{ address, action: `load ${image.name}`, waited: formatDuration(LOAD_MS) },
      }),
  });
}
