import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type Server } from "node:http";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { busyboxImage } from "../contract/busybox-image.ts";
import { run, Workspace } from "./airfield.ts";

/**
 * One cluster with a shared registry; beside it two registries of ours that play the world's: a plain one, and
 * one behind TLS and a login. Both have the same images. The tests are the story of one cluster, in this order.
 */
const login = { username: "reader", password: "s3cret-pw" };
/** bcrypt of the password above, as htpasswd -B writes it. */
const htpasswd = `${login.username}:$2b$05$abcdefghijklmnopqrstuuzSvhclVSvY9ufOheOOhcPviTPFJlqIC\n`;

const id = randomBytes(3).toString("hex");
const shared = `shared-${id}`;
const plain = `upstream-plain-${id}`;
const restricted = `upstream-private-${id}`;
const cached = `cached-${id}.test:5000`;
/** Their volume and network. */
const upstream = `upstream-${id}`;
const busybox = `registry-test-${id}:1`;

let workspace: Workspace;
let cluster: string;
let sharedAddress: string;
let proxy: RecordingProxy | undefined;
let configFile: string;
/** Where nodes reach this machine. */
let gateway: string;

beforeAll(async () => {
  workspace = await Workspace.create();
  cluster = workspace.clusterName("registry");
  configFile = join(workspace.folder, "airfield.yaml");
  await startUpstreams();
  const created = await workspace.succeeds(["create", "registry", shared, "-o", "json"]);
  sharedAddress = (JSON.parse(created.stdout) as { address: string }).address;
  await workspace.succeeds(["create", "cluster", cluster, "--registry", shared]);
  for (const container of [plain, restricted])
    await docker("network", "connect", `airfield-${cluster}`, container);
  // Not before: Docker chooses a port anew when a container gets onto another network.
  const port = Number((await addressOf(plain)).split(":")[1]);
  proxy = await RecordingProxy.start({ "proxied.test:5000": port });
});

afterAll(async () => {
  proxy?.close();
  await workspace.airfield(["delete", "cluster", cluster]);
  for (const name of [shared, cached])
    await workspace.airfield(["delete", "registry", name, "--force"]);
  await run(["docker", "rm", "-f", "-v", plain, restricted]);
  await run(["docker", "volume", "rm", upstream]);
  await run(["docker", "network", "rm", upstream]);
  await run(["docker", "rmi", "-f", busybox, `${sharedAddress}/team/app:1`]);
  await workspace[Symbol.asyncDispose]();
  const left = await docker("ps", "-a", "--filter", `name=${id}`, "--format", "{{.Names}}");
  const volumes = await docker("volume", "ls", "-q", "--filter", `name=${id}`);
  expect([left, volumes]).toEqual(["", ""]);
});

test("an image pushed to the shared registry runs by the same name, and tools find the registry", async () => {
  await push(sharedAddress);
  await runsInCluster("pushed", `${sharedAddress}/team/app:1`);
  const hosting = await workspace.kubectl(cluster, [
    "get",
    "configmap",
    "local-registry-hosting",
    "--namespace=kube-public",
    "-o=jsonpath={.data}",
  ]);
  expect(hosting).toContain(`host: ${sharedAddress}`);
});

test("the registry is listed with its cluster and its content", async () => {
  const { stdout } = await workspace.succeeds(["get", "registry", shared, "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      name: shared,
      address: sharedAddress,
      clusters: [cluster],
      repositories: [{ name: "team/app", tags: ["1"], untagged: 0 }],
    },
  ]);
});

test("it is not deleted while the cluster uses it", async () => {
  const ran = await workspace.airfield(["delete", "registry", shared]);
  expect(ran.exitCode).toBe(4);
  expect(ran.stderr).toContain(cluster);
});

test("an update names the fields it cannot change, and what it lacks, and changes nothing", async () => {
  await writeConfig({ networking: { kubeProxyMode: "nftables" } });
  const other = await workspace.airfield(["update", "cluster", cluster, "--config", configFile]);
  expect(other.exitCode).toBe(2);
  expect(other.stderr).toContain("networking.kubeProxyMode");
  await writeConfig(world());
  const without = await workspace.airfield(["update", "cluster", cluster, "--config", configFile]);
  expect(without.exitCode).toBe(2);
  expect(without.stderr).toContain("REGISTRY_TEST_PASSWORD");
  expect(await fileOf("/var/lib/kubelet/config.json")).toBeUndefined();
});

