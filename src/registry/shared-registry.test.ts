import { describe, expect, test } from "vitest";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { ToolError } from "../errors/tool-error.ts";
import { createRegistry } from "./create-registry.ts";
import { deleteRegistry } from "./delete-registry.ts";
import { findRegistries } from "./find-registries.ts";
import { listRegistries } from "./list-registries.ts";
import { orAborted } from "../steps/or-aborted.ts";
import { pruneRegistries } from "./prune-registry.ts";

const components = {
  policy: "auto",
  isWarmAllowed: true,
  ownCommand: ["airfield"],
  builtTags: { registry: "airfield/registry:1" },
} as const;
const signal = new AbortController().signal;

function fixture() {
  const ports = fakePorts();
  ports.engine.images.add("airfield/registry:1");
  const create = (name = "shared", port = 0) =>
    createRegistry({ name, port, components }, ports, signal);
  return { ports, create };
}

/** A network of a cluster with the registry on it. */
async function useBy(cluster: string, { ports }: ReturnType<typeof fixture>) {
  const labels = { "dev.airfield.cluster": cluster };
  const network = `airfield-${cluster}`;
  await ports.engine.createNetwork({ name: network, subnet: "10.99.0.0/24", labels });
  await ports.engine.connectNetwork(network, "airfield-registry-shared");
}

describe("create registry", () => {
  test("publishes it on 127.0.0.1 at a port one remembers, with its data on a named volume", async () => {
    const { ports, create } = fixture();
    expect(await create()).toEqual({ name: "shared", address: "localhost:5001" });
    const container = ports.engine.container("airfield-registry-shared");
    expect(container.ports).toMatchObject([{ hostPort: 5001, hostAddress: "127.0.0.1" }]);
    expect(container.spec.restart).toBe("unless-stopped");
    expect(ports.engine.volumes).toEqual(["airfield-registry-shared"]);
  });

  test("refuses a name that is there already, and one that a cluster's own registry has", async () => {
    const { create } = fixture();
    await create();
    await expect(create()).rejects.toMatchObject({
      code: "registry-exists",
      facts: { address: "localhost:5001" },
    });
    await expect(create("demo-registry")).rejects.toMatchObject({ code: "invalid-registry-name" });
    await expect(create("Shared")).rejects.toMatchObject({ code: "invalid-registry-name" });
  });

  test("of two at once the second is told that it exists", async () => {
    const { ports, create } = fixture();
    const both = await Promise.allSettled([create(), create()]);
    const failures = both.flatMap((each) =>
      each.status === "rejected" ? [each.reason as unknown] : [],
    );
    expect(failures).toMatchObject([{ code: "registry-exists" }]);
    expect(ports.engine.container("airfield-registry-shared").state).toBe("running");
    expect(ports.engine.volumes).toEqual(["airfield-registry-shared"]);
  });

  test("a volume that it made and the other of two at once uses is left to that one", async () => {
    const { ports, create } = fixture();
    const createVolume = ports.engine.createVolume.bind(ports.engine);
    let other: Promise<unknown> | undefined;
    ports.engine.createVolume = async (...given) => {
      await createVolume(...given);
      if (other === undefined) await (other = create());
    };
    await expect(create()).rejects.toMatchObject({ code: "registry-exists" });
    expect(ports.engine.container("airfield-registry-shared").state).toBe("running");
    expect(ports.engine.volumes).toEqual(["airfield-registry-shared"]);
  });

  test("says so when a foreign container has its name, and leaves no volume", async () => {
    const { ports, create } = fixture();
    await ports.engine.createContainer({
      name: "airfield-registry-shared",
      hostname: "x",
      image: "airfield/registry:1",
      labels: {},
      env: {},
      network: { name: "bridge" },
      restart: "no",
    });
    await expect(create()).rejects.toMatchObject({
      code: "registry-name-taken",
      facts: { container: "airfield-registry-shared" },
    });
    expect(ports.engine.volumes).toEqual([]);
    expect(ports.engine.containers).toHaveLength(1);
  });

  test("takes another port when the chosen one is gone by then, but not in place of the user's", async () => {
    const { ports, create } = fixture();
    ports.engine.takenPorts.add(5001);
    expect((await create("one")).address).not.toBe("localhost:5001");
    await expect(create("two", 5001)).rejects.toMatchObject({ code: "port-taken" });
    expect(ports.engine.volumes).toEqual(["airfield-registry-one"]);
  });

  test.each(["createVolume", "createContainer", "startContainer"] as const)(
    "leaves nothing when %s fails",
    async (method) => {
      const { ports, create } = fixture();
      const failure = new ToolError("disk-full", { action: "go on" });
      ports.engine.failAt(method, failure, { afterEffect: true });
      await expect(create()).rejects.toBe(failure);
      expect([ports.engine.containers, ports.engine.volumes]).toEqual([[], []]);
      expect((await ports.engine.listNetworks()).map(({ name }) => name)).toEqual(["bridge"]);
    },
  );

  test("finds the images again that a deletion has kept", async () => {
    const { ports, create } = fixture();
    await create();
    await deleteRegistry({ name: "shared", keepData: true, force: false }, ports);
    expect(await findRegistries(ports)).toMatchObject([
      { name: "shared", kind: "shared", state: "data only", volume: "airfield-registry-shared" },
    ]);
    await create();
    expect(ports.engine.volumes).toEqual(["airfield-registry-shared"]);
  });
});

