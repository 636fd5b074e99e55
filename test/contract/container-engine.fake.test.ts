import { describe } from "vitest";
import { FakeContainerEngine } from "../fakes/container-engine/fake-container-engine.ts";
import { containerEngineContract } from "./container-engine.contract.ts";
import { fakeShell } from "./fake-shell.ts";

describe("the fake engine", () => {
  containerEngineContract(() => {
    const engine = new FakeContainerEngine();
    engine.images.add("contract-busybox:1");
    engine.onExec((container, command, stdin) => fakeShell(container, command, stdin));
    engine.onStart((container) => {
      const say = (line: string) => container.log(line);
      void fakeShell(container, container.spec.command ?? [], "", say).then(({ exitCode = 0 }) =>
        engine.exit(container.name, exitCode),
      );
    });
    return Promise.resolve({
      engine,
      image: "contract-busybox:1",
      id: "contract-fake",
      subnets: ["10.213.7", "10.213.8"],
      volumesOf: (name) => Promise.resolve(engine.container(name).anonymousVolumes),
      occupyPort: () => {
        engine.takenPorts.add(5000);
        return Promise.resolve(5000);
      },
      cleanUp: () => Promise.resolve(),
    });
  });
});
