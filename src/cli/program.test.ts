import { describe, expect, test } from "vitest";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { runCli } from "../../test/fakes/fake-cli.ts";
import type { ClusterInfo, CreateClusterRequest } from "../cluster/create/create-cluster.ts";
import type { ClusterSummary } from "../cluster/list-clusters.ts";
import { ToolError } from "../errors/tool-error.ts";
import type { UseCases } from "../use-cases.ts";

const created: ClusterInfo = {
  name: "shop",
  kubernetesVersion: "v1.34.4",
  nodes: ["shop-control-plane", "shop-worker"],
  server: "https://127.0.0.1:40000",
  registry: "localhost:5001",
  kubeconfigPath: "/home/me/.kube/config",
  contextName: "airfield-shop",
  ms: 5000,
};

const cluster: ClusterSummary = {
  name: "shop",
  nodes: 3,
  status: "running",
  nodeImage: "kindest/node:v1.34.4",
  registry: "localhost:5001",
  createdAt: "2024-01-01T00:00:00Z",
};

/** What `create cluster` asked for with these words. */
async function requestOf(
  words: readonly string[],
  world: {
    readonly files?: Record<string, string>;
    readonly env?: Record<string, string>;
    readonly stdin?: string;
  } = {},
): Promise<CreateClusterRequest> {
  const requests: CreateClusterRequest[] = [];
  const { error } = await runCli(["create", "cluster", ...words], {
    useCases: {
      async createCluster(request) {
        requests.push(request);
        return created;
      },
    },
    ports: fakePorts({ files: new FakeFiles(world.files) }),
    ...(world.env === undefined ? {} : { env: world.env }),
    ...(world.stdin === undefined ? {} : { stdin: world.stdin }),
  });
  if (error instanceof Error) throw error;
  const [request] = requests;
  if (request === undefined) throw new Error("createCluster was not called.");
  return request;
}

describe("create cluster", () => {
  test("asks for one control plane when nothing else is said", async () => {
    expect(await requestOf([])).toMatchObject({
      config: { name: "airfield", nodes: [{ role: "control-plane" }] },
      waitMs: 300_000,
      retain: false,
      kubeconfigPath: "/home/me/.kube/config",
      components: { policy: "auto" },
    });
  });

  test("takes every flag", async () => {
    const request = await requestOf(
      "shop --workers 2 --image my/node:1 --image-policy local --wait 90s --retain --kubeconfig k".split(
        " ",
      ),
    );
    expect(request).toMatchObject({
      config: { name: "shop" },
      image: "my/node:1",
      waitMs: 90_000,
      retain: true,
      kubeconfigPath: "/home/dev/k",
      components: { policy: "local" },
    });
    expect(request.config.nodes.map(({ role }) => role)).toEqual([
      "control-plane",
      "worker",
      "worker",
    ]);
  });

  const file =
    "apiVersion: airfield.dev/v1\nkind: Cluster\nname: from-file\nnodes:\n- role: control-plane\n- role: worker\n";

  test("reads airfield.yaml of the current folder", async () => {
    const { config } = await requestOf([], { files: { "/home/dev/airfield.yaml": file } });
    expect(config).toMatchObject({ name: "from-file" });
    expect(config.nodes).toHaveLength(2);
  });

  test("lets flags go before the environment, and that before the file", async () => {
    const files = { "/home/dev/airfield.yaml": file };
    const env = { AIRFIELD_CLUSTER: "from-env", AIRFIELD_NODE_IMAGE: "env/node:1" };
    expect(await requestOf([], { files, env })).toMatchObject({
      config: { name: "from-env" },
      image: "env/node:1",
    });
    const request = await requestOf(["--name", "flag", "--workers", "0"], { files, env });
    expect(request.config.name).toBe("flag");
    expect(request.config.nodes).toHaveLength(1);
  });

  test("reads a config from stdin", async () => {
    const { config } = await requestOf(["--config", "-"], { stdin: file });
    expect(config.name).toBe("from-file");
  });

  test("names a config that is not there", async () => {
    await expect(requestOf(["--config", "missing.yaml"])).rejects.toThrow(
      "There is no file missing.yaml (the config).",
    );
  });

  test("writes to the file of KUBECONFIG that exists", async () => {
    const request = await requestOf([], {
      files: { "/b/config": "" },
      env: { KUBECONFIG: "/a/config:/b/config:/c/config" },
    });
    expect(request.kubeconfigPath).toBe("/b/config");
  });

  test("prints how to reach the cluster, or all of it for programs", async () => {
    const useCases: Partial<UseCases> = { createCluster: async () => created };
    const text = await runCli(["create", "cluster", "shop"], { useCases });
    expect(text.stdout).toMatchInlineSnapshot(`
      "Kubernetes v1.34.4 on 2 nodes, registry localhost:5001
      kubectl --context airfield-shop get nodes
      "
    `);
    const json = await runCli(["create", "cluster", "shop", "-o", "json"], { useCases });
    expect(JSON.parse(json.stdout)).toEqual(created);
  });

  test("prints the plan of a dry run and creates nothing", async () => {
    const plan = { name: "shop", nodes: [{ name: "shop-control-plane" }] };
    const useCases = { planCreation: async () => plan } as unknown as Partial<UseCases>;
    const { stdout, error } = await runCli(["create", "cluster", "--dry-run"], { useCases });
    expect(error).toBeUndefined();
    expect(stdout).toBe("name: shop\nnodes:\n  - name: shop-control-plane\n");
  });
});

