import { expect, test } from "vitest";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { prepareComponents } from "./prepare.ts";
import { warmImageTag } from "./warm-image.ts";

test("a node image of the user's own is told by the name under which it is unpacked", async () => {
  const ports = fakePorts();
  const { id } = ports.engine.images.add("kindest/node:v1");
  ports.engine.onStart((container) => {
    container.logLines.push("[  OK  ] Reached target multi-user.target - Multi-User System.");
  });
  const settings = { policy: "local", builtTags: {}, isWarmAllowed: true, ownCommand: [] } as const;
  const prepared = await prepareComponents(
    { components: [], settings, nodeImage: "kindest/node:v1" },
    ports,
    new AbortController().signal,
  );
  expect(prepared).toEqual([{ component: "node", image: warmImageTag(id) }]);
});
