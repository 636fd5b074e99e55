import type { Socket } from "node:net";
import { setImmediate as nextTick } from "node:timers/promises";
import { extract } from "tar-stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EngineServer, frame, startHangUp } from "../../../test/fakes/engine-server.ts";
import { DockerContainerEngine } from "./docker-container-engine.ts";

let server: EngineServer;
let engine: DockerContainerEngine;

beforeEach(async () => {
  server = await EngineServer.start();
  engine = new DockerContainerEngine(server.address);
});

afterEach(() => server[Symbol.asyncDispose]());

describe("exec", () => {
  beforeEach(() => {
    server.json("POST /containers/web/exec", { Id: "e1" }, 201);
    server.json("GET /exec/e1/json", { Running: false, ExitCode: 3 });
  });

  test("frames split anywhere and flushed late come whole, with the exit code", async () => {
    const speak = async (socket: Socket) => {
      const all = Buffer.concat([frame(1, "grü"), frame(2, "oops\n"), frame(1, "ße\nlast")]);
      for (const byte of all) {
        socket.write(Buffer.from([byte]));
        await nextTick();
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.end(frame(1, " words"));
    };
    server.hijack("POST /exec/e1/start", (socket) => void speak(socket));
    const lines: string[] = [];
    const result = await engine.exec("web", ["say"], { onLine: (line) => lines.push(line) });
    expect(result).toEqual({ exitCode: 3, stdout: "grüße\nlast words", stderr: "oops\n" });
    expect(lines).toEqual(["oops", "grüße", "last words"]);
  });

  test("asks for what is needed, privileged as kind does", async () => {
    server.hijack("POST /exec/e1/start", (socket) => socket.end());
    await engine.exec("web", ["printenv", "A"], { env: { A: "b" } });
    expect(JSON.parse(String(server.seen[0]?.body))).toEqual({
      Cmd: ["printenv", "A"],
      Env: ["A=b"],
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
      Privileged: true,
    });
  });

  test("stdin is written and half-closed; output may follow", async () => {
    server.hijack("POST /exec/e1/start", (socket, head) => {
      let received = head.toString();
      socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
      socket.on("end", () => socket.end(frame(1, `got ${received}`)));
    });
    const { stdout } = await engine.exec("web", ["cat"], { stdin: "some text" });
    expect(stdout).toBe("got some text");
  });

  test("waits for an exit code that is late", async () => {
    let asked = 0;
    server.on("GET /exec/e1/json", (response) => {
      asked++;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(asked < 3 ? { Running: true } : { Running: false, ExitCode: 0 }));
    });
    server.hijack("POST /exec/e1/start", (socket) => socket.end(frame(1, "x")));
    expect((await engine.exec("web", ["x"])).exitCode).toBe(0);
  });

  test("an engine that dies under a command is lost", async () => {
    server.on("GET /exec/e1/json", (response) => void response.destroy());
    server.hijack("POST /exec/e1/start", (socket) => {
      socket.write(frame(1, "half"));
      setTimeout(() => socket.destroy(), 10);
    });
    await expect(engine.exec("web", ["x"])).rejects.toMatchObject({
      code: "engine-connection-lost",
    });
  });

  test("cancelling closes the connection and rejects with the reason", async () => {
    const closed = Promise.withResolvers<void>();
    server.hijack("POST /exec/e1/start", (socket) => {
      socket.write(frame(1, "begun\n"));
      socket.on("end", () => closed.resolve()).resume();
    });
    const abort = new AbortController();
    const reason = new Error("enough");
    const running = engine.exec("web", ["sleep"], {
      signal: abort.signal,
      onLine: () => abort.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
    await closed.promise;
  });

  test("a stopped container is said to be stopped", async () => {
    server.json("POST /containers/web/exec", { message: "container 12 is not running" }, 409);
    await expect(engine.exec("web", ["x"])).rejects.toMatchObject({
      code: "container-not-running",
      facts: { container: "web" },
    });
  });
});

describe("pulling", () => {
  const messages = [
    { status: "Pulling from library/web", id: "1" },
    { status: "Downloading", id: "aa", progressDetail: { current: 1_000_000, total: 4_000_000 } },
    { status: "Downloading", id: "bb", progressDetail: { current: 500_000, total: 2_000_000 } },
    { status: "Download complete", id: "aa", progressDetail: {} },
    { status: "Status: Downloaded newer image for web:1" },
  ];

  test("tells how far all layers together are", async () => {
    server.on("POST /images/create", (response) => {
      for (const message of messages) response.write(`${JSON.stringify(message)}\r\n`);
      response.end();
    });
    const details: string[] = [];
    await engine.pullImage("registry:5000/web:1", {
      platform: "linux/arm64",
      onProgress: (detail) => details.push(detail),
    });
    expect(details).toEqual([
      "1.0 of 4.0 MB",
      "1.5 of 6.0 MB",
      "4.5 of 6.0 MB",
      "Status: Downloaded newer image for web:1",
    ]);
    expect(Object.fromEntries(new URLSearchParams(server.seen[0]?.url.split("?")[1]))).toEqual({
      fromImage: "registry:5000/web",
      tag: "1",
      platform: "linux/arm64",
    });
  });

  test.each([
    ["web", { fromImage: "web", tag: "latest" }],
    ["web@sha256:12", { fromImage: "web@sha256:12" }],
    ["web:1@sha256:12", { fromImage: "web:1@sha256:12" }],
    ["host:5000/web", { fromImage: "host:5000/web", tag: "latest" }],
  ])("%s is one image, never all of its tags", async (ref, query) => {
    server.on("POST /images/create", (response) => void response.end());
    await engine.pullImage(ref);
    expect(Object.fromEntries(new URLSearchParams(server.seen[0]?.url.split("?")[1]))).toEqual(
      query,
    );
  });

  test("says who asks, if somebody is logged in", async () => {
    server.on("POST /images/create", (response) => void response.end());
    const credentials = { username: "me", password: "secret", serveraddress: "ghcr.io" };
    const known = new DockerContainerEngine(server.address, {
      credentialsOf: (image) => Promise.resolve(image === "ghcr.io/a" ? credentials : undefined),
    });
    await known.pullImage("ghcr.io/a");
    const header = String(server.seen[0]?.headers["x-registry-auth"]);
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual(credentials);
    expect(server.seen[0]?.url).not.toContain("secret");
    await known.pullImage("busybox");
    expect(server.seen[1]?.headers).not.toHaveProperty("x-registry-auth");
  });

  test("a failure in the middle of the stream is one", async () => {
    server.on("POST /images/create", (response) => {
      response.write(`${JSON.stringify(messages[0])}\n`);
      response.end(
        JSON.stringify({ error: "unauthorized: no", errorDetail: { message: "unauthorized: no" } }),
      );
    });
    await expect(engine.pullImage("web:1")).rejects.toMatchObject({
      code: "image-not-found",
      facts: { image: "web:1", reason: "it does not exist or needs a login (docker login)" },
    });
  });

  test("a full disk is not a missing image", async () => {
    server.on("POST /images/create", (response) => {
      response.end(JSON.stringify({ error: "write /x: no space left on device" }));
    });
    await expect(engine.pullImage("web:1")).rejects.toMatchObject({ code: "disk-full" });
  });
});

describe("saving", () => {
  beforeEach(() => {
    server.json("GET /info", {});
    server.on("GET /images/get", (response) => {
      response.write("one ");
      response.end("two");
    });
  });

  const save = async (platform?: string) => {
    let text = "";
    const options = platform === undefined ? {} : { platform };
    for await (const chunk of engine.saveImages(["a:1", "b/c:2"], options)) {
      text += Buffer.from(chunk).toString();
    }
    return text;
  };
  const query = () => new URLSearchParams(server.seen.at(-1)?.url.split("?")[1]);

  test("streams all images of one request", async () => {
    expect(await save()).toBe("one two");
    expect(query().getAll("names")).toEqual(["a:1", "b/c:2"]);
  });

  test.each([
    ["1.47", null],
    ["1.48", '{"os":"linux","architecture":"arm64"}'],
    ["1.51", '{"os":"linux","architecture":"arm64"}'],
  ])("an engine of API %s is told the platform: %s", async (ApiVersion, platform) => {
    server.json("GET /version", { Version: "28.0.0", ApiVersion, Arch: "amd64" });
    await save("linux/arm64");
    expect(query().get("platform")).toBe(platform);
  });

  test("an archive that breaks off is an engine that went away", async () => {
    server.on("GET /images/get", (response) => {
      response.write("one ");
      setTimeout(() => response.destroy(), 10);
    });
    await expect(save()).rejects.toMatchObject({ code: "engine-connection-lost" });
  });
});

test("loading streams the archive and tells the names", async () => {
  server.on("POST /images/load", (response) => {
    response.write('{"stream":"Loaded image: web:1\\n"}\n');
    response.end('{"stream":"Loaded image ID: sha256:12\\n"}\n');
  });
  const archive = (async function* () {
    await nextTick();
    yield Buffer.from("some ");
    yield Buffer.from("tar");
  })();
  expect(await engine.loadImages(archive)).toEqual(["web:1", "sha256:12"]);
  expect(String(server.seen[0]?.body)).toBe("some tar");
});

test("loading fails with what its source fails with", async () => {
  const reason = new Error("the source failed");
  const archive = (async function* () {
    yield Buffer.from("some ");
    await nextTick();
    throw reason;
  })();
  await expect(engine.loadImages(archive)).rejects.toBe(reason);
});

test("putFiles sends one archive of files alone, with fixed times", async () => {
  server.on("PUT /containers/web/archive", (response) => void response.end());
  await engine.putFiles("web", [
    { path: "/etc/a b.conf", content: "text", mode: 0o600 },
    { path: "/bin/tool", content: Buffer.from([0, 1]), mode: 0o755 },
  ]);
  expect(server.seen[0]?.url).toBe("/containers/web/archive?path=%2F");
  const tar = extract();
  tar.end(server.seen[0]?.body);
  const entries: unknown[] = [];
  for await (const entry of tar) {
    const { name, mode, mtime, type, size } = entry.header;
    entries.push({ name, mode, mtime: mtime?.getTime(), type, size });
    entry.resume();
  }
  expect(entries).toEqual([
    { name: "etc/a b.conf", mode: 0o600, mtime: 0, type: "file", size: 4 },
    { name: "bin/tool", mode: 0o755, mtime: 0, type: "file", size: 2 },
  ]);
});

describe("when the engine fails", () => {
  test("in the middle of an answer, the call ends", async () => {
    server.on("GET /containers/web/json", (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
      response.write('{"Id":');
      setTimeout(() => response.destroy(), 10);
    });
    await expect(engine.inspectContainer("web")).rejects.toMatchObject({
      code: "engine-connection-lost",
    });
  });

  test("by hanging up, it is lost", async () => {
    await using rude = await startHangUp();
    const { socketPath } = rude;
    const lost = new DockerContainerEngine({ url: `unix://${socketPath}`, socketPath });
    await expect(lost.info()).rejects.toMatchObject({ code: "engine-connection-lost" });
  });

  test("by not being there, it is not running, or lost when it was", async () => {
    server.json("GET /containers/json", []);
    const socketPath = `${server.socketPath}.not`;
    const none = new DockerContainerEngine({ url: `unix://${socketPath}`, socketPath });
    await expect(none.info()).rejects.toMatchObject({ code: "engine-not-running" });
    await engine.listContainers({ labels: {} });
    await server[Symbol.asyncDispose]();
    await expect(engine.listContainers({ labels: {} })).rejects.toMatchObject({
      code: "engine-connection-lost",
    });
    server = await EngineServer.start();
  });
});

test("a port's container is the one that has it at the address that is asked for", async () => {
  const container = (name: string, IP: string, PublicPort?: number) => ({
    ...{ Id: name, Names: [`/${name}`], Image: "web:1", State: "running", Labels: {}, Created: 0 },
    Ports: [
      { PrivatePort: 80, Type: "tcp" },
      { IP, PrivatePort: 80, PublicPort, Type: "tcp" },
    ],
  });
  server.json("GET /containers/json", [
    container("elsewhere", "127.0.0.2", 8080),
    container("inside", "127.0.0.1"),
    container("everywhere", "0.0.0.0", 8080),
  ]);
  // A paused one, too, counts as running.
  server.json("GET /containers/everywhere/json", { State: { Status: "paused", Running: true } });
  server.json("GET /containers/elsewhere/json", { State: { Status: "running", Running: true } });
  expect(await engine.findPublisher(8080, "127.0.0.1")).toMatchObject({ name: "everywhere" });
  expect(await engine.findPublisher(8080, "127.0.0.2")).toMatchObject({ name: "elsewhere" });
  expect(decodeURIComponent(server.seen[0]?.url ?? "")).toContain('{"publish":["8080/tcp"]}');
  // It was stopped a moment ago, and the list does not say so yet.
  server.json("GET /containers/elsewhere/json", { State: { Status: "exited", Running: false } });
  expect(await engine.findPublisher(8080, "127.0.0.2")).toBeUndefined();
});

test("more requests at once than any pool of connections", async () => {
  const waiting: (() => void)[] = [];
  server.on("GET /containers/json", async (response) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 60) for (const go of waiting) go();
    });
    response.setHeader("content-type", "application/json");
    response.end("[]");
  });
  const all = Array.from({ length: 60 }, () => engine.listContainers({ labels: {} }));
  expect(await Promise.all(all)).toHaveLength(60);
});