describe("delete registry", () => {
  test("is refused while clusters use it, and names them; --force does it all the same", async () => {
    const scene = fixture();
    await scene.create();
    await useBy("demo", scene);
    const request = { name: "shared", keepData: false, force: false };
    await expect(deleteRegistry(request, scene.ports)).rejects.toMatchObject({
      code: "registry-in-use",
      facts: { clusters: ["demo"] },
    });
    await deleteRegistry({ ...request, force: true }, scene.ports);
    const networks = await scene.ports.engine.listNetworks();
    expect(networks.map(({ name }) => name)).toEqual(["airfield-demo", "bridge"]);
    expect([scene.ports.engine.containers, scene.ports.engine.volumes]).toEqual([[], []]);
  });

  test("of what is not there is fine", async () => {
    const { ports } = fixture();
    const request = { name: "none", keepData: false, force: false };
    expect(await deleteRegistry(request, ports)).toEqual({ name: "none", existed: false });
  });
});

describe("get registries", () => {
  test("tells address, clusters, repositories and disk use, also of one that is stopped", async () => {
    const scene = fixture();
    const { engine } = scene.ports;
    await scene.create();
    await useBy("demo", scene);
    engine.volumeBytes.set("airfield-registry-shared", 12_000_000);
    const root = "/var/lib/registry/docker/registry/v2/repositories/team/app/_manifests";
    await engine.putFiles("airfield-registry-shared", [
      { path: `${root}/tags/1/current/link`, content: "sha256:aa" },
      { path: `${root}/revisions/sha256/aa/link`, content: "sha256:aa" },
      { path: `${root}/revisions/sha256/bb/link`, content: "sha256:bb" },
    ]);
    const expected = {
      name: "shared",
      kind: "shared",
      address: "localhost:5001",
      status: "running",
      clusters: ["demo"],
      volume: "airfield-registry-shared",
      sizeBytes: 12_000_000,
      repositories: [{ name: "team/app", tags: ["1"], untagged: 1 }],
    };
    expect(await listRegistries({}, scene.ports)).toEqual([expected]);
    await engine.stopContainer("airfield-registry-shared");
    expect(await listRegistries({ name: "shared" }, scene.ports)).toEqual([
      { ...expected, status: "exited" },
    ]);
  });

  test("leaves out one that goes while it is looked at", async () => {
    const { ports, create } = fixture();
    await create("one");
    await create("two");
    const gone = new ToolError("container-not-found", { container: "airfield-registry-one" });
    ports.engine.failAt("readFolder", gone);
    expect((await listRegistries({}, ports)).map(({ name }) => name)).toEqual(["two"]);
  });

  test("knows those that are there when asked for one that is not", async () => {
    const { ports, create } = fixture();
    await create();
    await expect(listRegistries({ name: "other" }, ports)).rejects.toMatchObject({
      code: "registry-not-found",
      facts: { known: ["shared"] },
    });
  });
});

