import { describe, expect, test } from "vitest";
import { aClusterConfig } from "../../../test/fakes/a-cluster-config.ts";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { nodeImageFiles, playHealthyNodes } from "../../../test/fakes/healthy-nodes.ts";
import { loadConfig } from "../../config/load-config.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { createCluster, planCreation, type CreateClusterRequest } from "./create-cluster.ts";
import { createRegistry } from "../../registry/create-registry.ts";
import { deleteCluster } from "../delete-cluster.ts";
import { listClusters } from "../list-clusters.ts";

const kubeconfigPath = "/home/dev/.kube/config";

const workKubeconfig = `apiVersion: v1
kind: Config
clusters:
- {name: work, cluster: {server: "https://work.example"}}
contexts:
- {name: work, context: {cluster: work, user: work}}
users:
- {name: work, user: {token: abc}}
current-context: work
`;

function fixture(wishes: Partial<CreateClusterRequest> = {}) {
  const ports = fakePorts();
  playHealthyNodes(ports.engine);
  ports.engine.images.add("airfield/node:1", { files: nodeImageFiles });
  ports.engine.images.add("airfield/registry:1");
  const request: CreateClusterRequest = {
    config: aClusterConfig({ name: "demo", workers: 2 }),
    waitMs: 60_000,
    retain: false,
    isEphemeral: false,
    kubeconfigPath,
    components: {
      policy: "auto",
      ownCommand: ["airfield"],
      isWarmAllowed: true,
      builtTags: { node: "airfield/node:1", registry: "airfield/registry:1" },
    },
    ...wishes,
  };
  const create = (signal = new AbortController().signal) => createCluster(request, ports, signal);
  const left = async () => ({
    containers: ports.engine.containers.map(({ name }) => name),
    volumes: ports.engine.volumes,
    networks: (await ports.engine.listNetworks({ labels: { "dev.airfield.cluster": "" } })).map(
      ({ name }) => name,
    ),
  });
  return { ports, request, create, left };
}

const nothing = { containers: [], volumes: [], networks: [] };

/** Lets the control plane tell that its bootstrap failed, with this in its log. */
function failInPhase({ engine }: ReturnType<typeof fixture>["ports"], phase: string, log: string) {
  engine.onStart((container) => {
    if (container.name !== "demo-control-plane") return;
    container.logLines.splice(1, Infinity, `airfield: failed ${phase}`);
    container.files.set("/var/log/airfield-bootstrap.log", {
      content: Buffer.from(log),
      mode: 0o600,
    });
  });
}

describe("a node image that is not warm yet", () => {
  const warming = "airfield prepare --node-image airfield/node:1";

  test("is made so beside what comes after the creation", async () => {
    const { ports, create } = fixture();
    await create();
    expect(ports.commands.detached).toEqual([warming]);
  });

  test("is not made so after a creation that failed, nor where warm images are not wanted", async () => {
    const failing = fixture();
    failInPhase(failing.ports, "kubelet", "no luck");
    await expect(failing.create()).rejects.toThrow();
    expect(failing.ports.commands.detached).toEqual([]);
    const plain = fixture();
    const components = { ...plain.request.components, isWarmAllowed: false };
    const { signal } = new AbortController();
    await createCluster({ ...plain.request, components }, plain.ports, signal);
    expect(plain.ports.commands.detached).toEqual([]);
  });
});

