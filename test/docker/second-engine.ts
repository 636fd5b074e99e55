import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { DockerContainerEngine } from "../../src/adapters/docker/docker-container-engine.ts";
import type { EngineAddress } from "../../src/adapters/docker/resolve-engine-address.ts";
import type { EngineInfo } from "../../src/ports/container-engine.ts";

const run = promisify(execFile);

export interface SecondEngine extends AsyncDisposable {
  readonly address: EngineAddress;
}

const startDeadlineMs = 60_000;

/** An engine that is started for a suite. */
export interface OtherEngine {
  readonly start: () => Promise<SecondEngine>;
  /** Why it cannot be. */
  readonly problem?: () => string | undefined;
  /** Its programs are not to be had on every machine that runs all tests: without them its suite is skipped. */
  readonly isOptional?: boolean;
}

/** The machine's own dockerd with containerd's image store (https://docs.docker.com/engine/storage/containerd/). */
export const dockerWithContainerdStore: OtherEngine = {
  start: () => startEngine({ store: "containerd", isChosen: true }),
};

/** A version that scripts/ensure-docker has put in .tools, with the image store that it has without being asked. */
export function docker(version: string, store: ImageStore): OtherEngine {
  const programs = path.join(import.meta.dirname, `../../.tools/docker-${version}`);
  return {
    start: () => startEngine({ store, programs, version }),
    problem: () =>
      existsSync(programs)
        ? undefined
        : `no Docker ${version}: run scripts/ensure-docker ${version}`,
  };
}

/** By hand (docs/testing.md), the programs in the folder AIRFIELD_DOCKER with the image store AIRFIELD_DOCKER_STORE. */
export function dockerByHand(): OtherEngine | undefined {
  const { AIRFIELD_DOCKER: folder, AIRFIELD_DOCKER_STORE: wanted } = process.env;
  if (folder === undefined) return undefined;
  const store = wanted === "containerd" ? "containerd" : "classic";
  // dockerd refuses programs of a relative path.
  const programs = path.resolve(folder);
  return { start: () => startEngine({ store, isChosen: true, programs }) };
}

type ImageStore = "classic" | "containerd";

interface EngineChoice {
  readonly store: ImageStore;
  /** Whether the engine is told which store; else it has to have that one by itself. */
  readonly isChosen?: boolean;
  /** Folder whose dockerd, containerd and runc are taken. */
  readonly programs?: string;
  /** What the engine has to be: "20.10". */
  readonly version?: string;
}

/**
 * An engine beside the machine's, with folders and mounts of its own. It shares the network, because an engine that is to push an
 * image has to reach our 127.0.0.1; a bridge of its own and no firewall rules leave the first engine's alone. Needs root.
 */
async function startEngine({
  store,
  isChosen,
  programs,
  version,
}: EngineChoice): Promise<SecondEngine> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "airfield-engine-"));
  const at = (name: string) => path.join(folder, name);
  const bridge = await addBridge();
  const settings = {
    bridge,
    iptables: false,
    ip6tables: false,
    "ip-forward": false,
    ...(isChosen === true
      ? { features: { "containerd-snapshotter": store === "containerd" } }
      : {}),
  };
  await writeFile(at("daemon.json"), JSON.stringify(settings));
  const daemon = spawn(
    "unshare",
    [
      ...["--mount", "--", "dockerd", "--config-file", at("daemon.json")],
      ...["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid")],
      ...["--host", `unix://${at("docker.sock")}`],
    ],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        PATH: [programs, process.env["PATH"]].filter((each) => each !== undefined).join(":"),
      },
    },
  );
  let log = "";
  daemon.stderr.on("data", (text: Buffer) => (log = (log + text.toString()).slice(-4000)));
  const ended = once(daemon, "exit");
  const address = { url: `unix://${at("docker.sock")}`, socketPath: at("docker.sock") };
  const stop = async () => {
    daemon.kill("SIGTERM");
    await ended;
    await removeBridge(bridge);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const engine = new DockerContainerEngine(address);
    const info = await untilAnswering(engine, () => daemon.exitCode === null);
    if (info.hasContainerdStore !== (store === "containerd"))
      throw new Error(`it has not the ${store} store`);
    if (version !== undefined && !info.version.startsWith(`${version}.`))
      throw new Error(`it is Docker ${info.version}`);
  } catch (error) {
    await stop();
    throw new Error(`dockerd did not start as it should:\n${log}`, { cause: error });
  }
  return { address, [Symbol.asyncDispose]: stop };
}

async function untilAnswering(
  engine: DockerContainerEngine,
  isRunning: () => boolean,
): Promise<EngineInfo> {
  for (const endMs = Date.now() + startDeadlineMs; ;) {
    try {
      return await engine.info();
    } catch (error) {
      if (!isRunning() || Date.now() > endMs) throw error;
      await wait(100);
    }
  }
}

/** Adds a bridge that is named by this process, and removes those of processes that were killed. */
async function addBridge(): Promise<string> {
  for (const name of await readdir("/sys/class/net")) {
    const pid = /^airfield(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await removeBridge(name);
  }
  // Names of interfaces have 15 characters at most, and process ids seven.
  const name = `airfield${process.pid}`;
  await run("ip", ["link", "add", name, "type", "bridge"]);
  return name;
}

async function removeBridge(name: string): Promise<void> {
  await run("ip", ["link", "delete", name]);
}