describe("get clusters", () => {
  const useCases: Partial<UseCases> = { listClusters: async () => [cluster] };

  test.each(["table", "json", "yaml", "name"])("prints %s", async (format) => {
    const { stdout } = await runCli(["get", "clusters", "-o", format], { useCases });
    expect(stdout).toMatchSnapshot();
  });

  test("says so when there is none, but not to programs", async () => {
    const none: Partial<UseCases> = { listClusters: async () => [] };
    const table = await runCli(["get", "clusters"], { useCases: none });
    expect(table.stdout).toContain("There are no clusters.");
    const names = await runCli(["get", "clusters", "-o", "name"], { useCases: none });
    expect(names.stdout).toBe("");
  });
});

describe("delete", () => {
  test("takes the cluster of the environment", async () => {
    const deleted: string[] = [];
    await runCli(["delete", "cluster"], {
      env: { AIRFIELD_CLUSTER: "shop" },
      useCases: {
        async deleteCluster({ name }) {
          deleted.push(name);
          return { name, existed: true, removed: [] };
        },
      },
    });
    expect(deleted).toEqual(["shop"]);
  });

  test("does not need a config that is broken when the name is given", async () => {
    const ports = fakePorts({ files: new FakeFiles({ "/home/dev/airfield.yaml": "{" }) });
    const { error } = await runCli(["delete", "cluster", "shop"], {
      ports,
      useCases: { deleteCluster: async ({ name }) => ({ name, existed: false, removed: [] }) },
    });
    expect(error).toBeUndefined();
  });

  test.each([
    [["delete", "clusters"], "Which clusters are to be deleted?"],
    [["delete", "clusters", "a", "--all"], "--all deletes every cluster, so a cannot be named"],
  ])("%j is refused", async (words, message) => {
    const { error } = await runCli(words);
    expect(error).toBeInstanceOf(ToolError);
    expect((error as ToolError).message).toMatch(message);
  });
});

describe("run", () => {
  test("passes words after -- on and ends with the command's exit code", async () => {
    const commands: (readonly string[])[] = [];
    const { exitCode } = await runCli(
      ["run", "--workers", "1", "--", "mvn", "verify", "--name", "x"],
      {
        useCases: {
          async runInCluster({ command }) {
            commands.push(command);
            return 42;
          },
        },
      },
    );
    expect(commands).toEqual([["mvn", "verify", "--name", "x"]]);
    expect(exitCode).toBe(42);
  });
});

