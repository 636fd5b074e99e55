import { expect, test } from "vitest";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { orAborted } from "../steps/or-aborted.ts";
import { giveToEngine } from "./give-to-engine.ts";
import type { LocalImage } from "./local-image.ts";

const image = { name: "airfield.internal/users:1", layers: [] } as unknown as LocalImage;

test("an engine that takes an image and never says that it has it is told", async () => {
  const ports = fakePorts();
  ports.engine.loadImages = (_tar, { signal } = {}) => {
    ports.clock.advance(10 * 60_000);
    return orAborted(new Promise(() => undefined), signal ?? AbortSignal.abort());
  };
  await expect(giveToEngine(image, ports, undefined)).rejects.toMatchObject({
    code: "engine-not-answering",
    facts: { action: "load airfield.internal/users:1" },
  });
});
