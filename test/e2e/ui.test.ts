import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { root, run, Workspace } from "./airfield.ts";

/** The built terminal UI in a real terminal (tmux), on a cluster of one node with one application of Airfield's. */
let workspace: Workspace;
let name: string;
let socket: string;
let sessions = 0;

const labels = {
  "app.kubernetes.io/name": "web",
  "app.kubernetes.io/managed-by": "airfield",
};

beforeAll(async () => {
  workspace = await Workspace.create();
  name = workspace.clusterName("ui");
  await workspace.succeeds(["create", "cluster", "--name", name]);
  await startApplication();
});

/** A terminal of its own for each: what one leaves behind is nothing to the next. */
beforeEach(async () => {
  // A server that ends takes no new session for a while.
  socket = `airfield-${name}-${++sessions}`;
  await tmux(["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "sh"]);
});

afterEach(async () => {
  await tmux(["kill-server"]);
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

async function tmux(args: readonly string[]): Promise<string> {
  const env = { KUBECONFIG: workspace.kubeconfig, LANG: "C.UTF-8" };
  return (await run(["tmux", "-L", socket, ...args], { env })).stdout;
}

async function screen(): Promise<string> {
  return tmux(["capture-pane", "-p"]);
}

/** Waits until the screen shows this; at most a minute, which a busy machine takes for what is quick here. */
async function sees(words: string | RegExp): Promise<string> {
  const until = Date.now() + 60_000;
  for (;;) {
    const now = await screen();
    const isThere = typeof words === "string" ? now.includes(words) : words.test(now);
    if (isThere) return now;
    if (Date.now() > until) throw new Error(`The screen never showed ${String(words)}:\n${now}`);
    await sleep(100);
  }
}

async function press(...keys: readonly string[]): Promise<void> {
  await tmux(["send-keys", ...keys]);
}

/** What the line discipline is set to, and whether the alternate screen is shown. */
async function terminal(): Promise<readonly string[]> {
  const [tty = "", alternate = ""] = (
    await tmux(["display-message", "-p", "#{pane_tty} #{alternate_on}"])
  )
    .trim()
    .split(" ");
  return [alternate, (await run(["stty", "-a", "-F", tty])).stdout];
}

async function startUi(): Promise<void> {
  await press(`${join(root, "bin/airfield")} ui --name ${name}; echo "ended with $?"`, "Enter");
  await sees("APPLICATION");
}

async function startApplication(): Promise<void> {
  // A busybox that is on every node: nothing has to be loaded.
  const images = await workspace.kubectl(name, [
    ...["get", "nodes", "-o", "jsonpath={.items[*].status.images[*].names[*]}"],
  ]);
  const image = images.split(" ").find((each) => /local-path-helper:/.test(each)) ?? "";
  expect(image).not.toBe("");
  const command = ["sh", "-c", "while true; do echo the clock says $(date); sleep 1; done"];
  const deployment = {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", labels } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: "application", image, command, imagePullPolicy: "Never" }],
        },
      },
    },
  };
  await workspace.kubectl(name, ["apply", "-f", "-"], JSON.stringify(deployment));
  await workspace.kubectl(name, ["rollout", "status", "deployment/web", "--timeout=120s"]);
}

test("home leads to pods and their log, help and the palette open, a dialog scales, q gives the terminal back", async () => {
  const before = await terminal();
  expect(before[0]).toBe("0");
  await startUi();
  expect((await terminal())[0]).toBe("1");
  expect(await sees(/web +default +1\/1/)).toContain(name);
  await press("Enter");
  await sees(/> default +web-/);
  await press("l");
  await sees("the clock says");
  await press("q", "q", "?");
  await sees("Open what is selected");
  // With more behind it, Escape would be the Alt of the next key.
  await press("Escape");
  await sees(/web +default +1\/1/);
  await press(":", "n", "o", "d", "e", "s");
  await sees("Go to");
  await press("Enter");
  await sees(`${name}-control-plane`);
  await press("1");
  await sees(/web +default +1\/1/);
  await press("s", "+", "Enter");
  await sees(/web +default +2\/2/);
  await press("q");
  await sees("ended with 0");
  expect(await terminal()).toEqual(before);
});

test("a terminal UI that is told to end gives the terminal back", async () => {
  const before = await terminal();
  await startUi();
  const [shell = ""] = (await tmux(["display-message", "-p", "#{pane_pid}"])).split("\n");
  const { stdout } = await run(["pgrep", "-P", shell]);
  await run(["kill", "-TERM", stdout.trim()]);
  await sees("ended with 143");
  expect(await terminal()).toEqual(before);
});

test("once tells the same without a terminal", async () => {
  const { stdout } = await workspace.succeeds(["ui", "--once", "--name", name, "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    cluster: name,
    applications: [{ name: "web", namespace: "default" }],
    missing: [],
  });
});
