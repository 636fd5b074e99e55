import { expect, test } from "vitest";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import { chainIdsOf } from "./deliver/chain-ids.ts";
import { FakeImageEngine } from "../../test/fakes/images/fake-image-engine.ts";
import { sampleImage } from "../../test/fakes/images/sample-image.ts";
import { loadAgain } from "./load-again.ts";
import { loadImages } from "./load-images.ts";

const app = sampleImage("app:1", ["base", "app"]);

test("brings a node that is new what another one has had loaded, and warns of what is gone", async () => {
  const engine = new FakeImageEngine(["dev-control-plane", "dev-worker"], [app]);
  const reporter = new RecordingReporter();
  const ports = {
    engine: engine.asEngine(),
    files: new FakeFiles(),
    clock: new FakeClock(),
    reporter,
  };
  await loadImages({ cluster: "dev", images: ["app:1"], nodes: ["dev-control-plane"] }, ports);
  engine.node("dev-control-plane").contents = [
    { name: "docker.io/library/app:1", chainIds: chainIdsOf(["sha256:" + "1".repeat(64)]) },
    { name: "docker.io/library/gone:1", chainIds: chainIdsOf(["sha256:" + "2".repeat(64)]) },
  ];
  const { images } = await loadAgain({ cluster: "dev" }, ports);
  expect(images.map(({ node, image, action }) => [node, image, action])).toEqual([
    ["dev-control-plane", "app:1", "present"],
    ["dev-worker", "app:1", "sent"],
  ]);
  expect(reporter.of("warning")).toMatchObject([{ code: "image-gone-from-engine" }]);
});

test("loads nothing where nothing was loaded", async () => {
  const engine = new FakeImageEngine(["dev-worker"], [app]);
  const ports = {
    engine: engine.asEngine(),
    files: new FakeFiles(),
    clock: new FakeClock(),
    reporter: new RecordingReporter(),
  };
  expect(await loadAgain({ cluster: "dev" }, ports)).toEqual({ images: [] });
});