describe("a creation that succeeds", () => {
  test.each([
    { workers: 0, isWaiting: true },
    { workers: 2, isWaiting: true },
    { workers: 0, isWaiting: false },
  ])("tells beforehand how many steps it has: %j", async ({ workers, isWaiting }) => {
    const { ports, create } = fixture({
      config: aClusterConfig({ name: "demo", workers }),
      waitMs: isWaiting ? 60_000 : 0,
    });
    await create();
    const done = [...ports.reporter.of("step-finished"), ...ports.reporter.of("step-skipped")];
    expect(ports.reporter.of("run-started")).toMatchObject([{ steps: done.length }]);
  });

  test("tells what of the file was taken as it is written, with its line", async () => {
    const text =
      "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n- extraMounts:\n  - {hostPath: ~/data, containerPath: /d}\n";
    const { origin } = loadConfig({ text, file: "kind.yaml", folder: "/home/dev" });
    const { ports, create } = fixture(origin === undefined ? {} : { origin });
    await create();
    expect(ports.reporter.of("warning")).toMatchObject([
      { code: "config-taken-literally", message: expect.stringContaining("kind.yaml:5") as string },
    ]);
  });

  test("makes a control plane, two workers and a registry on a network of their own", async () => {
    const { ports, create } = fixture();
    const info = await create();
    expect(info).toMatchObject({
      name: "demo",
      kubernetesVersion: "v1.34.4",
      nodes: ["demo-control-plane", "demo-worker", "demo-worker2"],
      registry: "localhost:5001",
      contextName: "airfield-demo",
    });
    expect(
      ports.engine.containers
        .map(({ name, address, state }) => `${name} ${address} ${state}`)
        .sort(),
    ).toEqual([
      "demo-control-plane 10.213.0.10 running",
      "demo-registry 10.213.0.2 running",
      "demo-worker 10.213.0.20 running",
      "demo-worker2 10.213.0.21 running",
    ]);
  });

  test("tells its steps in an order that respects what each waits for", async () => {
    const { ports, create } = fixture();
    await create();
    const told = ports.reporter.events.flatMap((event) =>
      event.type === "step-started" || event.type === "step-finished"
        ? [`${event.type === "step-started" ? "+" : "-"}${event.stepId}`]
        : [],
    );
    const position = (mark: string) => told.indexOf(mark);
    for (const [before, after] of [
      ["-ensure-images", "+create-network"],
      ["-create-network", "+start-nodes"],
      ["-start-nodes", "+init-control-plane"],
      ["-init-control-plane", "+join-workers"],
      ["-join-workers", "+export-kubeconfig"],
      ["-wait-until-ready", "+export-kubeconfig"],
    ] as const) {
      expect(position(before), before).toBeGreaterThanOrEqual(0);
      expect(position(before), `${before} before ${after}`).toBeLessThan(position(after));
    }
  });

  test("gives each cluster its own random token and pins the CA; no secret is in the plan", async () => {
    const { ports, request, create } = fixture();
    await create();
    const worker = ports.engine.container("demo-worker");
    const token = /tlsBootstrapToken: (\S+)/.exec(worker.text("/kind/kubeadm.conf") ?? "")?.[1];
    expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    expect(worker.text("/kind/discovery.conf")).toContain("certificate-authority-data: Q0E=");
    const other = fixture();
    const plan = await planCreation(request, other.ports);
    expect(JSON.stringify(plan)).not.toContain(token);
  });

  test("writes the context beside what is there, for the user alone", async () => {
    const { ports, create } = fixture();
    ports.files.put(kubeconfigPath, workKubeconfig);
    await create();
    const text = await ports.files.readText(kubeconfigPath);
    expect(text).toContain("current-context: airfield-demo");
    expect(text).toContain("https://work.example");
    expect((await ports.files.status(kubeconfigPath))?.mode).toBe(0o600);
  });

  test("makes localhost:PORT mean the registry on every node", async () => {
    const { ports, create } = fixture();
    await create();
    for (const node of ["demo-control-plane", "demo-worker", "demo-worker2"])
      expect(
        ports.engine.container(node).text("/etc/containerd/certs.d/localhost:5001/hosts.toml"),
      ).toContain("http://demo-registry:5000");
  });

  test("is undone by a deletion, which restores the context that was current", async () => {
    const { ports, create, left } = fixture();
    ports.files.put(kubeconfigPath, workKubeconfig);
    await create();
    const deleted = await deleteCluster({ name: "demo", kubeconfigPath }, ports);
    expect(deleted.existed).toBe(true);
    expect(await left()).toEqual(nothing);
    const text = await ports.files.readText(kubeconfigPath);
    expect(text).toContain("current-context: work");
    expect(text).not.toContain("airfield-demo");
  });
});