describe("up", () => {
  const result = {
    name: "user-service",
    namespace: "default",
    image: "airfield.local/user-service:1",
    replicas: 1,
    url: "http://127.0.0.1:30080",
    answer: {
      url: "http://127.0.0.1:30080/user/1",
      status: 200,
      contentType: "",
      body: '{"id":1}\n',
    },
    changed: true,
    built: true,
    clusterCreated: true,
    ms: 1,
  };

  async function applicationsOf(words: readonly string[], files: Record<string, string> = {}) {
    const requests: Parameters<UseCases["up"]>[0][] = [];
    const { error, stdout } = await runCli(["up", ...words], {
      ports: fakePorts({ files: new FakeFiles(files) }),
      useCases: {
        async up(request) {
          requests.push(request);
          return [result];
        },
        listModules: async () => Promise.resolve(["users", "apps/orders"]),
      },
    });
    if (error instanceof Error) throw error;
    const wanted = requests.map(({ request }) => request.only ?? request.applications).flat();
    return {
      applications: wanted.filter((one) => typeof one !== "string"),
      names: wanted.filter((one) => typeof one === "string"),
      requests,
      stdout,
    };
  }

  const file =
    "apiVersion: airfield.dev/v1\nkind: Cluster\nname: shop\napplications:\n" +
    "- {path: users, replicas: 2, checkPath: /user/1}\n- {path: orders}\n";

  test("brings up the project of the current folder", async () => {
    const { applications, stdout } = await applicationsOf([]);
    expect(applications).toMatchObject([{ path: "/home/dev", namespace: "default" }]);
    expect(stdout).toBe(
      'user-service: http://127.0.0.1:30080\nGET http://127.0.0.1:30080/user/1 answered 200:\n{"id":1}\n',
    );
  });

  test("brings up every application of the config", async () => {
    const { applications, requests } = await applicationsOf([], {
      "/home/dev/airfield.yaml": file,
    });
    expect(applications.map(({ path }) => path)).toEqual(["/home/dev/users", "/home/dev/orders"]);
    expect(requests[0]?.create.config.name).toBe("shop");
  });

  test("takes what the config says of a folder, and flags before it", async () => {
    const words = ["users", "--replicas", "3", "--env", "A=b=c", "--env", "D=e"];
    const { applications } = await applicationsOf(words, { "/home/dev/airfield.yaml": file });
    expect(applications).toMatchObject([
      { path: "/home/dev/users", replicas: 3, checkPath: "/user/1", env: { A: "b=c", D: "e" } },
    ]);
  });

  test("flags on how the image is made leave the rest of what the config says of it", async () => {
    const { applications } = await applicationsOf(
      ["users", "--build-with", "assemble", "--push", "localhost:5001/shop"],
      {
        "/home/dev/airfield.yaml": file.replace(
          "path: users,",
          "path: users, build: {with: jib, baseImage: jre},",
        ),
      },
    );
    expect(applications[0]?.build).toEqual({
      ...{
        with: "assemble",
        baseImage: "jre",
        startupArchive: "auto",
        toEngine: false,
        pushTo: "localhost:5001/shop",
      },
    });
  });

  test("a word may be a name of the config, of an application or of what it depends on", async () => {
    const named = `${file.replace("path: users,", "path: users, name: accounts,")}dependencies: [{name: db, type: redis}]\n`;
    const { applications, names } = await applicationsOf(["accounts", "db", "order-service"], {
      "/home/dev/airfield.yaml": named,
    });
    expect(applications).toMatchObject([{ path: "/home/dev/users", name: "accounts" }]);
    // What the config does not name may still be a project's own name.
    expect(names).toEqual(["db", "order-service"]);
  });

  test("down takes names, keeps data unless told, and refuses a name that nobody has", async () => {
    const requests: Parameters<UseCases["down"]>[0]["request"][] = [];
    const useCases: Partial<UseCases> = {
      down: async ({ request }) => {
        requests.push(request);
        return [];
      },
    };
    const ports = fakePorts();
    const config = `${file}dependencies: [{name: db, type: redis}]\n`;
    ports.files.put("/home/dev/airfield.yaml", config);
    await runCli(["down"], { useCases, ports });
    await runCli(["down", "db", "--data"], { useCases, ports });
    expect(requests).toMatchObject([
      { applications: [{}, {}], dependencies: [{ name: "db" }], data: false },
      { applications: [], dependencies: [{ name: "db" }], data: true },
    ]);
    await runCli(["down", "gone"], { useCases, ports: fakePorts() });
    expect(requests[2]?.applications).toMatchObject([{ name: "gone" }]);
    const { error } = await runCli(["down", "dbb"], { useCases, ports });
    expect(error).toMatchObject({ code: "application-unknown", exitCode: 3 });
  });

  test("finds the config in the project's folder", async () => {
    const { requests } = await applicationsOf(["users"], {
      "/home/dev/users/airfield.yaml": "apiVersion: airfield.dev/v1\nkind: Cluster\nname: mine\n",
    });
    expect(requests[0]?.create.config.name).toBe("mine");
  });

  test("brings up all applications of a build with several modules", async () => {
    const { applications } = await applicationsOf(["--all"]);
    expect(applications).toMatchObject([
      { path: "/home/dev", module: "users" },
      { path: "/home/dev", module: "apps/orders" },
    ]);
  });

  test("--dry-run prints the objects and brings nothing up", async () => {
    const previewUp: UseCases["previewUp"] = async ({ request }) => [
      {
        name: "users",
        namespace: request.applications[0]?.namespace ?? "",
        objects: [{ apiVersion: "v1", kind: "Service", metadata: { name: "users" } }],
      },
    ];
    const words = ["up", "--dry-run", "--namespace", "shop"];
    const yaml = await runCli(words, { useCases: { previewUp } });
    expect(yaml.stdout).toBe(
      "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n" +
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: users\n",
    );
    const json = await runCli([...words, "-o", "json"], { useCases: { previewUp } });
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: "List", items: [{}, {}] });
  });

  test("exports all applications of the config, with an image for each", async () => {
    const requests: Parameters<UseCases["exportApplication"]>[0]["request"][] = [];
    const exportApplication: UseCases["exportApplication"] = async ({ request }) => {
      requests.push(request);
      return { outputDir: request.outputDir, applications: ["a"], files: ["Chart.yaml"] };
    };
    const ports = fakePorts();
    ports.files.put("/home/dev/airfield.yaml", file);
    const words = ["export", "chart", "--image", "users=x:1", "--image", "orders=y:1"];
    const { stdout } = await runCli(words, { useCases: { exportApplication }, ports });
    expect(stdout).toBe("/home/dev/chart/Chart.yaml\n");
    expect(requests).toMatchObject([
      {
        form: "chart",
        chartName: "shop",
        images: { users: "x:1", orders: "y:1" },
        applications: [
          { application: { path: "/home/dev/users" } },
          { application: { path: "/home/dev/orders" } },
        ],
      },
    ]);
  });

  test("checks flags as it checks a file", async () => {
    await expect(applicationsOf(["--namespace", "Not A Namespace"])).rejects.toThrow("namespace");
  });
});

