import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run, volumes } from "./airfield.ts";

const kind = join(root, ".tools/bin/kind");

test("the real kind makes a cluster from our node image, loads an image into it and deletes it", async () => {
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
