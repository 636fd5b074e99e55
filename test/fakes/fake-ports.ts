import type { Ports } from "../../src/ports/ports.ts";
import { FakeContainerEngine } from "./container-engine/fake-container-engine.ts";
import { FakeClusterApis } from "./fake-cluster-apis.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeCommands } from "./fake-commands.ts";
import { fakeEngineCli } from "./fake-engine-cli.ts";
import { FakeFileWatcher } from "./fake-file-watcher.ts";
import { FakeFiles } from "./fake-files.ts";
import { FakeFreePorts } from "./fake-free-ports.ts";
import { FakeHost } from "./fake-host.ts";
import { FakeHttp } from "./fake-http.ts";
import { FakeRandom } from "./fake-random.ts";
import { RecordingReporter } from "./recording-reporter.ts";

export interface FakePorts extends Ports {
  readonly engine: FakeContainerEngine;
  readonly files: FakeFiles;
  readonly fileWatcher: FakeFileWatcher;
  readonly commands: FakeCommands;
  readonly clusterApis: FakeClusterApis;
  readonly clock: FakeClock;
  readonly random: FakeRandom;
  readonly freePorts: FakeFreePorts;
  readonly host: FakeHost;
  readonly http: FakeHttp;
  readonly reporter: RecordingReporter;
}

/** All ports, each a fake of its own type; `overrides` takes the place of some. */
export function fakePorts<Overrides extends Partial<Ports> = Record<never, never>>(
  overrides?: Overrides,
): Omit<FakePorts, keyof Overrides> & Overrides {
  const commands = overrides?.commands ?? new FakeCommands();
  const fakes: Omit<FakePorts, "commands"> & Pick<Ports, "commands"> = {
    engine: new FakeContainerEngine(),
    engineCli: fakeEngineCli(commands),
    files: new FakeFiles(),
    fileWatcher: new FakeFileWatcher(),
    commands,
    clusterApis: new FakeClusterApis(),
    clock: new FakeClock(),
    random: new FakeRandom(),
    freePorts: new FakeFreePorts(),
    host: new FakeHost(),
    http: new FakeHttp(),
    reporter: new RecordingReporter(),
  };
  return { ...fakes, ...overrides } as unknown as Omit<FakePorts, keyof Overrides> & Overrides;
}