test("a cache, a login, an authority, a mirror and a proxy reach the running node; a second time nothing changes", async () => {
  await writeConfig(world());
  const first = await update();
  expect(first).toMatchObject({
    cachesStarted: [cached],
    nodes: [{ node: `${cluster}-control-plane`, restarted: ["containerd", "kubelet"] }],
  });
  expect(await update()).toMatchObject({
    cachesStarted: [],
    nodes: [{ written: [], removed: [], restarted: [] }],
  });
});

test("pods run by way of the cache, the login, the mirror and the proxy", async () => {
  await Promise.all([
    runsInCluster("cached", `${cached}/team/own:1`),
    runsInCluster("private", "private.test:5000/team/app:1"),
    runsInCluster("mirrored", "mirrored.test:5000/team/app:1"),
    runsInCluster("proxied", "proxied.test:5000/team/app:1"),
  ]);
  expect(new Set(proxy?.hosts)).toEqual(new Set(["proxied.test:5000"]));
});

test("the password is where it is needed, for root alone, and nowhere else", async () => {
  expect(await fileOf("/var/lib/kubelet/config.json")).toContain(login.password);
  const modes = await docker(
    "exec",
    `${cluster}-control-plane`,
    "stat",
    "-c",
    "%a",
    "/var/lib/kubelet/config.json",
    "/etc/containerd/certs.d/mirrored.test:5000/hosts.toml",
  );
  expect(modes.split("\n")).toEqual(["600", "600"]);
  const seen = await docker(
    "inspect",
    `${cluster}-control-plane`,
    `airfield-cache-${cached.replace(":", "-")}`,
  );
  expect(seen).not.toContain(login.password);
});

test("the cache answers when its registry is gone, also when it is started then", async () => {
  await docker("stop", "-t", "0", restricted);
  await docker("restart", "-t", "1", `airfield-cache-${cached.replace(":", "-")}`);
  await docker("exec", `${cluster}-control-plane`, "crictl", "rmi", `${cached}/team/own:1`);
  await pulls(`${cached}/team/own:1`);
  const { stdout } = await workspace.succeeds(["get", "registries", "-o", "json"]);
  expect(JSON.parse(stdout)).toContainEqual(
    expect.objectContaining({
      name: cached,
      kind: "cache",
      clusters: [cluster],
      repositories: [expect.objectContaining({ name: "team/own" })],
    }),
  );
});

test("what was set up and what was loaded survives a restart of the registry and of the node", async () => {
  await workspace.succeeds(["load", "image", busybox, "--name", cluster]);
  await docker("restart", "-t", "1", `airfield-registry-${shared}`, `${cluster}-control-plane`);
  const node = `${cluster}-control-plane`;
  const ready = ["kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", "get", "--raw", "/readyz"];
  await expect
    .poll(async () => (await run(["docker", "exec", node, ...ready])).stdout, {
      timeout: 60_000,
      interval: 500,
    })
    .toBe("ok");
  await runsInCluster("loaded", busybox, "Never");
  // From here on it is gone: it is the same image, and crictl removes it with all its names.
  const image = `${sharedAddress}/team/app:1`;
  await expect
    .poll(async () => (await run(["docker", "exec", node, "crictl", "rmi", image])).exitCode, {
      timeout: 60_000,
      interval: 500,
    })
    .toBe(0);
  await pulls(image);
  await expect
    .poll(
      async () =>
        (await run(["docker", "exec", node, "crictl", "pull", `${cached}/team/own:1`])).exitCode,
      {
        timeout: 60_000,
        interval: 500,
      },
    )
    .toBe(0);
});