describe("a creation that fails", () => {
  // A creation for each call of the engine: a hundred of them.
  test(
    "at any call of the engine leaves nothing, and can be repeated at once",
    { timeout: 30_000 },
    async () => {
      const rehearsal = fixture();
      await rehearsal.create();
      const calls = rehearsal.ports.engine.calls.length;
      expect(calls).toBeGreaterThan(30);
      for (let call = 1; call <= calls; call++) {
        const { ports, create, left } = fixture();
        ports.files.put(kubeconfigPath, workKubeconfig);
        const failure = new ToolError("engine-connection-lost", { address: `call ${call}` });
        ports.engine.failAt(call, failure);
        await expect(create(), `call ${call}`).rejects.toThrow(`call ${call}`);
        expect(await left(), `after call ${call}`).toEqual(nothing);
        expect(await ports.files.readText(kubeconfigPath), `after call ${call}`).toBe(
          workKubeconfig,
        );
        await create();
      }
    },
  );

  test.each(["createNetwork", "createContainer", "startContainer", "createVolume"] as const)(
    "leaves nothing when the answer of %s is lost on the way",
    async (method) => {
      const { ports, create, left } = fixture();
      ports.engine.failAt(method, new ToolError("engine-connection-lost", { address: "x" }), {
        afterEffect: true,
      });
      await expect(create()).rejects.toThrow("went away");
      expect(await left()).toEqual(nothing);
    },
  );

  test("keeps what was made with --retain, and says how to remove it", async () => {
    const { ports, create, left } = fixture({ retain: true });
    failInPhase(ports, "certificates", "[ERROR] no luck");
    await expect(create()).rejects.toThrow(/phase certificates[\s\S]*no luck/);
    expect((await left()).containers).toContain("demo-control-plane");
    expect(ports.reporter.of("warning")).toMatchObject([
      {
        code: "kept-after-failure",
        hint: expect.stringContaining("airfield delete cluster demo") as string,
      },
    ]);
  });

  test("warns of what the rollback could not remove, with the command that does", async () => {
    const { ports, create } = fixture();
    failInPhase(ports, "certificates", "");
    ports.engine.failAt("removeContainer", new Error("device busy"));
    await expect(create()).rejects.toThrow("phase certificates");
    expect(ports.reporter.of("warning")[0]?.hint).toMatch(/docker rm -f -v demo-/);
  });

  test("warns when nodes are given the proxy of this machine", async () => {
    const { ports, create } = fixture();
    ports.host.variables.set("HTTPS_PROXY", "http://proxy.example:3128");
    await create();
    expect(ports.reporter.of("warning")).toMatchObject([{ code: "proxy-taken-over" }]);
  });

  test("shows the console of a node that does not boot", async () => {
    const { ports, create, left } = fixture();
    ports.engine.onStart((container) => {
      if (container.name !== "demo-worker2") return;
      container.logLines.length = 0;
      container.logLines.push("Failed to mount cgroup");
      ports.engine.exit(container.name, 1);
    });
    await expect(create()).rejects.toMatchObject({
      code: "node-boot-failed",
      message: expect.stringMatching(/demo-worker2[\s\S]*Failed to mount cgroup/),
    });
    expect(await left()).toEqual(nothing);
  });

  test("after a cancellation in the middle, leaves nothing and throws the cancellation", async () => {
    const { ports, create, left } = fixture();
    const user = new AbortController();
    ports.engine.onStart(() => {
      user.abort(new ToolError("cancelled", { what: "Creating" }));
    });
    await expect(create(user.signal)).rejects.toMatchObject({ code: "cancelled" });
    expect(await left()).toEqual(nothing);
  });

  test("an image without /kind/version is no node image", async () => {
    const { ports, create, left } = fixture({ image: "alpine:3" });
    ports.engine.images.add("alpine:3");
    await expect(create()).rejects.toMatchObject({ code: "not-a-node-image" });
    expect(await left()).toEqual(nothing);
  });
});

describe("a creation that is refused changes nothing", () => {
  test("when a cluster of that name exists", async () => {
    const { ports, create } = fixture();
    await create();
    const before = ports.engine.callLines("createContainer", "createNetwork").length;
    await expect(create()).rejects.toMatchObject({ code: "cluster-exists" });
    expect(ports.engine.callLines("createContainer", "createNetwork")).toHaveLength(before);
  });

  test.each([
    [
      "several control planes",
      { config: aClusterConfig({ controlPlanes: 3 }) },
      "several-control-planes",
    ],
    [
      "a subnet that overlaps with the pods'",
      { config: aClusterConfig({ networking: { nodeSubnet: "10.244.3.0/24" } }) },
      "subnet-taken",
    ],
    ["an image that nobody has", { image: "no/such:image" }, "image-not-found"],
  ])("for %s", async (_what, wishes, code) => {
    const { create, left } = fixture(wishes);
    await expect(create()).rejects.toMatchObject({ code });
    expect(await left()).toEqual(nothing);
  });

  test("for an image of another platform", async () => {
    const { ports, create, left } = fixture({ image: "arm/node:1" });
    ports.engine.images.add("arm/node:1", { arch: "arm64" });
    await expect(create()).rejects.toThrow('Image "arm/node:1" is built for linux/arm64');
    expect(await left()).toEqual(nothing);
  });

  test("for a kubeconfig that is none", async () => {
    const { ports, create, left } = fixture();
    ports.files.put(kubeconfigPath, "- a\n- list\n");
    await expect(create()).rejects.toMatchObject({ code: "kubeconfig-invalid" });
    expect(await left()).toEqual(nothing);
  });
});