describe("a wrong command line", () => {
  test.each([
    [["crate"], '"airfield" has no command "crate". Did you mean create?'],
    [["create", "clutser"], '"airfield create" has no command "clutser". Did you mean cluster?'],
    [["create", "cluster", "--worker", "2"], "has no option --worker. Did you mean --workers?"],
    [
      ["create", "cluster", "--workers"],
      'The option --workers <count> of "airfield create cluster" needs a value.',
    ],
    [
      ["create", "cluster", "--workers", "two"],
      '--workers does not take "two": it takes a whole number from 0 to 200.',
    ],
    [["export", "chart", "--chart-name", "My Shop"], '--chart-name does not take "My Shop"'],
    [["export", "chart", "--chart-name", "shop-"], '--chart-name does not take "shop-"'],
    [["export", "chart", "--chart-name", ""], '--chart-name does not take ""'],
    [["create", "cluster", "--workers=-1"], '--workers does not take "-1"'],
    [
      ["create", "cluster", "--wait", "5"],
      '--wait does not take "5": it takes a duration such as 90s, 5m or 1m30s.',
    ],
    [["create", "cluster", "a", "b"], "Too many arguments"],
    [["create", "cluster", "a", "--name", "b"], 'the cluster is already named "a"'],
    [["create", "cluster", "--name", "Shop"], "upper-case"],
    [["create", "cluster", "--image", ""], "it is empty"],
    [
      ["get", "nodes", "-o", "jsom"],
      /^--output does not take "jsom": it takes one of table, json, yaml, name; did you mean json\?$/,
    ],
    [["get", "nodes", "-A", "--name", "x"], "exclude each other"],
    [["get", "clusters", "--progress", "fancy"], '--progress does not take "fancy"'],
    [["load", "archive"], '"airfield load archive" needs the argument <file>.'],
    [["load", "archive", "-", "-"], "Stdin can be read once: give - one time."],
    [
      ["load", "archive", "a.tar", "b.tar", "--tag", "x:1"],
      "--tag names one image: give one archive with it.",
    ],
    [["completion", "tcsh"], 'completion does not take "tcsh": it takes one of bash, zsh, fish'],
    [["prepare", "nodes"], "did you mean node?"],
    [["run"], "Which command is to be run?"],
    [["up", "--context", "prod"], "with --context it takes the registry"],
    [["up", "--context", "prod", "--registry", "Reg/Shop"], '--registry does not take "Reg/Shop"'],
    [["up", "--registry", "localhost:5000"], "it goes with --context"],
    [["up", "--run", "cron"], '--run does not take "cron": it takes one of service, job'],
    [["dev", "--run", "job"], "/home/dev runs as a job, which ends; dev keeps a service up."],
    [["up", "--env", "A"], '--env does not take "A": it takes NAME=VALUE'],
  ])("%j", async (words, message) => {
    const { error, stdout } = await runCli(words);
    expect(error).toBeInstanceOf(ToolError);
    expect((error as ToolError).message).toMatch(message);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(stdout).toBe("");
  });
});