test("pruning frees what no tag leads to, and the registry is there again at its port", async () => {
  await docker("tag", busybox, `${sharedAddress}/team/app:1`);
  await loadBusybox("2");
  await push(sharedAddress);
  const { stdout } = await workspace.succeeds(["prune", "registry", shared, "-o", "json"]);
  const [pruned] = JSON.parse(stdout) as { bytesBefore: number; bytesAfter: number }[];
  expect(pruned?.bytesAfter).toBeLessThan(pruned?.bytesBefore ?? 0);
  await pulls(`${sharedAddress}/team/app:1`);
});

test("an update with less takes away what is no longer said", async () => {
  await writeConfig({});
  expect(await update()).toMatchObject({
    cachesDisconnected: [cached],
    nodes: [{ restarted: ["containerd", "kubelet"] }],
  });
  expect(await fileOf("/var/lib/kubelet/config.json")).toBeUndefined();
  expect(await fileOf("/etc/containerd/certs.d/private.test:5000/hosts.toml")).toBeUndefined();
  expect(await update()).toMatchObject({ nodes: [{ written: [], removed: [], restarted: [] }] });
});

test("deleting the cluster leaves registry and cache; both go when they are told to", async () => {
  // The test put them there: a network goes only when nothing foreign is on it.
  for (const container of [plain, restricted])
    await docker("network", "disconnect", "-f", `airfield-${cluster}`, container);
  await workspace.succeeds(["delete", "cluster", cluster]);
  const { stdout } = await workspace.succeeds(["get", "registries", "-o", "name"]);
  expect(stdout.split("\n")).toEqual(expect.arrayContaining([shared, cached]));
  await workspace.succeeds(["delete", "registry", shared]);
  await workspace.succeeds(["delete", "registry", cached]);
});

/** All that the tests are about, as a user would write it. */
function world(): object {
  const secured = { caFile: "./upstream.pem", username: login.username };
  return {
    registries: {
      caches: [cached],
      hosts: [
        {
          host: cached,
          url: `https://${restricted}:5000`,
          ...secured,
          password: "${env:REGISTRY_TEST_PASSWORD}",
        },
        {
          host: "private.test:5000",
          url: `https://${restricted}:5000`,
          ...secured,
          password: "${env:REGISTRY_TEST_PASSWORD}",
        },
        {
          host: "mirrored.test:5000",
          mirrors: [{ url: `https://${restricted}:5000`, ...secured, passwordFile: "./password" }],
        },
        { host: "proxied.test:5000", url: "http://proxied.test:5000" },
      ],
    },
    proxy: { httpProxy: `http://${gateway}:${proxy?.port}`, noProxy: [restricted] },
  };
}

async function writeConfig(fields: object): Promise<void> {
  gateway = await docker(
    "inspect",
    "-f",
    "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}",
    `${cluster}-control-plane`,
  );
  const text = stringify({ apiVersion: "airfield.dev/v1", kind: "Cluster", ...fields });
  await writeFile(configFile, text);
  await writeFile(join(workspace.folder, "password"), `${login.password}\n`);
}

async function update(): Promise<unknown> {
  const ran = await workspace.succeeds(
    ["update", "cluster", cluster, "--config", configFile, "-o", "json"],
    { env: { REGISTRY_TEST_PASSWORD: login.password } },
  );
  expect(ran.stdout + ran.stderr).not.toContain(login.password);
  return JSON.parse(ran.stdout);
}

async function runsInCluster(pod: string, image: string, pullPolicy = "Always"): Promise<void> {
  await workspace.kubectl(cluster, [
    "run",
    pod,
    `--image=${image}`,
    "--restart=Never",
    `--image-pull-policy=${pullPolicy}`,
    "--command",
    "--",
    "true",
  ]);
  await workspace.kubectl(cluster, [
    "wait",
    "--for=jsonpath={.status.phase}=Succeeded",
    `pod/${pod}`,
    "--timeout=90s",
  ]);
}

async function pulls(image: string): Promise<void> {
  await docker("exec", `${cluster}-control-plane`, "crictl", "pull", image);
}

/** Text of a file of the node; undefined when there is none. */
async function fileOf(path: string): Promise<string | undefined> {
  const { exitCode, stdout } = await run([
    "docker",
    "exec",
    `${cluster}-control-plane`,
    "cat",
    path,
  ]);
  return exitCode === 0 ? stdout : undefined;
}

