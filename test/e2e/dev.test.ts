import { cp, readFile, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root, run, Workspace } from "./airfield.ts";
import { DevProcess, type DevEvent } from "./dev-process.ts";

/** One cluster and a copy of examples/user-service for all tests of this file; they build on each other. */
let workspace: Workspace;
let cluster: string;
let project: string;
let controller: string;
let url: string;
let loop: DevProcess;

const LIBRARY_ARCHIVE = "/application/libraries.jsa";
const ROLL_OUTS = 10;
const REQUESTS_A_SECOND = 50;

beforeAll(async () => {
  workspace = await Workspace.create();
  cluster = workspace.clusterName("dev");
  project = join(workspace.folder, "user-service");
  await cp(join(root, "examples/user-service"), project, {
    recursive: true,
    filter: (source) => !source.includes("/target"),
  });
  controller = join(project, "src/main/java/dev/airfield/example/user/UserController.java");
  loop = new DevProcess(workspace, [project, "--name", cluster, "--check-path", "/user/1"]);
  await loop.untilWatching();
});

afterAll(async () => {
  await loop.interrupt();
  await workspace[Symbol.asyncDispose]();
});

test("get urls lists the application with its ready pods", async () => {
  const listed = (await told("get", "urls", "-o", "json")) as { url: string }[];
  expect(listed).toMatchObject([{ name: "user-service", ready: 1, replicas: 1 }]);
  url = listed[0]?.url ?? "";
  expect(await userName()).toBe("Ada");
});

test("a saved class answers, by a new image and without the build tool", async () => {
  const change = await edit('"Ada"', '"Ava"');
  expect(change).toMatchObject({ type: "change-delivered", with: "image" });
  expect(change.phases?.map(({ name }) => name)).toEqual(["compile", "image", "nodes", "ready"]);
  expect(await userName()).toBe("Ava");
});

test("a compile error is told once with its line, the version before answers, and the next save is taken", async () => {
  const failed = await edit('"Ava"', '"Bea');
  expect(failed).toMatchObject({ type: "change-failed", code: "compile-failed" });
  expect(failed.message).toMatch(/UserController\.java:\d+:\d+: /);
  expect(await userName()).toBe("Ava");
  expect(await edit('"Bea', '"Bea"')).toMatchObject({ type: "change-delivered" });
  expect(await userName()).toBe("Bea");
});

test("the JVM of the next version takes the libraries' classes from an archive", async () => {
  await loop.untilSaid("halves its start");
  expect(await edit('"Bea"', '"Bela"')).toMatchObject({ type: "change-delivered", with: "image" });
  expect(await userName()).toBe("Bela");
  expect(await mappedFiles()).toContain(LIBRARY_ARCHIVE);
  expect(await edit('"Bela"', '"Bea"')).toMatchObject({ type: "change-delivered" });
});

test("an edit takes no kubectl in the node", async () => {
  const since = String(Math.floor(Date.now() / 1000));
  expect(await edit('"Bea"', '"Belinda"')).toMatchObject({ type: "change-delivered" });
  expect(await edit('"Belinda"', '"Bea"')).toMatchObject({ type: "change-delivered" });
  const until = String(Math.ceil(Date.now() / 1000));
  const filters = [
    "--filter",
    `container=${cluster}-control-plane`,
    "--filter",
    "event=exec_start",
  ];
  const format = ["--format", "{{.Action}}"];
  const told = await run([
    "docker",
    "events",
    "--since",
    since,
    "--until",
    until,
    ...filters,
    ...format,
  ]);
  // The image's way to the node.
  expect(told.stdout).toContain("images import");
  expect(told.stdout).not.toContain("kubectl");
});

test("logs, open and exec know the application by its name", async () => {
  const logs = await workspace.succeeds(["logs", "user-service", "--name", cluster]);
  expect(logs.stdout).toMatch(/^user-service-\S+ \| .*Started UserServiceApplication/m);
  const opened = await workspace.succeeds(["open", "user-service", "--name", cluster]);
  expect(opened.stdout.trim()).toBe(url);
  const words = ["exec", "user-service", "--name", cluster, "--", "sh", "-c", "cat; exit 7"];
  expect(await workspace.airfield(words, { input: "told" })).toMatchObject({
    exitCode: 7,
    stdout: "told",
  });
  const missing = await workspace.airfield(["logs", "nobody", "--name", cluster]);
  expect(missing.exitCode).toBe(3);
  expect(missing.stderr).toContain("user-service");
});

test("Ctrl-C ends the loop with success, leaves the application up and no process", async () => {
  expect(await loop.interrupt()).toBe(0);
  expect(await userName()).toBe("Bea");
  const processes = await execa("docker", ["exec", `${cluster}-control-plane`, "ps", "ax"]);
  expect(processes.stdout).not.toMatch(/kubectl .*(logs|--watch)/);
});

