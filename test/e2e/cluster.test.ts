import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterApiContract } from "../contract/cluster-api.contract.ts";
import { root, run, volumes, Workspace } from "./airfield.ts";
import { realClusterApis } from "./real-cluster-api.ts";

/**
 * One cluster of a control plane and two workers, with both examples on it, for all of these tests: once from
 * the warm node image, which bin/setup makes, and once from the plain one.
 */
describe.each([
  { image: "warm", AIRFIELD_WARM: "1" },
  { image: "plain", AIRFIELD_WARM: "0" },
])("a cluster with two workers from the $image node image", ({ image, AIRFIELD_WARM }) => {
  let workspace: Workspace;
  let name: string;
  let volumesBefore: readonly string[];

  beforeAll(async () => {
    volumesBefore = await volumes();
    workspace = await Workspace.create({ AIRFIELD_WARM });
    name = workspace.clusterName(image);
    await workspace.succeeds(["create", "cluster", name, "--workers", "2"]);
  });

  afterAll(async () => {
    await workspace[Symbol.asyncDispose]();
    expect(await volumes()).toEqual(volumesBefore);
  });

  test("has three Ready nodes when the command returns", async () => {
    const nodes = await workspace.kubectl(name, ["get", "nodes", "--no-headers"]);
    expect(nodes.split("\n").map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
      [`${name}-control-plane`, "Ready"],
      [`${name}-worker`, "Ready"],
      [`${name}-worker2`, "Ready"],
    ]);
  });

  test("is listed, with its nodes", async () => {
    const clusters = await workspace.succeeds(["get", "clusters", "-o", "json"]);
    expect(JSON.parse(clusters.stdout)).toContainEqual(
      expect.objectContaining({ name, nodes: 3, status: "running" }),
    );
    const nodes = await workspace.succeeds(["get", "nodes", "--name", name]);
    expect(nodes.stdout).toMatch(new RegExp(`${name}-worker2\\s`));
  });

  test("its context is in the kubeconfig, readable by the user alone, and is the current one", async () => {
    const kubeconfig = await readFile(workspace.kubeconfig, "utf8");
    expect(kubeconfig).toContain(`current-context: airfield-${name}`);
    expect((await stat(workspace.kubeconfig)).mode & 0o777).toBe(0o600);
    const fromHost = await run([
      "kubectl",
      "--kubeconfig",
      workspace.kubeconfig,
      "get",
      "--raw",
      "/readyz",
    ]);
    expect(fromHost.stdout).toBe("ok");
  });

  test("prints the kubeconfig, from outside and from inside", async () => {
    const outside = await workspace.succeeds(["get", "kubeconfig", "--name", name]);
    const inside = await workspace.succeeds(["get", "kubeconfig", "--name", name, "--internal"]);
    expect(outside.stdout).toMatch(/server: https:\/\/127\.0\.0\.1:\d+/);
    expect(inside.stdout).toContain(`server: https://${name}-control-plane:6443`);
  });

  test("the bootstrap token is gone after the nodes have joined", async () => {
    const secrets = await workspace.kubectl(name, [
      "-n",
      "kube-system",
      "get",
      "secrets",
      "-o",
      "name",
    ]);
    expect(secrets).not.toContain("bootstrap-token");
  });

  test("is a proper kubeadm cluster: healthy in every check, certificates valid", async () => {
    expect(await workspace.kubectl(name, ["get", "--raw", "/readyz?verbose"])).not.toContain("[-]");
    const certificates = await run([
      "docker",
      "exec",
      `${name}-control-plane`,
      "kubeadm",
      "certs",
      "check-expiration",
    ]);
    expect(certificates).toMatchObject({ exitCode: 0 });
    expect(certificates.stdout).not.toMatch(/EXPIRED|MISSING|INVALID/i);
  });

  test("its API server and registry are published on 127.0.0.1 only", async () => {
    for (const container of [`${name}-control-plane`, `${name}-registry`]) {
      const { stdout } = await run(["docker", "port", container]);
      expect(stdout).not.toBe("");
      for (const line of stdout.split("\n")) expect(line).toMatch(/ -> 127\.0\.0\.1:\d+$/);
    }
  });

  describe("with both examples on it", () => {
    let userUrl: string;
    let orderUrl: string;

    beforeAll(async () => {
      userUrl = await up("user-service", "/user/1");
      orderUrl = await up("order-service", "/order/1");
    });

    async function up(example: string, path: string): Promise<string> {
      const ran = await workspace.succeeds([
        "up",
        join(root, "examples", example),
        "--name",
        name,
        "--check-path",
        path,
        "-o",
        "json",
      ]);
      return (JSON.parse(ran.stdout) as { url: string }[])[0]?.url ?? "";
    }

    test("they answer on 127.0.0.1 after the command has ended", async () => {
      expect(new URL(userUrl).hostname).toBe("127.0.0.1");
      expect(await (await fetch(new URL("/user/1", userUrl))).json()).toMatchObject({ id: 1 });
    });

    // The API server is the same one from either image.
    const ways = image === "warm" ? (["http", "node", "context"] as const) : [];

    describe.each(ways)("its API by way of %s", (way) => {
      clusterApiContract(async () => {
        const apis = await realClusterApis(name, workspace.kubeconfig);
        const [pod = ""] = await podNames("user-service");
        return {
          api: apis[way],
          namespace: `contract-${way}`,
          pod: { name: pod, namespace: "default", port: 8080 },
          path: "/user/1",
          cleanUp: () => Promise.resolve(),
        };
      });
    });

    test("pods on both workers reach each other by the Service's name", async () => {
      await workspace.kubectl(name, ["scale", "deployment/user-service", "--replicas=2"]);
      await workspace.kubectl(name, [
        "rollout",
        "status",
        "deployment/user-service",
        "--timeout=120s",
      ]);
      const pods = await workspace.kubectl(name, [
        "get",
        "pods",
        "-l",
        "app.kubernetes.io/name=user-service",
        "-o",
        "jsonpath={.items[*].spec.nodeName}",
      ]);
      expect(pods.split(" ").sort()).toEqual([`${name}-worker`, `${name}-worker2`]);
      const order = await (await fetch(new URL("/order/1", orderUrl))).text();
      expect(order).toContain('"user"');
    });

    test("a NodePort answers on every node", async () => {
      const nodePort = await workspace.kubectl(name, [
        "get",
        "service",
        "user-service",
        "-o",
        "jsonpath={.spec.ports[0].nodePort}",
      ]);
      const addresses = await workspace.kubectl(name, [
        "get",
        "nodes",
        "-o",
        'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}',
      ]);
      for (const address of addresses.split(" ")) {
        const answer = await fetch(`http://${address}:${nodePort}/user/2`);
        expect([address, answer.status]).toEqual([address, 200]);
      }
    });

    test("a second up without a change says so and leaves the pods alone", async () => {
      const podsBefore = await podNames("order-service");
      const again = await workspace.succeeds([
        "up",
        join(root, "examples/order-service"),
        "--name",
        name,
      ]);
      expect(again.stdout + again.stderr).toMatch(/unchanged|nothing/i);
      expect(await podNames("order-service")).toEqual(podsBefore);
    });

    test("down removes the application and frees its port, twice as well as once", async () => {
      const project = join(root, "examples/order-service");
      await workspace.succeeds(["down", project, "--name", name]);
      await workspace.succeeds(["down", project, "--name", name]);
      expect(await podNames("order-service")).toEqual([]);
      await expect(fetch(orderUrl)).rejects.toThrow();
    });

    async function podNames(application: string): Promise<readonly string[]> {
      const names = await workspace.kubectl(name, [
        "get",
        "pods",
        "-l",
        `app.kubernetes.io/name=${application}`,
        "--field-selector=status.phase=Running",
        "-o",
        "jsonpath={.items[*].metadata.name}",
      ]);
      return names
        .split(" ")
        .filter((pod) => pod !== "")
        .sort();
    }
  });

  test("an image pushed to localhost:PORT runs in a pod, with no configuration on the host", async () => {
    const clusters = await workspace.succeeds(["get", "clusters", "-o", "json"]);
    const summary = (JSON.parse(clusters.stdout) as { name: string; registry: string }[]).find(
      (cluster) => cluster.name === name,
    );
    const image = `${summary?.registry ?? ""}/e2e/registry:1`;
    const { stdout: registryImage } = await run([
      "docker",
      "inspect",
      "-f",
      "{{.Config.Image}}",
      `${name}-registry`,
    ]);
    await run(["docker", "tag", registryImage, image]);
    try {
      expect(await run(["docker", "push", image])).toMatchObject({ exitCode: 0 });
    } finally {
      await run(["docker", "rmi", image]);
    }
    await workspace.kubectl(name, ["run", "pushed", `--image=${image}`, "--restart=Never"]);
    await workspace.kubectl(name, ["wait", "--for=condition=Ready", "pod/pushed", "--timeout=60s"]);
    const hosting = await workspace.kubectl(name, [
      "-n",
      "kube-public",
      "get",
      "configmap",
      "local-registry-hosting",
      "-o",
      "yaml",
    ]);
    expect(hosting).toContain(summary?.registry);
  });

  test("a load that is killed in the middle is no hindrance to the next one", async () => {
    const image = `airfield-e2e/${name}:1`;
    const folder = join(workspace.folder, "image");
    await mkdir(join(folder, "bin"), { recursive: true });
    await copyFile("/bin/busybox", join(folder, "bin/busybox"));
    await writeFile(join(folder, "padding"), randomBytes(64_000_000));
    const made = [
      "docker",
      "import",
      "--change",
      'CMD ["/bin/busybox", "sleep", "9999"]',
      "-",
      image,
    ];
    await run(["bash", "-c", 'tar -C "$0" -c . | "$@"', folder, ...made]);
    const node = `${name}-control-plane`;
    const incoming = "/var/lib/containerd/io.containerd.content.v1.content/ingest";
    const isArriving = async () =>
      (await run(["docker", "exec", node, "ls", incoming])).stdout !== "";
    try {
      const load = workspace.start(["load", "image", image, "--name", name]);
      let isOver = false;
      void load.finally(() => (isOver = true));
      while (!isOver && !(await isArriving()));
      load.kill("SIGKILL");
      expect(await load).toMatchObject({ signal: "SIGKILL" });
      await workspace.succeeds(["load", "image", image, "--name", name]);
    } finally {
      await run(["docker", "rmi", image]);
    }
    await workspace.kubectl(name, ["run", "loaded", `--image=${image}`, "--restart=Never"]);
    await workspace.kubectl(name, ["wait", "--for=condition=Ready", "pod/loaded", "--timeout=60s"]);
  });

  test("a PersistentVolumeClaim keeps its data when the pod is replaced", async () => {
    const { stdout: tag } = await run([join(root, "images/content-tag"), "jre-17"]);
    await workspace.succeeds(["load", "image", tag, "--name", name]);
    const pod = (podName: string, command: string) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: podName },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: "main",
              image: tag,
              command: ["sh", "-c", command],
              volumeMounts: [{ name: "data", mountPath: "/data" }],
            },
          ],
          volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
        },
      });
    const claim = JSON.stringify({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } },
    });
    await workspace.kubectl(name, ["apply", "-f", "-"], claim);
    await workspace.kubectl(name, ["apply", "-f", "-"], pod("writer", "echo kept > /data/file"));
    await finished("writer");
    await workspace.kubectl(name, ["delete", "pod", "writer", "--wait"]);
    await workspace.kubectl(name, ["apply", "-f", "-"], pod("reader", "cat /data/file"));
    await finished("reader");
    expect(await workspace.kubectl(name, ["logs", "reader"])).toBe("kept");

    async function finished(podName: string): Promise<void> {
      await workspace.kubectl(name, [
        "wait",
        "--for=jsonpath={.status.phase}=Succeeded",
        `pod/${podName}`,
        "--timeout=90s",
      ]);
    }
  });

  test("refuses a second cluster of the same name and leaves the first alone", async () => {
    const again = await workspace.airfield(["create", "cluster", name]);
    expect(again).toMatchObject({ exitCode: 4 });
    expect(again.stderr).toContain(`A cluster named "${name}" already exists`);
    expect(await workspace.kubectl(name, ["get", "--raw", "/readyz"])).toBe("ok");
  });

  test("its nodes are made of the image they should be made of", async () => {
    const { stdout } = await run([
      "docker",
      "inspect",
      "-f",
      "{{.Config.Image}}",
      `${name}-worker`,
    ]);
    expect(stdout).toMatch(image === "warm" ? /^airfield\/warm-node:/ : /^airfield\/node:/);
  });

  test("kubeadm knows the cluster: it reads its configuration and would upgrade it", async () => {
    const configuration = await run([
      ...["docker", "exec", `${name}-control-plane`, "kubeadm", "upgrade", "plan", "v1.34.4"],
      ...["--ignore-preflight-errors=all", "--allow-experimental-upgrades"],
    ]);
    expect(configuration, configuration.stderr).toMatchObject({ exitCode: 0 });
    expect(configuration.stdout + configuration.stderr).not.toContain("WARNING");
    const components = await workspace.kubectl(name, ["get", "componentstatuses", "--no-headers"]);
    for (const line of components.split("\n")) expect(line).toMatch(/\sHealthy\s/);
  });

  test("kind finds its nodes", async () => {
    const kind = await run([join(root, ".tools/bin/kind"), "get", "nodes", "--name", name]);
    expect(kind.stdout.split("\n").sort()).toEqual([
      `${name}-control-plane`,
      `${name}-worker`,
      `${name}-worker2`,
    ]);
  });
});