async function docker(...args: readonly string[]): Promise<string> {
  const ran = await run(["docker", ...args]);
  expect(ran, `docker ${args.join(" ")}\n${ran.stderr}`).toMatchObject({ exitCode: 0 });
  return ran.stdout;
}

/** @param note makes an image of other content under the same name */
async function loadBusybox(note = "1"): Promise<void> {
  const arch = await docker("version", "-f", "{{.Server.Arch}}");
  const tar = join(workspace.folder, `busybox-${note}.tar`);
  await writeFile(tar, await busyboxImage(busybox, arch));
  await docker("load", "-i", tar);
  if (note === "1") return;
  await docker("create", "--name", `note-${id}`, busybox, "true");
  await docker("cp", tar, `note-${id}:/note`);
  await docker("commit", `note-${id}`, busybox);
  await docker("rm", `note-${id}`);
}

async function push(address: string, name = "team/app:1"): Promise<void> {
  await docker("tag", busybox, `${address}/${name}`);
  await docker("push", `${address}/${name}`);
}

/** Both with team/app, and with team/own, of which no other registry has a layer. */
async function startUpstreams(): Promise<void> {
  const prepared = await workspace.succeeds(["prepare", "registry"]);
  const image = /^registry\s+(\S+)$/m.exec(prepared.stdout)?.[1] ?? "";
  const folder = workspace.folder;
  await run(
    [
      ..."openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout upstream-key.pem -out upstream.pem".split(
        " ",
      ),
      "-subj",
      "/CN=upstream",
      "-addext",
      `subjectAltName=DNS:${restricted}`,
    ],
    { cwd: folder },
  );
  await writeFile(join(folder, "htpasswd"), htpasswd);
  await docker("network", "create", upstream);
  const data = ["--network", upstream, "-v", `${upstream}:/var/lib/registry`];
  await docker("run", "-d", "--name", plain, ...data, "-p", "127.0.0.1::5000", image);
  await docker(
    "create",
    "--name",
    restricted,
    ...data,
    ..."-e REGISTRY_AUTH=htpasswd -e REGISTRY_AUTH_HTPASSWD_REALM=test -e REGISTRY_AUTH_HTPASSWD_PATH=/htpasswd".split(
      " ",
    ),
    ..."-e REGISTRY_HTTP_TLS_CERTIFICATE=/upstream.pem -e REGISTRY_HTTP_TLS_KEY=/upstream-key.pem".split(
      " ",
    ),
    image,
  );
  for (const file of ["htpasswd", "upstream.pem", "upstream-key.pem"])
    await docker("cp", join(folder, file), `${restricted}:/${file}`);
  await docker("start", restricted);
  const address = await addressOf(plain);
  await loadBusybox("own");
  await push(address, "team/own:1");
  await loadBusybox();
  await push(address);
  await docker("rmi", `${address}/team/app:1`, `${address}/team/own:1`);
}

/** "127.0.0.1:PORT" */
async function addressOf(container: string): Promise<string> {
  return docker("port", container, "5000/tcp");
}

/** An HTTP proxy that knows some hosts, and remembers what it was asked for. */
class RecordingProxy {
  readonly hosts: string[] = [];
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(ports: Readonly<Record<string, number>>): Promise<RecordingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    const address = server.address();
    const started = new RecordingProxy(
      server,
      typeof address === "object" ? (address?.port ?? 0) : 0,
    );
    server.on("request", (asked, answer) => {
      const url = new URL(asked.url ?? "", "http://nowhere");
      started.hosts.push(url.host);
      const port = ports[url.host];
      if (port === undefined) return void answer.writeHead(502).end();
      const { method = "GET", headers } = asked;
      const passed = httpRequest(
        { host: "127.0.0.1", port, method, path: `${url.pathname}${url.search}`, headers },
        (given) => {
          answer.writeHead(given.statusCode ?? 502, given.headers);
          given.pipe(answer);
        },
      );
      passed.on("error", () => answer.destroy());
      asked.pipe(passed);
    });
    return started;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