describe("when others do the same at the same moment", () => {
  test("takes another port when the chosen one is gone", async () => {
    const { ports, create } = fixture();
    const plan = await planCreation(fixture().request, fixture().ports);
    const chosen = plan.nodes[0]?.container.ports?.[0]?.hostPort ?? 0;
    ports.engine.takenPorts.add(chosen);
    const info = await create();
    expect(info.server).not.toContain(`:${chosen}`);
    expect(await ports.files.readText(kubeconfigPath)).toContain(info.server);
  });

  test("does not take another port than the one the user wants", async () => {
    const { ports, create, left } = fixture({
      config: aClusterConfig({ name: "demo", networking: { apiServerPort: 6443 } }),
    });
    ports.engine.takenPorts.add(6443);
    await expect(create()).rejects.toMatchObject({ code: "port-taken" });
    expect(await left()).toEqual(nothing);
  });

  test("plans again when another network took the subnet", async () => {
    const { ports, create } = fixture();
    ports.engine.failAt(
      "createNetwork",
      new ToolError("subnet-taken", { subnet: "10.213.0.0/24" }),
    );
    await expect(create()).resolves.toMatchObject({ name: "demo" });
  });

  test("the one that loses the name removes its own things only", async () => {
    const { ports, create, left } = fixture();
    const winner = create();
    const loser = create();
    const outcomes = await Promise.allSettled([winner, loser]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "cluster-being-created" },
    });
    expect((await left()).containers.sort()).toEqual([
      "demo-control-plane",
      "demo-registry",
      "demo-worker",
      "demo-worker2",
    ]);
    expect((await left()).networks).toHaveLength(1);
    expect(await ports.files.readText(kubeconfigPath)).toContain("current-context: airfield-demo");
  });
});

describe("a cluster that shares a registry", () => {
  async function shared() {
    const scene = fixture({
      config: aClusterConfig({ name: "demo", registry: { name: "shared" } }),
    });
    await createRegistry(
      { name: "shared", port: 0, components: scene.request.components },
      scene.ports,
      new AbortController().signal,
    );
    return scene;
  }

  test("knows it by the same name, announces it, and has none of its own", async () => {
    const { ports, create } = await shared();
    expect(await create()).toMatchObject({ registry: "localhost:5001" });
    const node = ports.engine.container("demo-control-plane");
    expect(node.text("/etc/containerd/certs.d/localhost:5001/hosts.toml")).toContain(
      "http://airfield-registry-shared:5000",
    );
    expect(node.text("/kind/airfield/manifests/registry.yaml")).toContain("host: localhost:5001");
    expect(await ports.engine.inspectContainer("demo-registry")).toBeUndefined();
    expect(await listClusters(ports)).toMatchObject([{ registry: "localhost:5001" }]);
    expect((await ports.engine.inspectContainer("airfield-registry-shared"))?.networks).toContain(
      "airfield-demo",
    );
  });

  test("leaves it when it is deleted, and when its creation fails", async () => {
    const { ports, create, left } = await shared();
    await create();
    await deleteCluster({ name: "demo", kubeconfigPath }, ports);
    const onlyShared = {
      containers: ["airfield-registry-shared"],
      volumes: ["airfield-registry-shared"],
      networks: [],
    };
    expect(await left()).toEqual(onlyShared);
    ports.engine.failAt("connectNetwork", new ToolError("disk-full", { action: "go on" }), {
      afterEffect: true,
    });
    await expect(create()).rejects.toMatchObject({ code: "disk-full" });
    expect(await left()).toEqual(onlyShared);
    expect(ports.engine.container("airfield-registry-shared").state).toBe("running");
  });

  test("is refused before anything is made when there is no such registry", async () => {
    const { create, left } = fixture({
      config: aClusterConfig({ name: "demo", registry: { name: "other" } }),
    });
    await expect(create()).rejects.toMatchObject({ code: "registry-not-found" });
    expect(await left()).toEqual(nothing);
  });
});

test("with keepData the registry's volume stays for the next cluster of the name, but not after a failure", async () => {
  const { ports, create, left } = fixture({
    config: aClusterConfig({ name: "demo", registry: { keepData: true } }),
  });
  await create();
  await deleteCluster({ name: "demo", kubeconfigPath }, ports);
  expect(await left()).toEqual({ ...nothing, volumes: ["airfield-demo-registry-data"] });
  await ports.engine.removeVolume("airfield-demo-registry-data");
  ports.engine.failAt("startContainer", new ToolError("disk-full", { action: "go on" }));
  await expect(create()).rejects.toMatchObject({ code: "disk-full" });
  expect(await left()).toEqual(nothing);
});
