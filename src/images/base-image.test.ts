import { beforeEach, expect, test } from "vitest";
import { collectBytes } from "../../test/fakes/collect-bytes.ts";
import { fakePorts, type FakePorts } from "../../test/fakes/fake-ports.ts";
import { openBaseImage } from "./base-image.ts";
import {
  legacyArchiveFiles,
  ociArchiveFiles,
  sampleImage,
  tarOf,
  type ArchiveFile,
} from "../../test/fakes/images/sample-image.ts";

const sample = sampleImage("jre:1", ["system", "runtime"]);
let ports: FakePorts;

beforeEach(() => {
  ports = fakePorts();
});

async function put(archive: readonly ArchiveFile[]): Promise<void> {
  ports.engine.images.add("jre:1", {
    id: sample.config.digest,
    layers: sample.layers.map(({ diffId }) => diffId),
  });
  ports.engine.archives.set("jre:1", await collectBytes(tarOf(archive)));
}

test.each([
  ["an OCI layout", ociArchiveFiles],
  ["folders of layers", legacyArchiveFiles],
])("knows config and layers of an engine that saves %s", async (_what, archive) => {
  await put(archive([sample]));
  const base = await openBaseImage("jre:1", ports);
  expect(base.platform).toBe("linux/amd64");
  expect(Buffer.from(base.config).equals(sample.config.bytes)).toBe(true);
  expect(base.layers.map(({ diffId, sizeBytes }) => [diffId, sizeBytes])).toEqual(
    sample.layers.map(({ diffId, bytes }) => [diffId, bytes.length]),
  );
  const [, runtime] = base.layers;
  expect((await collectBytes(runtime?.open() ?? new Uint8Array(0))).toString()).toBe("runtime");
  expect(ports.files.paths.filter((path) => path.startsWith("/tmp"))).toEqual([]);
});

test("asks the engine for the bytes once for each image, and again when what it kept is damaged", async () => {
  await put(ociArchiveFiles([sample]));
  const first = await openBaseImage("jre:1", ports);
  ports.engine.archives.set("jre:1", Buffer.from("the engine was not to be asked"));
  const second = await openBaseImage("jre:1", ports);
  expect(second.config).toEqual(first.config);
  const [kept = ""] = ports.files.paths.filter((path) => path.startsWith("/cache"));
  ports.files.put(kept, '{"conf');
  await expect(openBaseImage("jre:1", ports)).rejects.toMatchObject({
    code: "image-archive-invalid",
  });
});

test("says that the engine does not have it", async () => {
  await expect(openBaseImage("none:1", ports)).rejects.toMatchObject({ code: "image-not-found" });
});