test("a cancelled creation is waited for, so that a rollback finds what it made", async () => {
  let isCreated = false;
  const asked = Promise.withResolvers<void>();
  server.on("POST /containers/create", async (response) => {
    asked.resolve();
    await new Promise((resolve) => setTimeout(resolve, 50));
    isCreated = true;
    response.writeHead(201, { "content-type": "application/json" });
    response.end(JSON.stringify({ Id: "12", Warnings: [] }));
  });
  const abort = new AbortController();
  const reason = new Error("enough");
  const creating = engine.createContainer(
    {
      name: "web",
      image: "web:1",
      hostname: "web",
      labels: {},
      env: {},
      network: { name: "bridge" },
      restart: "no",
    },
    { signal: abort.signal },
  );
  void asked.promise.then(() => abort.abort(reason));
  await expect(creating).rejects.toBe(reason);
  expect(isCreated).toBe(true);
});

test("removal by somebody else at the same time is waited for", async () => {
  server.json(
    "DELETE /containers/web",
    { message: "removal of container web is already in progress" },
    409,
  );
  server.json("POST /containers/web/wait", { StatusCode: 0 });
  await engine.removeContainer("web");
  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "DELETE /containers/web?force=true&v=true",
    "POST /containers/web/wait?condition=removed",
  ]);
});