test("live, a saved class answers from the same pod, and an image takes its place at the end", async () => {
  loop = new DevProcess(workspace, [project, "--name", cluster, "--with", "live"]);
  await loop.untilWatching();
  const pod = await host();
  const change = await edit('"Bea"', '"Cleo"');
  expect(change).toMatchObject({ type: "change-delivered", with: "live" });
  expect(change.phases?.map(({ name }) => name)).toEqual(["compile", "sync", "ready"]);
  expect(await userName()).toBe("Cleo");
  // From here on it does not log its start; the socket that it listens on tells.
  const settings = join(project, "src/main/resources/application.yml");
  const quiet = (await readFile(settings, "utf8")) + "\nlogging.level.root: warn\n";
  expect(await loop.outcomeOf(() => writeFile(settings, quiet))).toMatchObject({ with: "live" });
  expect(await edit('"Cleo"', '"Dora"')).toMatchObject({ with: "live" });
  expect(await userName()).toBe("Dora");
  expect(await host()).toBe(pod);
  expect(await mappedFiles()).toContain(LIBRARY_ARCHIVE);
  expect(await loop.interrupt()).toBe(0);
  expect(await userName()).toBe("Dora");
  expect(await host()).not.toBe(pod);
  // It ends in its own time.
  await workspace.kubectl(cluster, ["wait", "--for=delete", `pod/${pod}`, "--timeout=60s"]);
  expect(await workspace.kubectl(cluster, ["get", "pods", "-o", "yaml"])).not.toContain("mkfifo");
});

test("jdb attaches to the published port and stops at a breakpoint, and all is as before afterwards", async () => {
  const { address } = (await told("debug", "user-service", "--port", "0", "-o", "json")) as {
    address: string;
  };
  const method = "dev.airfield.example.user.UserController.user";
  const jdb = execa("jdb", ["-attach", address], { reject: false, all: true });
  let said = "";
  jdb.all.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const hears = async (text: string) => {
    while (!said.includes(text)) await sleep(50);
  };
  await hears(">");
  jdb.stdin.write(`stop in ${method}\n`);
  await hears("Set breakpoint");
  const answer = userName();
  await hears("Breakpoint hit");
  jdb.stdin.write(`clear ${method}\ncont\nquit\n`);
  expect(await answer).toBe("Dora");
  await jdb;
  await workspace.succeeds(["debug", "user-service", "--stop", "--name", cluster]);
  await workspace.kubectl(cluster, ["rollout", "status", "deployment/user-service"]);
  const objects = await workspace.kubectl(cluster, ["get", "deployment,service", "-o", "json"]);
  expect(objects).not.toContain("jdwp");
  expect(objects).not.toContain("user-service-debug");
});

test("a client with 50 requests a second sees no failure during ten roll-outs", async () => {
  const failures: string[] = [];
  const stop = new AbortController();
  const pending: Promise<void>[] = [];
  const client = (async () => {
    while (!stop.signal.aborted) {
      pending.push(request(failures));
      await sleep(1000 / REQUESTS_A_SECOND);
    }
  })();
  for (let rollOut = 0; rollOut < ROLL_OUTS; rollOut += 1) {
    await workspace.kubectl(cluster, ["rollout", "restart", "deployment/user-service"]);
    await workspace.kubectl(cluster, ["rollout", "status", "deployment/user-service"]);
  }
  stop.abort();
  await client;
  await Promise.all(pending);
  expect(failures).toEqual([]);
  expect(pending.length).toBeGreaterThan(ROLL_OUTS * REQUESTS_A_SECOND);
});

/** On a connection of its own, as from another client each. */
async function request(failures: string[]): Promise<void> {
  await new Promise<void>((resolve) => {
    const fail = (reason: string) => {
      failures.push(`${new Date().toISOString()} ${reason}`);
      resolve();
    };
    const asked = get(new URL("/user/1", url), { agent: false, timeout: 10_000 }, (answer) => {
      answer.resume();
      answer.on("error", (error) => fail(error.message));
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve() : fail(`${answer.statusCode}`),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in 10 s")));
    asked.on("error", (error) => fail(error.message));
  });
}

async function user(): Promise<{ readonly name: string; readonly servedBy: string }> {
  const answer = await fetch(new URL("/user/1", url), { headers: { connection: "close" } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { name: string; servedBy: string };
}

async function userName(): Promise<string> {
  return (await user()).name;
}

/** The name of the pod that answers. */
async function host(): Promise<string> {
  return (await user()).servedBy;
}

async function told(...words: readonly string[]): Promise<unknown> {
  return JSON.parse((await workspace.succeeds([...words, "--name", cluster])).stdout);
}

/** What the processes of the pod that answers have mapped into memory. */
async function mappedFiles(): Promise<string> {
  const words = ["exec", await host(), "--", "sh", "-c", "cat /proc/[0-9]*/maps"];
  return workspace.kubectl(cluster, words);
}

/** Saves the class with another text in it; resolves with what became of it. */
async function edit(before: string, after: string): Promise<DevEvent> {
  const text = await readFile(controller, "utf8");
  expect(text).toContain(before);
  return loop.outcomeOf(() => writeFile(controller, text.replace(before, after)));
}
