import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, Workspace } from "./airfield.ts";

const head = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n";

test("a kind file's mirror, snapshotter, DNS domain and lower-case protocol are what the cluster has", async () => {
  await using workspace = await Workspace.create();
  const name = workspace.clusterName("kind.file");
  const file = join(workspace.folder, "kind.yaml");
  await writeFile(
    file,
    `${head}name: ${name}
containerdConfigPatches:
- |-
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."registry.acme:5000"]
    endpoint = ["http://${name}-registry:5000"]
kubeadmConfigPatches:
- |
  kind: ClusterConfiguration
  networking:
    dnsDomain: acme.internal
- |
  apiVersion: kubeadm.k8s.io/v1beta2
  kind: ClusterConfiguration
  clusterName: nobody
nodes:
- role: control-plane
  extraPortMappings:
  - containerPort: 30053
    protocol: udp
`,
  );
  const node = `${name}-control-plane`;
  const inNode = (...command: string[]) => run(["docker", "exec", node, ...command]);

  // Its DNS has answered for kubernetes.default.svc.acme.internal when it is ready.
  const created = await workspace.succeeds(["create", "cluster", "--config", file, "-o", "json"]);
  expect(created.stderr).toContain("kubeadmConfigPatches[1]");
  expect(created.stderr).toContain("kind.yaml:16");

  const kubelet = await workspace.kubectl(name, [
    ...["get", "--raw", `/api/v1/nodes/${node}/proxy/configz`],
  ]);
  expect(kubelet).toContain('"clusterDomain":"acme.internal"');

  const published = await run(["docker", "port", node, "30053/udp"]);
  expect(published.stdout).toMatch(/^0\.0\.0\.0:\d+/);

  const snapshots = await inNode("ctr", "-n", "k8s.io", "snapshots", "--snapshotter=native", "ls");
  expect(snapshots.stdout.split("\n").length).toBeGreaterThan(3);

  const { registry } = JSON.parse(created.stdout) as { readonly registry: string };
  const image = `${registry}/acme/empty:1`;
  const built = await run(["docker", "import", "-", image], { input: "" });
  expect(built, built.stderr).toMatchObject({ exitCode: 0 });
  try {
    const pushed = await run(["docker", "push", image]);
    expect(pushed, pushed.stderr).toMatchObject({ exitCode: 0 });
  } finally {
    await run(["docker", "rmi", image]);
  }
  const pulled = await inNode("crictl", "pull", "registry.acme:5000/acme/empty:1");
  expect(pulled, pulled.stderr).toMatchObject({ exitCode: 0 });
});

test("a creation whose kubelet cannot start ends early, with the kubelet's words", async () => {
  await using workspace = await Workspace.create();
  const name = workspace.clusterName("gate");
  const input = `${head}featureGates: {EphemeralContainers: true}\n`;
  const startedMs = performance.now();
  const ran = await workspace.airfield(
    ["create", "cluster", name, "--config", "-", "--no-registry", "--wait", "5m"],
    { input },
  );
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain("unrecognized feature gate: EphemeralContainers");
  expect(performance.now() - startedMs).toBeLessThan(60_000);
});
