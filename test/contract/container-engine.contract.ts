import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ErrorCode } from "../../src/errors/catalog.ts";
import { ToolError } from "../../src/errors/tool-error.ts";
import type { ContainerEngine, ContainerSpec } from "../../src/ports/container-engine.ts";
import { collectBytes } from "../fakes/collect-bytes.ts";

/** What the suite needs of the world around the engine. */
export interface EngineHarness {
  readonly engine: ContainerEngine;
  /** An image with a shell, cat, sleep, head, wc and stat. */
  readonly image: string;
  /** A label and a name prefix that nothing else has. */
  readonly id: string;
  /** Two /24 networks nobody uses, as the part before the last dot: "10.213.7". */
  readonly subnets: readonly [string, string];
  /** Names of the volumes a container has. */
  volumesOf(container: string): Promise<readonly string[]>;
  /** Lets a program that is not a container listen on 127.0.0.1; resolves with the port. */
  occupyPort(): Promise<number>;
  cleanUp(): Promise<void>;
}

const LABEL = "airfield.contract";

/** What every ContainerEngine does: run on the fake in each test run, and on Docker to prove the fake right. */
export function containerEngineContract(prepare: () => Promise<EngineHarness>): void {
  let harness: EngineHarness;
  let engine: ContainerEngine;
  let names = 0;

  const labels = () => ({ [LABEL]: harness.id });
  const newName = () => `${harness.id}-${++names}`;
  const network = () => `${harness.id}-network`;
  const spec = (wishes: Partial<ContainerSpec> = {}): ContainerSpec => {
    const name = newName();
    return {
      name,
      image: harness.image,
      hostname: name,
      labels: labels(),
      env: {},
      command: ["sleep", "100000"],
      network: { name: network() },
      restart: "no",
      ...wishes,
    };
  };
  const create = async (wishes?: Partial<ContainerSpec>): Promise<string> => {
    const wanted = spec(wishes);
    await engine.createContainer(wanted);
    return wanted.name;
  };
  const start = async (wishes?: Partial<ContainerSpec>): Promise<string> => {
    const name = await create(wishes);
    await engine.startContainer(name);
    return name;
  };

  beforeAll(async () => {
    harness = await prepare();
    engine = harness.engine;
    await engine.createNetwork({
      name: network(),
      subnet: `${harness.subnets[0]}.0/24`,
      dynamicRange: `${harness.subnets[0]}.128/25`,
      labels: labels(),
    });
  });

  afterAll(() => harness?.cleanUp());

  test("describes the engine", async () => {
    const info = await engine.info();
    expect(info.version).toMatch(/^\d+\.\d+/);
    expect(info.apiVersion).toMatch(/^\d+\.\d+$/);
    expect(info.arch).toMatch(/^(amd64|arm64)$/);
    expect(info.address).toContain("://");
    expect(info.cpus).toBeGreaterThan(0);
  });

  describe("images", () => {
    test("inspects one, by name and by id", async () => {
      const image = await engine.inspectImage(harness.image);
      expect(image).toMatchObject({ os: "linux", tags: [harness.image] });
      expect(image?.id).toMatch(/^sha256:/);
      expect(image?.layers.length).toBeGreaterThan(0);
      expect(await engine.inspectImage(image?.id ?? "")).toEqual(image);
      // As `docker image ls` shows ids.
      expect(await engine.inspectImage(image?.id.slice("sha256:".length, 19) ?? "")).toEqual(image);
    });

    test("lists those that have a name", async () => {
      const { id, sizeBytes } = (await engine.inspectImage(harness.image)) ?? {};
      const listed = (await engine.listImages()).find(({ tags }) => tags.includes(harness.image));
      expect(listed).toMatchObject({ id, sizeBytes });
      expect(Date.parse(listed?.createdAt ?? "")).not.toBeNaN();
    });

    test("knows what it does not have", async () => {
      expect(await engine.inspectImage(`${harness.id}-none:1`)).toBeUndefined();
      await engine.removeImage(`${harness.id}-none:1`);
      await expectError(engine.tagImage(`${harness.id}-none:1`, "x:1"), "image-not-found");
      await expectError(collect(engine.saveImages([`${harness.id}-none:1`])), "image-not-found");
    });

    test("cannot pull where no registry answers", async () => {
      await expectError(engine.pullImage("127.0.0.1:1/none:1"), "image-not-found");
    });

    test("saves, removes and loads one again under its names", async () => {
      const tag = `${harness.id}-copy:2`;
      await engine.tagImage(harness.image, tag);
      const before = await engine.inspectImage(tag);
      const archive = await collect(engine.saveImages([tag]));
      await engine.removeImage(tag);
      expect(await engine.inspectImage(tag)).toBeUndefined();
      expect(await engine.loadImages(pieces(archive))).toEqual([tag]);
      expect((await engine.inspectImage(tag))?.layers).toEqual(before?.layers);
      await engine.removeImage(tag);
      expect(await engine.inspectImage(harness.image)).toBeDefined();
    });

    test("refuses an archive that is none", async () => {
      const garbage = pieces(Buffer.alloc(2048, "x"));
      await expectError(engine.loadImages(garbage), "engine-request-failed");
    });
  });

  describe("a container's life", () => {
    test("created, running, exited, running, gone", async () => {
      const name = await create();
      expect(await engine.inspectContainer(name)).toMatchObject({ name, state: "created" });
      await engine.startContainer(name);
      await engine.startContainer(name);
      expect(await engine.inspectContainer(name)).toMatchObject({ state: "running", exitCode: 0 });
      await engine.stopContainer(name, { timeoutSeconds: 0 });
      await engine.stopContainer(name);
      expect(await engine.inspectContainer(name)).toMatchObject({ state: "exited", exitCode: 137 });
      await engine.startContainer(name);
      expect(await engine.inspectContainer(name)).toMatchObject({ state: "running" });
      await engine.removeContainer(name);
      expect(await engine.inspectContainer(name)).toBeUndefined();
    });

    test("is known by its id as by its name", async () => {
      const wanted = spec({ env: { GREETING: "a b=c" } });
      const id = await engine.createContainer(wanted);
      const details = await engine.inspectContainer(id);
      expect(details).toMatchObject({ id, name: wanted.name, image: harness.image });
      expect(details?.labels).toEqual(labels());
      expect(details?.env).toContain("GREETING=a b=c");
      expect(Date.parse(details?.createdAt ?? "")).not.toBeNaN();
      await engine.removeContainer(id);
      expect(await engine.inspectContainer(wanted.name)).toBeUndefined();
    });

    test("a name is taken once", async () => {
      const name = await create();
      const error = await expectError(
        engine.createContainer(spec({ name })),
        "container-name-taken",
      );
      expect(error.facts).toEqual({ container: name });
    });

    test("needs its image", async () => {
      const image = `${harness.id}-none:1`;
      const error = await expectError(engine.createContainer(spec({ image })), "image-not-found");
      expect(error.facts).toMatchObject({ image });
    });

    test("what is not there is not found, or gone already", async () => {
      const none = `${harness.id}-none`;
      expect(await engine.inspectContainer(none)).toBeUndefined();
      await engine.removeContainer(none);
      await engine.stopContainer(none);
      await expectError(engine.startContainer(none), "container-not-found");
      await expectError(engine.exec(none, ["true"]), "container-not-found");
      await expectError(
        engine.putFiles(none, [{ path: "/a", content: "" }]),
        "container-not-found",
      );
      await expectError(collectLines(engine.logs(none)), "container-not-found");
    });

    test("an aborted signal comes before everything", async () => {
      const wanted = spec();
      const reason = new Error("cancelled by the test");
      const signal = AbortSignal.abort(reason);
      await expect(engine.createContainer(wanted, { signal })).rejects.toBe(reason);
      expect(await engine.inspectContainer(wanted.name)).toBeUndefined();
    });
  });

  test("lists containers that carry all labels, running or not, by name", async () => {
    const [first, second] = [await create({ labels: { ...labels(), role: "a" } }), await create()];
    const listed = async (wanted: Record<string, string>) =>
      (await engine.listContainers({ labels: { ...labels(), ...wanted } }))
        .map(({ name }) => name)
        .filter((name) => name === first || name === second);
    expect(await listed({})).toEqual([first, second].sort());
    expect(await listed({ role: "a" })).toEqual([first]);
    expect(await listed({ role: "" })).toEqual([first]);
    expect(await listed({ role: "b" })).toEqual([]);
    const [summary] = await engine.listContainers({ labels: { ...labels(), role: "a" } });
    expect(summary).toMatchObject({ name: first, image: harness.image, state: "created" });
  });

  describe("exec", () => {
    let name: string;
    beforeAll(async () => {
      name = await start();
    });

    test("resolves with both streams and the exit code", async () => {
      expect(await engine.exec(name, ["sh", "-c", "echo out; echo err >&2; exit 3"])).toEqual({
        exitCode: 3,
        stdout: "out\n",
        stderr: "err\n",
      });
    });

    test("tells lines as they come", async () => {
      const lines: string[] = [];
      const onLine = (line: string) => lines.push(line);
      await engine.exec(name, ["sh", "-c", "echo one; echo two"], { onLine });
      expect(lines).toEqual(["one", "two"]);
    });

    test("feeds stdin, a text or a stream, and ends it", async () => {
      const text = "grüße\n";
      expect((await engine.exec(name, ["cat"], { stdin: text })).stdout).toBe(text);
      const stdin = pieces(Buffer.alloc(3_000_000, "x"));
      expect((await engine.exec(name, ["wc", "-c"], { stdin })).stdout.trim()).toBe("3000000");
    });

    test("a command need not read its stdin", async () => {
      const stdin = pieces(Buffer.alloc(3_000_000, "x"));
      expect(await engine.exec(name, ["sh", "-c", "echo enough; exit 4"], { stdin })).toEqual({
        exitCode: 4,
        stdout: "enough\n",
        stderr: "",
      });
    });

    test("fails with what stdin fails with", async () => {
      const reason = new Error("the source failed");
      // eslint-disable-next-line require-yield -- a source that fails at once
      const stdin = (async function* (): AsyncGenerator<Uint8Array> {
        await Promise.resolve();
        throw reason;
      })();
      await expect(engine.exec(name, ["cat"], { stdin })).rejects.toBe(reason);
    });

    test("rejects with the signal's reason", async () => {
      const abort = new AbortController();
      const reason = new Error("cancelled by the test");
      const running = engine.exec(name, ["sleep", "100000"], { signal: abort.signal });
      setTimeout(() => abort.abort(reason), 50);
      await expect(running).rejects.toBe(reason);
      await expect(engine.exec(name, ["true"], { signal: abort.signal })).rejects.toBe(reason);
    });

    test("runs several at once", async () => {
      const all = [1, 2, 3, 4].map((n) => engine.exec(name, ["sh", "-c", `echo ${n}`]));
      expect((await Promise.all(all)).map(({ stdout }) => stdout.trim())).toEqual([..."1234"]);
    });

    test("needs a running container", async () => {
      const stopped = await create();
      const error = await expectError(engine.exec(stopped, ["true"]), "container-not-running");
      expect(error.facts).toEqual({ container: stopped });
    });
  });

  describe("putFiles", () => {
    const read = async (name: string, path: string) =>
      (await engine.exec(name, ["cat", path])).stdout;

    test("before the start and after, with modes, making folders", async () => {
      const name = await create();
      await engine.putFiles(name, [
        { path: "/srv/deep/er/a.txt", content: "first", mode: 0o600 },
        { path: "/srv/b.txt", content: Buffer.from("bytes") },
      ]);
      await engine.startContainer(name);
      expect(await read(name, "/srv/deep/er/a.txt")).toBe("first");
      expect(await read(name, "/srv/b.txt")).toBe("bytes");
      const { stdout } = await engine.exec(name, [
        "stat",
        "-c",
        "%a",
        "/srv/deep/er/a.txt",
        "/srv/b.txt",
      ]);
      expect(stdout).toBe("600\n644\n");
      await engine.putFiles(name, [{ path: "/srv/deep/er/a.txt", content: "second" }]);
      expect(await read(name, "/srv/deep/er/a.txt")).toBe("second");
      await engine.putFiles(name, []);
    });

    test("and readFile gives them back, before the start and after; undefined when there is none", async () => {
      const name = await create();
      await engine.putFiles(name, [{ path: "/srv/a.txt", content: "text" }]);
      expect(await engine.readFile(name, "/srv/a.txt")).toBe("text");
      expect(await engine.readFile(name, "/srv/none.txt")).toBeUndefined();
      await engine.startContainer(name);
      expect(await engine.readFile(name, "/srv/a.txt")).toBe("text");
      await expectError(engine.readFile(`${name}-none`, "/srv/a.txt"), "container-not-found");
    });

    test("and readBytes gives them with the time of their last write, if they are not too large", async () => {
      const name = await create();
      await engine.putFiles(name, [{ path: "/srv/a.bin", content: Buffer.from([0, 255, 10]) }]);
      const file = await engine.readBytes(name, "/srv/a.bin", { mostBytes: 3 });
      expect([...(file?.bytes ?? [])]).toEqual([0, 255, 10]);
      expect(file?.modifiedAt).toBe(await engine.modifiedAt(name, "/srv/a.bin"));
      expect(await engine.readBytes(name, "/srv/a.bin", { mostBytes: 2 })).toBeUndefined();
      expect(await engine.readBytes(name, "/srv/none", { mostBytes: 2 })).toBeUndefined();
      expect(await engine.modifiedAt(name, "/srv/none")).toBeUndefined();
      const none = `${name}-none`;
      await expectError(engine.readBytes(none, "/a", { mostBytes: 2 }), "container-not-found");
      expect(await engine.modifiedAt(none, "/a")).toBeUndefined();
    });

    test("and readFolder gives all below a folder, by their paths in it", async () => {
      const name = await create();
      await engine.putFiles(name, [
        { path: "/srv/tree/a.txt", content: "a" },
        { path: "/srv/tree/deep/b.txt", content: "b" },
      ]);
      const files = await engine.readFolder(name, "/srv/tree");
      expect([...(files ?? [])].sort()).toEqual([
        ["a.txt", "a"],
        ["deep/b.txt", "b"],
      ]);
      expect(await engine.readFolder(name, "/srv/none")).toBeUndefined();
    });

    test("survive in an image made of the container, with the labels it was given", async () => {
      const name = await create();
      await engine.putFiles(name, [{ path: "/srv/a.txt", content: "kept" }]);
      const tag = `${name}-committed:1`;
      try {
        await engine.commitContainer(name, { tag, labels: { "dev.airfield.note": 'a "b" $c' } });
        const image = await engine.inspectImage(tag);
        expect(image?.labels["dev.airfield.note"]).toBe('a "b" $c');
        const copy = await create({ image: tag });
        expect(await engine.readFile(copy, "/srv/a.txt")).toBe("kept");
        await engine.removeContainer(copy);
      } finally {
        await engine.removeImage(tag);
      }
    });

    test("does not reach a tmpfs", async () => {
      const name = await start({ tmpfs: ["/scratch"] });
      await engine.putFiles(name, [{ path: "/scratch/a.txt", content: "lost" }]);
      expect((await engine.exec(name, ["cat", "/scratch/a.txt"])).exitCode).toBe(1);
    });
  });

  describe("logs", () => {
    const speech = ["sh", "-c", "echo one; echo two; sleep 1; echo three"];

    test.each([{ tty: false }, { tty: true }])("follow until the end, $tty", async ({ tty }) => {
      const name = await start({ command: speech, tty });
      expect(await collectLines(engine.logs(name, { follow: true }))).toEqual([
        "one",
        "two",
        "three",
      ]);
      expect(await collectLines(engine.logs(name))).toEqual(["one", "two", "three"]);
      expect(await collectLines(engine.logs(name, { tail: 1 }))).toEqual(["three"]);
    });

    test("follow until the reader has enough, or is cancelled", async () => {
      const name = await start({ command: ["sh", "-c", "echo one; sleep 100000"] });
      for await (const line of engine.logs(name, { follow: true })) {
        expect(line).toBe("one");
        break;
      }
      const abort = new AbortController();
      const reason = new Error("cancelled by the test");
      setTimeout(() => abort.abort(reason), 50);
      const endless = collectLines(engine.logs(name, { follow: true, signal: abort.signal }));
      await expect(endless).rejects.toBe(reason);
    });
  });

  describe("events", () => {
    test("tell what happens to the containers with a label, from then on", async () => {
      const other = await start();
      const own = { ...labels(), "airfield.contract.events": harness.id };
      const before = await start({ labels: own });
      const abort = new AbortController();
      const { signal } = abort;
      const events = await engine.containerEvents({ labels: own }, { signal });
      const name = await start({ labels: own });
      await engine.exec(name, ["true"]);
      await engine.stopContainer(other, { timeoutSeconds: 0 });
      await engine.stopContainer(name, { timeoutSeconds: 0 });
      await engine.removeContainer(name);
      const id = (await engine.inspectContainer(before))?.id;
      await engine.removeContainer(before);
      const told: string[] = [];
      const reason = new Error("enough");
      const reading = (async () => {
        for await (const event of events) {
          expect(event.labels).toMatchObject(own);
          if (event.name === name) told.push(event.action);
          if (event.action !== "destroy" || event.name !== before) continue;
          expect(event.container).toBe(id);
          abort.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
      // Docker also tells "stop", where the fake only lets it die.
      expect(told.filter((action) => action !== "stop")).toEqual([
        ...["create", "start", "die", "destroy"],
      ]);
    });
  });

  describe("networks", () => {
    test("lists them by label, with their subnets", async () => {
      const listed = await engine.listNetworks({ labels: labels() });
      expect(listed).toMatchObject([
        { name: network(), subnets: [`${harness.subnets[0]}.0/24`], labels: labels() },
      ]);
      expect((await engine.listNetworks()).map(({ name }) => name)).toContain(network());
    });

    test("a name is taken once", async () => {
      const again = engine.createNetwork({
        name: network(),
        subnet: `${harness.subnets[1]}.0/24`,
        labels: labels(),
      });
      const error = await expectError(again, "network-name-taken");
      expect(error.facts).toEqual({ network: network() });
    });

    test("subnets do not overlap", async () => {
      const subnet = `${harness.subnets[0]}.64/26`;
      const overlapping = engine.createNetwork({
        name: `${network()}-2`,
        subnet,
        labels: labels(),
      });
      const error = await expectError(overlapping, "subnet-taken");
      expect(error.facts).toEqual({ subnet });
    });

    test("cannot be removed while a container runs on it; removing twice is fine", async () => {
      const name = `${network()}-3`;
      await engine.createNetwork({
        name,
        subnet: `${harness.subnets[1]}.0/24`,
        labels: labels(),
      });
      const container = await start({ network: { name } });
      await expectError(engine.removeNetwork(name), "engine-request-failed");
      await engine.removeContainer(container);
      await engine.removeNetwork(name);
      await engine.removeNetwork(name);
      expect((await engine.listNetworks()).map((each) => each.name)).not.toContain(name);
    });

    test("a container without a network cannot start", async () => {
      const name = await create({ network: { name: `${network()}-none` } });
      await expectError(engine.startContainer(name), "engine-request-failed");
      await engine.removeContainer(name);
    });

    test("a container is put on a further one and taken off, twice as well as once, and stays on it over a stop", async () => {
      const further = `${network()}-4`;
      await engine.createNetwork({
        name: further,
        subnet: `${harness.subnets[1]}.0/24`,
        labels: labels(),
      });
      const name = await start();
      await engine.connectNetwork(further, name);
      await engine.connectNetwork(further, name);
      const details = await engine.inspectContainer(name);
      expect(details?.networks).toEqual([network(), further]);
      expect(details?.addresses[further]).toContain(harness.subnets[1]);
      await engine.stopContainer(name, { timeoutSeconds: 0 });
      expect((await engine.inspectContainer(name))?.networks).toEqual([network(), further]);
      await engine.startContainer(name);
      await expectError(engine.removeNetwork(further), "engine-request-failed");
      await engine.disconnectNetwork(further, name);
      await engine.disconnectNetwork(further, name);
      await engine.disconnectNetwork(further, `${name}-none`);
      expect((await engine.inspectContainer(name))?.networks).toEqual([network()]);
      await engine.removeNetwork(further);
      await engine.disconnectNetwork(further, name);
    });

    test("gives fixed addresses, one container each, and others from the dynamic range", async () => {
      const ipv4 = `${harness.subnets[0]}.7`;
      const name = await start({ network: { name: network(), ipv4 } });
      expect((await engine.inspectContainer(name))?.addresses).toEqual({ [network()]: ipv4 });
      const second = await create({ network: { name: network(), ipv4 } });
      await expectError(engine.startContainer(second), "engine-request-failed");
      const third = await start();
      const address = (await engine.inspectContainer(third))?.addresses[network()] ?? "";
      expect(address.startsWith(`${harness.subnets[0]}.`)).toBe(true);
      expect(Number(address.split(".")[3])).toBeGreaterThanOrEqual(128);
      await engine.stopContainer(name, { timeoutSeconds: 0 });
      expect((await engine.inspectContainer(name))?.addresses).toEqual({});
    });
  });

  describe("published ports", () => {
    const port = (hostPort: number) =>
      ({ containerPort: 80, hostPort, hostAddress: "127.0.0.1", protocol: "tcp" }) as const;

    test("0 is a free one, and told", async () => {
      const name = await start({ ports: [port(0)] });
      const [published] = (await engine.inspectContainer(name))?.ports ?? [];
      expect(published).toMatchObject({ containerPort: 80, hostAddress: "127.0.0.1" });
      expect(published?.hostPort).toBeGreaterThan(0);
    });

    test("one of another container is taken", async () => {
      const owner = await start({ ports: [port(0)] });
      const hostPort = (await engine.inspectContainer(owner))?.ports[0]?.hostPort ?? 0;
      const name = await create({ ports: [port(hostPort)] });
      const error = await expectError(engine.startContainer(name), "port-taken");
      expect(error.facts).toEqual({ port: hostPort, owner: `container ${owner}` });
      expect(await engine.inspectContainer(name)).toMatchObject({ state: "created" });
      await engine.removeContainer(owner);
      await engine.startContainer(name);
      expect((await engine.inspectContainer(name))?.ports).toEqual([port(hostPort)]);
    });

    test("its container is found by it, as long as it runs", async () => {
      const name = await start({ ports: [port(0)] });
      const hostPort = (await engine.inspectContainer(name))?.ports[0]?.hostPort ?? 0;
      const found = (address: string) => engine.findPublisher(hostPort, address);
      expect(await found("127.0.0.1")).toMatchObject({ name, state: "running", labels: labels() });
      expect(await found("127.0.0.2")).toBeUndefined();
      expect(await engine.findPublisher(80, "127.0.0.3")).toBeUndefined();
      await engine.stopContainer(name, { timeoutSeconds: 0 });
      expect(await found("127.0.0.1")).toBeUndefined();
    });

    test("one of another program is taken", async () => {
      const hostPort = await harness.occupyPort();
      const name = await create({ ports: [port(hostPort)] });
      const error = await expectError(engine.startContainer(name), "port-taken");
      expect(error.facts).toEqual({ port: hostPort, owner: "another program" });
    });
  });

  describe("volumes", () => {
    const volume = () => `${harness.id}-volume`;
    const exists = async (name: string) =>
      (await engine.listVolumes({ labels: {} })).some((each) => each.name === name);

    afterEach(() => engine.removeVolume(volume()));

    test("anonymous ones go with their container", async () => {
      const name = await start({ anonymousVolumes: ["/var/data"] });
      const volumes = await harness.volumesOf(name);
      expect(volumes).toHaveLength(1);
      expect(await exists(volumes[0] ?? "")).toBe(true);
      await engine.removeContainer(name);
      expect(await exists(volumes[0] ?? "")).toBe(false);
    });

    test("named ones stay, are listed by label, and are removed when nobody uses them", async () => {
      await engine.createVolume(volume(), labels());
      expect(await engine.listVolumes({ labels: labels() })).toEqual([
        { name: volume(), labels: labels() },
      ]);
      const name = await start({
        namedVolumes: [{ volume: volume(), containerPath: "/var/data" }],
      });
      await expectError(engine.removeVolume(volume()), "engine-request-failed");
      await engine.removeContainer(name);
      expect(await exists(volume())).toBe(true);
      await engine.removeVolume(volume());
      await engine.removeVolume(volume());
      expect(await exists(volume())).toBe(false);
    });
  });
}

async function expectError<Code extends ErrorCode>(
  failing: Promise<unknown>,
  code: Code,
): Promise<ToolError<Code>> {
  const error: unknown = await failing.then(
    () => new Error(`expected ${code}, but it succeeded`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ToolError)) throw error;
  expect(error.code, error.message).toBe(code);
  return error as ToolError<Code>;
}

function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return collectBytes(source);
}

async function collectLines(source: AsyncIterable<string>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of source) lines.push(line);
  return lines;
}

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 65_536) {
    await Promise.resolve();
    yield content.subarray(at, at + 65_536);
  }
}