test("names cannot lead to other requests", async () => {
  await engine.inspectContainer("../images/x?all=1").catch(() => undefined);
  await engine.inspectImage("x/json?all=1").catch(() => undefined);
  expect(server.seen.map(({ url }) => url)).toEqual([
    "/containers/..%2Fimages%2Fx%3Fall%3D1/json",
    "/images/x/json%3Fall%3D1/json",
  ]);
});

describe("an engine that takes requests and never answers", () => {
  test.each<[string, (hung: DockerContainerEngine) => Promise<unknown>]>([
    ["GET /containers/json", (hung) => hung.listContainers({ labels: {} })],
    ["GET /containers/web/json", (hung) => hung.inspectContainer("web")],
    ["GET /images/web/json", (hung) => hung.inspectImage("web")],
    ["DELETE /containers/web", (hung) => hung.removeContainer("web")],
    ["GET /networks", (hung) => hung.listNetworks()],
  ])("%s is given up", async (route, ask) => {
    server.on(route, () => undefined);
    const hung = new DockerContainerEngine(server.address, { answerMs: 50 });
    await expect(ask(hung)).rejects.toMatchObject({
      code: "engine-not-answering",
      facts: { address: server.address.url, waited: "0.05 s" },
    });
  });

  test("measuring volumes takes as long as its caller lets it", async () => {
    server.on("GET /system/df", () => undefined);
    const hung = new DockerContainerEngine(server.address, { answerMs: 10 });
    const late = new Error("late");
    await expect(hung.volumeSizes({ signal: AbortSignal.abort(late) })).rejects.toBe(late);
    const abort = new AbortController();
    setTimeout(() => abort.abort(late), 60);
    await expect(hung.volumeSizes({ signal: abort.signal })).rejects.toBe(late);
  });
});
