import { describe, expect, test } from "vitest";
import { aClusterConfig, type ClusterConfigWishes } from "../../test/fakes/a-cluster-config.ts";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { nodeImageFiles, playHealthyNodes } from "../../test/fakes/healthy-nodes.ts";
import { ToolError } from "../errors/tool-error.ts";
import { listRegistries } from "../registry/list-registries.ts";
import { orAborted } from "../steps/or-aborted.ts";
import { createCluster } from "./create/create-cluster.ts";
import { deleteCluster } from "./delete-cluster.ts";
import { updateCluster } from "./update-cluster.ts";

const kubeconfigPath = "/home/dev/.kube/config";
const components = {
  policy: "auto",
  isWarmAllowed: true,
  ownCommand: ["airfield"],
  builtTags: { node: "airfield/node:1", registry: "airfield/registry:1" },
} as const;
const signal = new AbortController().signal;

async function fixture(wishes: ClusterConfigWishes = {}) {
  const ports = fakePorts();
  playHealthyNodes(ports.engine);
  ports.engine.images.add("airfield/node:1", { files: nodeImageFiles });
  ports.engine.images.add("airfield/registry:1");
  // The files that rm takes away are gone.
  ports.engine.onExec((container, [program, , , ...paths]) => {
    if (program !== "rm") return undefined;
    for (const path of paths) container.files.delete(path);
    return {};
  });
  const create = (name: string) =>
    createCluster(
      {
        config: aClusterConfig({ name, workers: 1, ...wishes }),
        waitMs: 60_000,
        retain: false,
        isEphemeral: false,
        kubeconfigPath,
        components,
      },
      ports,
      signal,
    );
  const update = (changes: ClusterConfigWishes, name = "demo") =>
    updateCluster(
      { config: aClusterConfig({ name, ...changes }), components, timeoutMs: 60_000 },
      ports,
      signal,
    );
  await create("demo");
  return { ports, create, update };
}

const restricted = {
  host: "registry.example:5000",
  skipVerify: false,
  mirrors: [],
  username: "me",
  password: "${env:PW}",
};
const hostsToml = "/etc/containerd/certs.d/registry.example:5000/hosts.toml";

describe("an update", () => {
  test("gives every node the files, restarts what reads them, and tells so; a second one does nothing", async () => {
    const { ports, update } = await fixture();
    ports.host.variables.set("PW", "secret");
    const wanted = {
      registries: { hosts: [restricted] },
      proxy: { httpProxy: "http://proxy.example:3128" },
    };
    const { nodes } = await update(wanted);
    expect(nodes.map(({ node, restarted }) => `${node}: ${restarted.join(" ")}`)).toEqual([
      "demo-control-plane: containerd kubelet",
      "demo-worker: containerd kubelet",
    ]);
    for (const name of ["demo-control-plane", "demo-worker"]) {
      const node = ports.engine.container(name);
      expect(node.text(hostsToml)).toContain("https://registry.example:5000");
      expect(node.files.get("/var/lib/kubelet/config.json")?.mode).toBe(0o600);
      expect(
        node.text("/etc/systemd/system/containerd.service.d/20-airfield-proxy.conf"),
      ).toContain("10.213.0.0/24");
    }
    expect(ports.engine.commandLines).toContain("demo-worker: systemctl restart containerd");
    expect(ports.engine.commandLines.join("\n")).not.toContain("secret");
    expect(JSON.stringify(ports.reporter.events)).not.toContain("secret");

    const again = await update(wanted);
    expect(again.nodes).toMatchObject([
      { written: [], removed: [], restarted: [] },
      { written: [], removed: [], restarted: [] },
    ]);
  });

  test("takes away what the config no longer says", async () => {
    const { ports, update } = await fixture();
    ports.host.variables.set("PW", "secret");
    await update({ registries: { hosts: [restricted] } });
    const { nodes } = await update({});
    expect(nodes[0]?.removed).toEqual([hostsToml, "/var/lib/kubelet/config.json"]);
    expect(ports.engine.container("demo-worker").text(hostsToml)).toBeUndefined();
    expect(
      ports.engine
        .container("demo-worker")
        .text("/etc/containerd/certs.d/localhost:5001/hosts.toml"),
    ).toContain("demo-registry");
  });

  test("that was interrupted is finished by the next one: what may not have been restarted is", async () => {
    const { ports, update } = await fixture();
    ports.host.variables.set("PW", "secret");
    const wanted = { registries: { hosts: [restricted] } };
    ports.engine.failAt("exec", new ToolError("disk-full", { action: "go on" }));
    await expect(update(wanted)).rejects.toMatchObject({ code: "disk-full" });
    const { nodes } = await update(wanted);
    expect(nodes.flatMap(({ restarted }) => restarted)).toContain("kubelet");
  });

  test("refuses what it cannot change, by the names of the fields, before anything is changed", async () => {
    const { ports, update } = await fixture();
    const calls = ports.engine.callLines("putFiles").length;
    await expect(
      update({
        workers: 3,
        networking: { podSubnet: "10.100.0.0/16" },
        registry: { port: 5555 },
        registries: { hosts: [{ ...restricted, username: "x" }] },
      }),
    ).rejects.toMatchObject({ code: "secret-missing" });
    await expect(
      update({ workers: 3, networking: { podSubnet: "10.100.0.0/16" }, registry: { port: 5555 } }),
    ).rejects.toMatchObject({
      code: "config-not-applicable",
      facts: { fields: ["nodes", "networking.podSubnet", "registry.port"] },
    });
    expect(ports.engine.callLines("putFiles")).toHaveLength(calls);
  });

  test("that a node does not let end is given up with the node and what it complains of", async () => {
    const { ports, update } = await fixture();
    ports.host.variables.set("PW", "secret");
    ports.engine.onExec(({ name }, command, _, { signal: until = signal }) => {
      if (name !== "demo-worker") return undefined;
      if (command.join(" ").includes("journalctl"))
        return { stdout: "@ containerd\nlevel=info msg=begun\n@ kubelet\nlevel=error msg=stuck\n" };
      if (command.join(" ") !== "systemctl restart kubelet") return undefined;
      setImmediate(() => ports.clock.advance(60_000));
      return orAborted(new Promise(() => undefined), until);
    });
    await expect(update({ registries: { hosts: [restricted] } })).rejects.toMatchObject({
      code: "update-timed-out",
      facts: {
        ...{ name: "demo", waited: "1 m 00 s", nodes: ["demo-worker"] },
        details: "kubelet: level=error msg=stuck",
      },
    });
  });

  test("needs all nodes to run", async () => {
    const { ports, update } = await fixture();
    await ports.engine.stopContainer("demo-worker");
    await expect(update({})).rejects.toMatchObject({
      code: "nodes-not-running",
      facts: { nodes: ["demo-worker (exited)"] },
    });
    await expect(update({}, "other")).rejects.toMatchObject({ code: "cluster-not-found" });
  });
});

