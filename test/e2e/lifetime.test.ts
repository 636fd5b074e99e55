import { chmod, mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { leftoversOf, run, volumes, Workspace } from "./airfield.ts";

test("Ctrl-C in the middle of a creation leaves nothing, and the name can be used again at once", async () => {
  const volumesBefore = await volumes();
  await using workspace = await Workspace.create();
  const name = workspace.clusterName("cancel");
  for (const moment of ["start-nodes", "init-control-plane"]) {
    const creation = workspace.start(["create", "cluster", name, "--progress", "json"]);
    let seen = "";
    for await (const chunk of creation.stderr ?? []) {
      seen += String(chunk);
      if (!seen.includes(`"step-started","stepId":"${moment}"`)) continue;
      creation.kill("SIGINT");
      break;
    }
    creation.stderr?.resume();
    expect(await creation).toMatchObject({ exitCode: 130 });
    expect(await leftoversOf(name)).toEqual([]);
    expect(await volumes()).toEqual(volumesBefore);
    expect(await workspace.readKubeconfig()).toBe("");
  }
});

test("of two creations of one name at once one succeeds, and the other harms nothing", async () => {
  await using workspace = await Workspace.create();
  const name = workspace.clusterName("twice");
  const both = await Promise.all([
    workspace.airfield(["create", "cluster", name]),
    workspace.airfield(["create", "cluster", name]),
  ]);
  expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 4]);
  expect(await workspace.kubectl(name, ["get", "--raw", "/readyz"])).toBe("ok");
  expect(await workspace.readKubeconfig()).toContain(`current-context: airfield-${name}`);
});

test("two clusters made from the same images share no secret: the one's credentials are refused by the other", async () => {
  await using workspace = await Workspace.create();
  const [first, second] = [workspace.clusterName("first"), workspace.clusterName("second")];
  await Promise.all([first, second].map((name) => workspace.succeeds(["create", "cluster", name])));
  const secrets = (name: string) =>
    run([
      "docker",
      "exec",
      `${name}-control-plane`,
      "sh",
      "-c",
      "cat /etc/kubernetes/pki/*.key /etc/kubernetes/pki/etcd/*.key | grep -v -- ----",
    ]);
  const [ofFirst, ofSecond] = await Promise.all([secrets(first), secrets(second)]);
  expect(ofFirst.stdout.split("\n").length).toBeGreaterThan(10);
  for (const line of ofFirst.stdout.split("\n"))
    if (line.length > 40) expect(ofSecond.stdout).not.toContain(line);

  // The first cluster's administrator, and a ServiceAccount of it, knock at the second one's door.
  const server =
    /server: (\S+)/.exec(
      (await workspace.succeeds(["get", "kubeconfig", "--name", second])).stdout,
    )?.[1] ?? "";
  const kubectl = [
    "kubectl",
    "--kubeconfig",
    workspace.kubeconfig,
    "--server",
    server,
    "--insecure-skip-tls-verify",
  ];
  const asAdmin = await run([...kubectl, "--context", `airfield-${first}`, "get", "namespaces"]);
  expect(asAdmin.exitCode).not.toBe(0);
  expect(asAdmin.stderr).toMatch(/logged in|Unauthorized|forbidden/i);
  const token = await workspace.kubectl(first, ["create", "token", "default"]);
  const asAccount = await run([
    ...["kubectl", "--kubeconfig", "/dev/null", "--server", server, "--insecure-skip-tls-verify"],
    ...["--token", token, "get", "namespaces"],
  ]);
  expect(asAccount.stderr).toMatch(/logged in|Unauthorized/i);
  const verified = await run([
    "kubectl",
    "--kubeconfig",
    workspace.kubeconfig,
    "--context",
    `airfield-${first}`,
    "--server",
    server,
    "get",
    "--raw",
    "/version",
  ]);
  expect(verified.stderr).toMatch(/certificate/);
});

test("run passes output and exit code through, and removes its cluster after a failure too", async () => {
  const volumesBefore = await volumes();
  await using workspace = await Workspace.create();
  const ran = await workspace.airfield([
    "run",
    "--",
    "sh",
    "-c",
    'kubectl get nodes --no-headers | wc -l; echo "$AIRFIELD_CLUSTER" >&2; exit 7',
  ]);
  expect(ran).toMatchObject({ exitCode: 7, stdout: "1" });
  const name = /^run-[0-9a-f]{6}$/m.exec(ran.stderr)?.[0] ?? "no name";
  expect(await leftoversOf(name)).toEqual([]);
  expect(await volumes()).toEqual(volumesBefore);
  expect(await workspace.readKubeconfig()).toBe("");
});

test("a taken API port is named, and nothing is left", async () => {
  await using workspace = await Workspace.create();
  const name = workspace.clusterName("port");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const config = join(workspace.folder, "airfield.yaml");
  await writeFile(
    config,
    `apiVersion: airfield.dev/v1\nkind: Cluster\nname: ${name}\nnetworking:\n  apiServerPort: ${port}\n`,
  );
  try {
    const ran = await workspace.airfield(["create", "cluster", "--config", config]);
    expect(ran).toMatchObject({ exitCode: 4 });
    expect(ran.stderr).toContain(`Port ${port} is already used`);
    expect(await leftoversOf(name)).toEqual([]);
  } finally {
    server.close();
  }
});

test.each([
  ["is no kubeconfig", "- just\n- a list\n", 2],
  ["is no YAML", "{{{", 2],
])(
  "a kubeconfig that %s is left as it is, and nothing is created",
  async (_what, text, exitCode) => {
    await using workspace = await Workspace.create();
    const name = workspace.clusterName("kubeconfig");
    await writeFile(workspace.kubeconfig, text);
    const ran = await workspace.airfield(["create", "cluster", name]);
    expect(ran).toMatchObject({ exitCode });
    expect(ran.stderr).toContain(workspace.kubeconfig);
    expect(await workspace.readKubeconfig()).toBe(text);
    expect(await leftoversOf(name)).toEqual([]);
    await rm(workspace.kubeconfig);
  },
);

test("a kubeconfig that is a symlink stays one, other entries stay, and deletion restores it", async () => {
  await using workspace = await Workspace.create();
  const name = workspace.clusterName("symlink");
  const target = join(workspace.folder, "dotfiles", "config");
  const before = [
    "apiVersion: v1",
    "kind: Config",
    "# work, do not touch",
    "clusters:",
    "- name: work",
    "  cluster: {server: https://work.example}",
    "contexts:",
    "- name: work",
    "  context: {cluster: work, user: work}",
    "users:",
    "- name: work",
    "  user: {token: abc}",
    "current-context: work",
    "",
  ].join("\n");
  await mkdir(join(workspace.folder, "dotfiles"));
  await writeFile(target, before);
  await chmod(target, 0o644);
  await symlink(target, workspace.kubeconfig);
  await workspace.succeeds(["create", "cluster", name]);
  expect(await readlink(workspace.kubeconfig)).toBe(target);
  const during = await readFile(target, "utf8");
  expect(during).toContain("# work, do not touch");
  expect(during).toContain(`current-context: airfield-${name}`);
  await workspace.succeeds(["delete", "cluster", name]);
  const after = await readFile(target, "utf8");
  expect(after).toContain("current-context: work");
  expect(after).not.toContain(name);
});

test("delete of what is not there is fine and touches nothing", async () => {
  await using workspace = await Workspace.create();
  const ran = await workspace.succeeds(["delete", "cluster", "no-such-cluster"]);
  expect(ran.stdout + ran.stderr).toContain("no-such-cluster");
});