describe("prune registry", () => {
  test("collects while the registry stands still, and starts it again at its port", async () => {
    const { ports, create } = fixture();
    const { engine } = ports;
    await create();
    engine.onStart(({ name, spec }) => {
      if (name !== "airfield-registry-shared-prune") return;
      expect(engine.container("airfield-registry-shared").state).toBe("exited");
      expect(spec.command).toContain("--delete-untagged");
      engine.volumeBytes.set("airfield-registry-shared", 5);
      queueMicrotask(() => engine.exit(name, 0));
    });
    engine.volumeBytes.set("airfield-registry-shared", 10);
    expect(await pruneRegistries({ unused: false, timeoutMs: 60_000 }, ports, signal)).toEqual([
      { name: "shared", outcome: "collected", bytesBefore: 10, bytesAfter: 5 },
    ]);
    expect(engine.containers.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "airfield-registry-shared running",
    ]);
    expect(engine.container("airfield-registry-shared").ports[0]?.hostPort).toBe(5001);
  });

  test("that fails tells why, and the registry runs again", async () => {
    const { ports, create } = fixture();
    const { engine } = ports;
    await create();
    engine.onStart((container) => {
      if (!container.name.endsWith("-prune")) return;
      container.log("no space");
      queueMicrotask(() => engine.exit(container.name, 1));
    });
    await expect(
      pruneRegistries({ unused: false, timeoutMs: 60_000 }, ports, signal),
    ).rejects.toMatchObject({
      code: "registry-not-pruned",
      facts: { output: "no space" },
    });
    expect(engine.containers.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "airfield-registry-shared running",
    ]);
  });

  test("that does not end is given up with its last words, and the registry runs again", async () => {
    const { ports, create } = fixture();
    const { engine, clock } = ports;
    await create();
    engine.onStart((container) => {
      if (!container.name.endsWith("-prune")) return;
      container.log("marking manifest sha256:5f70bf18a086");
      setImmediate(() => clock.advance(60_000));
    });
    await expect(
      pruneRegistries({ unused: false, timeoutMs: 60_000 }, ports, signal),
    ).rejects.toMatchObject({
      code: "registry-prune-timed-out",
      facts: {
        name: "shared",
        waited: "1 m 00 s",
        output: "marking manifest sha256:5f70bf18a086",
      },
    });
    expect(engine.containers.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "airfield-registry-shared running",
    ]);
  });

  test("ends when the engine does not tell what volumes hold", async () => {
    const { ports, create } = fixture();
    const { engine, clock } = ports;
    await create();
    engine.volumeSizes = ({ signal: until } = {}) => {
      setImmediate(() => clock.advance(60_000));
      return orAborted(new Promise(() => undefined), until ?? signal);
    };
    await expect(
      pruneRegistries({ unused: false, timeoutMs: 60_000 }, ports, signal),
    ).rejects.toMatchObject({ code: "registry-prune-timed-out", facts: { output: "" } });
  });

  test("at the same moment as another harms neither", async () => {
    const { ports, create } = fixture();
    const { engine } = ports;
    await create();
    const second = new Promise((resolve, reject) => {
      engine.onStart(({ name }) => {
        if (!name.endsWith("-prune")) return;
        const ended = pruneRegistries({ unused: false, timeoutMs: 60_000 }, ports, signal);
        void ended.then(resolve, reject).finally(() => engine.exit(name, 0));
      });
    });
    const first = pruneRegistries({ unused: false, timeoutMs: 60_000 }, ports, signal);
    await expect(second).rejects.toMatchObject({ code: "registry-being-pruned" });
    expect(await first).toMatchObject([{ name: "shared", outcome: "collected" }]);
    expect(engine.containers.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "airfield-registry-shared running",
    ]);
  });

  test("begins anew after one that was killed", async () => {
    const { ports, create } = fixture();
    const { engine } = ports;
    await create();
    engine.onStart(({ name }) => {
      if (name.endsWith("-prune")) queueMicrotask(() => engine.exit(name, 0));
    });
    await engine.createContainer({
      name: "airfield-registry-shared-prune",
      hostname: "prune",
      image: "airfield/registry:1",
      labels: {},
      env: {},
      network: { name: "none" },
      restart: "no",
    });
    engine.exit("airfield-registry-shared-prune", 137);
    expect(
      await pruneRegistries({ unused: false, timeoutMs: 60_000 }, ports, signal),
    ).toMatchObject([{ name: "shared", outcome: "collected" }]);
  });

  test("removes data that no registry uses only when it is told to", async () => {
    const { ports, create } = fixture();
    await create();
    await deleteRegistry({ name: "shared", keepData: true, force: false }, ports);
    expect(await pruneRegistries({ unused: false, timeoutMs: 60_000 }, ports, signal)).toEqual([]);
    expect(await pruneRegistries({ unused: true, timeoutMs: 60_000 }, ports, signal)).toMatchObject(
      [{ name: "shared", outcome: "removed" }],
    );
    expect(ports.engine.volumes).toEqual([]);
  });
});