describe("caches", () => {
  const caches = { registries: { caches: ["docker.io"] } };

  test("are shared by clusters and stay when these go; only the last word on them counts", async () => {
    const { ports, create, update } = await fixture(caches);
    await create("other");
    const [cache] = await listRegistries({ name: "docker.io" }, ports);
    expect(cache).toMatchObject({ kind: "cache", clusters: ["demo", "other"], status: "running" });
    expect(
      ports.engine.container("demo-worker").text("/etc/containerd/certs.d/docker.io/hosts.toml"),
    ).toContain("http://airfield-cache-docker.io:5000");
    expect(ports.engine.callLines("createContainer")).toContain(
      "createContainer airfield-cache-docker.io",
    );
    expect(ports.engine.container("airfield-cache-docker.io").spec.ports).toBeUndefined();

    expect(await update({})).toMatchObject({ cachesDisconnected: ["docker.io"] });
    await deleteCluster({ name: "other", kubeconfigPath }, ports);
    expect(await listRegistries({ name: "docker.io" }, ports)).toMatchObject([
      { clusters: [], status: "running", volume: "airfield-cache-docker.io" },
    ]);
  });

  test("are left alone when they are as wanted, and made anew on all networks with their data when they are not", async () => {
    const { ports, create, update } = await fixture(caches);
    await create("other");
    const { id } = ports.engine.container("airfield-cache-docker.io");
    expect(await update(caches)).toMatchObject({ cachesStarted: [] });
    expect(ports.engine.container("airfield-cache-docker.io").id).toBe(id);

    ports.host.variables.set("PW", "secret");
    const withLogin = {
      registries: { caches: ["docker.io"], hosts: [{ ...restricted, host: "docker.io" }] },
    };
    expect(await update(withLogin)).toMatchObject({ cachesStarted: ["docker.io"] });
    const cache = ports.engine.container("airfield-cache-docker.io");
    expect(cache.id).not.toBe(id);
    expect(cache.files.get("/etc/distribution/login")?.mode).toBe(0o700);
    expect(cache.text("/etc/distribution/login")).toContain("secret");
    expect(JSON.stringify(cache.spec)).not.toContain("secret");
    expect(await listRegistries({ name: "docker.io" }, ports)).toMatchObject([
      { clusters: ["demo", "other"], volume: "airfield-cache-docker.io" },
    ]);
  });

  test("of a foreign name are not touched", async () => {
    const { ports, update } = await fixture();
    await ports.engine.createContainer({
      name: "airfield-cache-docker.io",
      hostname: "x",
      image: "airfield/registry:1",
      labels: {},
      env: {},
      network: { name: "bridge" },
      restart: "no",
    });
    await expect(update(caches)).rejects.toMatchObject({ code: "registry-name-taken" });
  });
});
