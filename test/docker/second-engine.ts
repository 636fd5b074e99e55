import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DockerContainerEngine } from "../../src/adapters/docker/docker-container-engine.ts";
import type { EngineAddress } from "../../src/adapters/docker/resolve-engine-address.ts";

export interface SecondEngine extends AsyncDisposable {
  readonly address: EngineAddress;
}

const startDeadlineMs = 60_000;

/**
 * A second engine beside the machine's: the same dockerd, with containerd's image store
 * (https://docs.docker.com/engine/storage/containerd/). It has folders and namespaces of its own; in the network
 * namespace of the first it would take docker0 from it. Needs root.
 */
export async function startContainerdStoreEngine(): Promise<SecondEngine> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "airfield-engine-"));
  const at = (name: string) => path.join(folder, name);
  await writeFile(
    at("daemon.json"),
    JSON.stringify({ features: { "containerd-snapshotter": true } }),
  );
  const daemon = spawn(
    "unshare",
    [
      ...["--net", "--mount", "--", "dockerd", "--config-file", at("daemon.json")],
      ...["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid")],
      ...["--host", `unix://${at("docker.sock")}`],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  daemon.stderr.on("data", (text: Buffer) => (log = (log + text.toString()).slice(-4000)));
  const ended = once(daemon, "exit");
  const address = { url: `unix://${at("docker.sock")}`, socketPath: at("docker.sock") };
  const stop = async () => {
    daemon.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilAnswering(new DockerContainerEngine(address), () => daemon.exitCode === null);
  } catch (error) {
    await stop();
    throw new Error(`dockerd did not start:\n${log}`, { cause: error });
  }
  return { address, [Symbol.asyncDispose]: stop };
}

async function untilAnswering(
  engine: DockerContainerEngine,
  isRunning: () => boolean,
): Promise<void> {
  for (const endMs = Date.now() + startDeadlineMs; ;) {
    try {
      const { hasContainerdStore } = await engine.info();
      if (!hasContainerdStore) throw new Error("it has no containerd store");
      return;
    } catch (error) {
      if (!isRunning() || Date.now() > endMs) throw error;
      await wait(100);
    }
  }
}