describe("help", () => {
  test("of the program names every command on a screen of 80 columns", async () => {
    const { stdout, exitCode, error } = await runCli(["--help"]);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: undefined });
    expect(stdout).toMatchSnapshot();
  });

  test("is what airfield alone prints", async () => {
    const [alone, asked] = await Promise.all([runCli([]), runCli(["--help"])]);
    expect(alone).toEqual(asked);
  });

  test("of a group without its noun comes with the exit code of a usage error", async () => {
    const { stdout, exitCode } = await runCli(["get"]);
    expect(stdout).toContain("kubeconfig");
    expect(exitCode).toBe(2);
  });

  test("is pointed to where a command is used wrongly", async () => {
    const { error } = await runCli(["build", "image", "."]);
    expect(error).toMatchObject({
      code: "invalid-usage",
      exitCode: 2,
      hint: expect.stringContaining("--help"),
    });
  });
});

test("the version is printed in each form", async () => {
  expect((await runCli(["version"])).stdout).toBe("airfield 1.2.3\n");
  expect((await runCli(["--version"])).stdout).toBe("airfield 1.2.3\n");
  expect((await runCli(["version", "-o", "yaml"])).stdout).toBe("version: 1.2.3\n");
});

test("the progress display is closed before the result and after a failure", async () => {
  const good = await runCli(["get", "clusters"], { useCases: { listClusters: async () => [] } });
  expect(good).toMatchObject({ opened: ["plain"], closed: 1 });
  const bad = await runCli(["get", "clusters"]);
  expect(bad.error).toBeDefined();
  expect(bad).toMatchObject({ opened: ["plain"], closed: 1 });
});

test("doctor ends with the exit code of the environment when a check fails", async () => {
  const check = {
    id: "engine-reachable",
    title: "Engine",
    detail: "none",
    remedy: "start it",
  } as const;
  const { exitCode, stdout } = await runCli(["doctor"], {
    useCases: {
      examineHost: async () => ({
        status: "failure",
        checks: [{ ...check, status: "failure" }],
      }),
    },
  });
  expect(exitCode).toBe(5);
  expect(stdout).toMatchInlineSnapshot(`
    "✗ Engine  none
              → start it

    Clusters will not work here until the failures (✗) are mended.
    "
  `);
});

describe("config", () => {
  test("init writes a file that validate accepts, and does not replace one", async () => {
    const ports = fakePorts();
    await runCli(["config", "init", "--name", "shop"], { ports });
    expect((await runCli(["config", "validate"], { ports })).stdout).toBe(
      "airfield.yaml is valid.\n",
    );
    const again = await runCli(["config", "init"], { ports });
    expect((again.error as ToolError).message).toContain("already exists");
    expect((await runCli(["config", "init", "--force"], { ports })).error).toBeUndefined();
  });

  test("validate looks for the files that the config names", async () => {
    const text =
      "apiVersion: airfield.dev/v1\nkind: Cluster\nregistries:\n  caFiles: [a.pem, /b.pem]\n";
    const ports = fakePorts({ files: new FakeFiles({ "/home/dev/airfield.yaml": text }) });
    const { error, stdout } = await runCli(["config", "validate"], { ports });
    expect(stdout).toBe("");
    expect((error as ToolError).message.split("\n").slice(1)).toEqual([
      "  airfield.yaml:4: registries.caFiles[0]: there is no file /home/dev/a.pem",
      "  airfield.yaml:4: registries.caFiles[1]: there is no file /b.pem",
    ]);
  });

  test("init names the project of the folder", async () => {
    const ports = fakePorts({ files: new FakeFiles({ "/home/dev/pom.xml": "" }) });
    await runCli(["config", "init"], { ports });
    expect(await ports.files.readText("/home/dev/airfield.yaml")).toMatch(/^ {2}- path: /m);
  });

  test("view fills in the defaults", async () => {
    const { stdout } = await runCli(["config", "view", "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      apiVersion: "airfield.dev/v1",
      name: "airfield",
      nodes: [{ role: "control-plane" }],
    });
  });
});

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])(
    "of %s knows commands, flags and their values",
    async (shell) => {
      const { stdout } = await runCli(["completion", shell]);
      for (const word of [
        "/create/cluster",
        "kubeconfig",
        "workers",
        "auto live plain json quiet",
      ]) {
        expect(stdout).toContain(word);
      }
    },
  );
});
