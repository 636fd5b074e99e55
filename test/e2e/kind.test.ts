import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run, volumes } from "./airfield.ts";

const kind = join(root, ".tools/bin/kind");

test("the real kind makes a cluster from our node image, `up --context` brings an application up there, and kind deletes it", async () => {
  const volumesBefore = await volumes();
  const folder = await mkdtemp(join(tmpdir(), "airfield-kind-"));
  const name = `kind-${randomBytes(3).toString("hex")}`;
  const kubeconfig = join(folder, "kubeconfig");
  const config = join(folder, "config.yaml");
  const env = { KUBECONFIG: kubeconfig };
  const [{ stdout: nodeImage }, { stdout: loaded }] = await Promise.all([
    run([join(root, "images/content-tag"), "node"]),
    run([join(root, "images/content-tag"), "registry"]),
  ]);
  await writeFile(
    config,
    "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n- role: control-plane\n- role: worker\n",
  );
  try {
    const created = await run(
      [
        kind,
        "create",
        "cluster",
        "--name",
        name,
        "--image",
        nodeImage,
        "--config",
        config,
        "--wait",
        "120s",
      ],
      { env },
    );
    expect(created, created.stderr).toMatchObject({ exitCode: 0 });

    const inNode = async (...args: readonly string[]) => {
      const ran = await run(["docker", "exec", `${name}-control-plane`, "kubectl", ...args], {
        env,
      });
      expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
      return ran.stdout;
    };
    await inNode("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=120s");
    await inNode("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s");

    const load = await run([kind, "load", "docker-image", loaded, "--name", name], { env });
    expect(load, load.stderr).toMatchObject({ exitCode: 0 });
    await inNode(
      "run",
      "loaded",
      `--image=${loaded}`,
      "--image-pull-policy=Never",
      "--restart=Never",
    );
    await inNode("wait", "--for=condition=Ready", "pod/loaded", "--timeout=60s");

    await using registry = await startRegistry(loaded, name);
    await bringUpElsewhere({
      folder,
      kubeconfig,
      context: `kind-${name}`,
      registry: registry.address,
    });
  } finally {
    const deleted = await run([kind, "delete", "cluster", "--name", name], { env });
    await rm(folder, { recursive: true, force: true });
    expect(deleted).toMatchObject({ exitCode: 0 });
  }
  const left = await run([
    "docker",
    "ps",
    "-aq",
    "--filter",
    `label=io.x-k8s.kind.cluster=${name}`,
  ]);
  expect(left.stdout).toBe("");
  expect(await volumes()).toEqual(volumesBefore);
});

/** A registry that the nodes of a kind cluster pull from, as kind's documentation sets one up. */
async function startRegistry(
  image: string,
  cluster: string,
): Promise<AsyncDisposable & { readonly address: string }> {
  const container = `${cluster}-registry`;
  const docker = async (...args: readonly string[]) => {
    const ran = await run(["docker", ...args]);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    return ran.stdout;
  };
  const publish = ["--network", "kind", "--publish", "127.0.0.1::5000"];
  await docker("run", "--detach", "--name", container, ...publish, image);
  const remove = async () => void (await docker("rm", "--force", "--volumes", container));
  try {
    const port = /:(\d+)/.exec(await docker("port", container, "5000/tcp"))?.[1] ?? "";
    const address = `localhost:${port}`;
    const folder = `/etc/containerd/certs.d/${address}`;
    const hosts = `[host."http://${container}:5000"]`;
    for (const node of [`${cluster}-control-plane`, `${cluster}-worker`])
      await docker(
        "exec",
        node,
        "sh",
        "-c",
        `mkdir -p ${folder} && echo '${hosts}' > ${folder}/hosts.toml`,
      );
    return { address, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Elsewhere {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly context: string;
  readonly registry: string;
}

/** A cluster that Airfield did not make: images by the registry, kubectl of the host. */
async function bringUpElsewhere({
  folder,
  kubeconfig,
  context,
  registry,
}: Elsewhere): Promise<void> {
  const project = join(folder, "user-service");
  await cp(join(root, "examples/user-service"), project, {
    recursive: true,
    filter: (source) => !source.includes("/target"),
  });
  const target = ["--context", context, "--kubeconfig", kubeconfig];
  const env = { PATH: `${join(root, ".tools/bin")}:${process.env["PATH"] ?? ""}` };
  const airfield = async (...args: readonly string[]) => {
    const ran = await run([join(root, "bin/airfield"), ...args, ...target], { env });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    return ran.stdout;
  };
  const kubectl = (...args: readonly string[]) => run(["kubectl", ...target, ...args], { env });
  const up = async () =>
    JSON.parse(
      await airfield("up", project, "--registry", `${registry}/shop`, "-o", "json"),
    ) as readonly { readonly changed: boolean; readonly access?: string }[];

  const [first] = await up();
  expect(first).toMatchObject({ changed: true });
  expect(first?.access).toContain("port-forward service/user-service");
  const image = await kubectl("get", "deployment", "user-service", "-o", "jsonpath={..image}");
  expect(image.stdout).toMatch(new RegExp(`^${registry}/shop/user-service:`));
  const proxied = "/api/v1/namespaces/default/services/http:user-service:80/proxy/user/1";
  expect(JSON.parse((await kubectl("get", "--raw", proxied)).stdout)).toMatchObject({ id: 1 });

  expect(await up()).toMatchObject([{ changed: false }]);
  await airfield("down", project);
  expect((await kubectl("get", "deployment,service", "-o", "name")).stdout).toBe(
    "service/kubernetes",
  );
}
