import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:net";
import * as os from "node:os";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DockerContainerEngine } from "../../src/adapters/docker/docker-container-engine.ts";
import { resolveEngineAddress } from "../../src/adapters/docker/resolve-engine-address.ts";
import { SystemFiles } from "../../src/adapters/system/system-files.ts";
import type { ContainerEngine } from "../../src/ports/container-engine.ts";
import { busyboxImage, hasBusybox } from "../contract/busybox-image.ts";
import {
  containerEngineContract,
  type EngineHarness,
} from "../contract/container-engine.contract.ts";

const LABEL = "airfield.contract";
const RUN_PREFIX = "airfield-contract-";
/** Runs of other people on the same engine are left alone unless they are as old as this. */
const STALE_MS = 60 * 60 * 1000;

const address = await resolveEngineAddress({
  env: process.env,
  homeDirectory: os.homedir(),
  files: new SystemFiles(),
});
const engine = new DockerContainerEngine(address);
const problem = await whyNot();

if (problem !== undefined && process.env["REQUIRE_DOCKER"] === "1") {
  test("Docker is required", () => expect.fail(problem));
} else {
  describe.skipIf(problem !== undefined)(`Docker${problem ? ` (${problem})` : ""}`, () => {
    containerEngineContract(prepare);
    dockerOnly();
  });
}

async function whyNot(): Promise<string | undefined> {
  try {
    await engine.info();
  } catch (error) {
    return String(error);
  }
  return hasBusybox() ? undefined : "/bin/busybox is missing: apt-get install busybox-static";
}

async function prepare(): Promise<EngineHarness> {
  await sweep(engine);
  const id = `${RUN_PREFIX}${randomBytes(3).toString("hex")}`;
  const image = `${id}-busybox:1`;
  await load(image);
  const servers: Server[] = [];
  const docker = new Docker({ socketPath: address.socketPath });
  return {
    engine,
    image,
    id,
    subnets: await freeSubnets(),
    volumesOf: async (name) =>
      (await docker.getContainer(name).inspect()).Mounts.flatMap((mount) =>
        mount.Type === "volume" && mount.Name !== undefined ? [mount.Name] : [],
      ),
    occupyPort: async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      servers.push(server);
      const bound = server.address();
      return typeof bound === "object" && bound !== null ? bound.port : 0;
    },
    cleanUp: async () => {
      for (const server of servers) server.close();
      await removeRun(engine, id);
      await engine.removeImage(image);
    },
  };
}

async function load(image: string): Promise<void> {
  const { arch } = await engine.info();
  const tar = await busyboxImage(image, arch);
  await engine.loadImages(
    (async function* () {
      await Promise.resolve();
      yield tar;
    })(),
  );
}

async function freeSubnets(): Promise<readonly [string, string]> {
  const taken = (await engine.listNetworks()).flatMap(({ subnets }) => subnets);
  const free = Array.from({ length: 254 }, (_, i) => `10.213.${i + 1}`)
    .filter((prefix) => !taken.some((subnet) => subnet.startsWith(`${prefix}.`)))
    .sort(() => Math.random() - 0.5);
  const [first, second] = free;
  if (first === undefined || second === undefined) throw new Error("10.213.0.0/16 is full");
  return [first, second];
}

async function sweep(of: ContainerEngine): Promise<void> {
  const old = (await of.listContainers({ labels: { [LABEL]: "" } })).filter(
    ({ createdAt }) => Date.now() - Date.parse(createdAt) > STALE_MS,
  );
  for (const id of new Set(old.map(({ labels }) => labels[LABEL] ?? ""))) await removeRun(of, id);
}

async function removeRun(of: ContainerEngine, id: string): Promise<void> {
  const filter = { labels: { [LABEL]: id } };
  for (const { name } of await of.listContainers(filter)) await of.removeContainer(name);
  for (const { name } of await of.listNetworks(filter)) await of.removeNetwork(name);
  for (const { name } of await of.listVolumes(filter)) await of.removeVolume(name);
}

/** What only a real engine can show. */
function dockerOnly(): void {
  describe("what a node asks of Docker", () => {
    const id = `${RUN_PREFIX}${randomBytes(3).toString("hex")}`;
    const image = `${id}-busybox:1`;

    beforeAll(() => load(image));
    afterAll(async () => {
      await removeRun(engine, id);
      await engine.removeImage(image);
    });

    test("a privileged container with tmpfs, volume, mounts and namespaces of its own", async () => {
      await engine.createContainer({
        name: id,
        image,
        hostname: "node-1",
        labels: { [LABEL]: id },
        env: {},
        privileged: true,
        securityOptions: ["seccomp=unconfined", "apparmor=unconfined"],
        tmpfs: ["/run:exec", "/tmp"],
        anonymousVolumes: ["/var"],
        mounts: [
          {
            hostPath: os.tmpdir(),
            containerPath: "/host",
            readOnly: true,
            // Others need a shared mount, which some hosts (and CI machines) do not have.
            propagation: "none",
          },
        ],
        network: { name: "bridge" },
        privateCgroupNamespace: true,
        hostUserNamespace: true,
        restart: "on-failure-once",
      });
      await engine.putFiles(id, [{ path: "/var/lib/before", content: "in the volume" }]);
      await engine.startContainer(id);
      const { stdout } = await engine.exec(id, ["cat", "/proc/mounts", "/var/lib/before"]);
      expect(stdout).toMatch(/ \/run tmpfs (?!.*noexec)/);
      expect(stdout).toMatch(/ \/host \S+ ro/);
      expect(stdout).toContain("in the volume");
    });

    test("output of many megabytes comes whole", async () => {
      const { stdout } = await engine.exec(id, ["head", "-c", "20000000", "/dev/zero"]);
      expect(stdout).toHaveLength(20_000_000);
    });

    test("a program that is not there is a result, as in a shell", async () => {
      const result = await engine.exec(id, ["no-such-program"]);
      expect(result.exitCode).toBeGreaterThanOrEqual(126);
      expect(result.stdout + result.stderr).toContain("no-such-program");
    });

    test("a container that is removed under a running command ends it", async () => {
      const running = engine.exec(id, ["sleep", "100000"]).then(
        ({ exitCode }) => exitCode,
        (error: unknown) => (error as { code?: string }).code,
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      await Promise.all([engine.removeContainer(id), engine.removeContainer(id)]);
      expect([137, "container-not-found"]).toContain(await running);
    });
  });
}
