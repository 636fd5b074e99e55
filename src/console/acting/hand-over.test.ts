import { describe, expect, test } from "vitest";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { FakeHost } from "../../../test/fakes/fake-host.ts";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import type { ConsoleEvent } from "../model/events.ts";
import type { Target } from "../model/requests.ts";
import { handOver } from "./hand-over.ts";

function sceneOf(variables: Readonly<Record<string, string>> = {}, os = "linux") {
  const host = new FakeHost({ variables, facts: { os } });
  const ports = fakePorts({ host });
  const api = new FakeClusterApi();
  api.put({ kind: "Pod", metadata: { name: "a", namespace: "dev" } });
  const events: ConsoleEvent[] = [];
  const written: string[] = [];
  let lent = 0;
  const hands = handOver(ports, {
    emit: (event) => events.push(event),
    clusterApi: () => api,
    async lend(work) {
      lent += 1;
      await work();
    },
    writeTerminal: (text) => written.push(text),
    signal: new AbortController().signal,
  });
  const messages = () =>
    events.flatMap((event) => (event.type === "message" ? [`${event.tone}: ${event.text}`] : []));
  return { ports, api, hands, messages, written, lent: () => lent };
}

const pod: Target = { kind: "Pod", name: "a", namespace: "dev", uid: "1", cluster: "c" };

describe("a shell", () => {
  test("in a pod is the one that its image has", async () => {
    const { api, hands, messages } = sceneOf();
    api.onExec = () => ({ stdout: "/bin/bash\n" });
    await hands.openShell(pod);
    expect(api.calls.at(-1)).toBe("attach Pod/a /bin/bash with a terminal");
    expect(messages()).toEqual([]);
  });

  test("in a container is that container's", async () => {
    const { api, hands } = sceneOf();
    api.onExec = ({ container }) => ({ stdout: container === "side" ? "sh\n" : "" });
    await hands.openShell({ ...pod, kind: "Container", name: "side", pod: "a" });
    expect(api.calls.at(-1)).toBe("attach Pod/a in side sh with a terminal");
  });

  test.each(["exit code", "refusal"])(
    "where the image has none is said, with what helps (%s), and the terminal is kept",
    async (how) => {
      const { api, hands, messages, lent } = sceneOf();
      const stderr = 'exec: "sh": executable file not found in $PATH';
      if (how === "exit code") api.onExec = () => ({ exitCode: 127, stderr });
      else api.refusal = (call) => (call.startsWith("exec") ? stderr : undefined);
      await hands.openShell({ ...pod, kind: "Container", name: "side", pod: "a" });
      expect(messages()).toEqual([
        "bad: Its image has no shell. One beside it, in the same pod: " +
          "kubectl --context airfield-c -n dev debug -it a --image=busybox --target=side",
      ]);
      expect(lent()).toBe(0);
    },
  );

  test("in a pod that is gone says so", async () => {
    const { hands, messages, lent } = sceneOf();
    await hands.openShell({ ...pod, name: "gone" });
    expect(messages()).toEqual(['bad: pods "gone" not found']);
    expect(lent()).toBe(0);
  });

  test("on a node is in its container, of the engine that we talk to", async () => {
    const { ports, hands } = sceneOf();
    ports.commands.on(() => ({}));
    await hands.openShell({ ...pod, kind: "Node", name: "c-worker", namespace: "" });
    expect(ports.commands.lines).toEqual(["docker exec --interactive --tty c-worker bash"]);
    expect(ports.commands.calls[0]).toMatchObject({ isAttached: true });
  });
});

describe("copying", () => {
  const quietly = 'sh -c exec "$@" >/dev/null 2>&1 copy';

  test.each([
    [{ WAYLAND_DISPLAY: "w" }, "linux", "wl-copy"],
    [{ DISPLAY: ":0" }, "linux", "xclip -selection clipboard"],
    [{ WSL_DISTRO_NAME: "x" }, "linux", "clip.exe"],
    [{}, "darwin", "pbcopy"],
  ])("%j on %s is by %s", async (variables, os, program) => {
    const { ports, hands, messages } = sceneOf(variables, os);
    ports.commands.on(() => ({}));
    await hands.copy("text");
    expect(ports.commands.lines).toEqual([`${quietly} ${program}`]);
    expect(ports.commands.calls[0]?.stdin).toBe("text");
    expect(messages()).toEqual(["good: Copied"]);
  });

  test("takes the next program where one is missing, then the terminal", async () => {
    const { ports, hands, written } = sceneOf({ DISPLAY: ":0" });
    ports.commands.on(() => ({ exitCode: 127 }));
    await hands.copy("ä");
    expect(ports.commands.lines).toHaveLength(2);
    expect(written).toEqual([`\u001b]52;c;${Buffer.from("ä").toString("base64")}\u0007`]);
  });

  test("over SSH is by the terminal, on whose machine the clipboard is", async () => {
    const { ports, hands, written } = sceneOf({ DISPLAY: ":0", SSH_CONNECTION: "1" });
    await hands.copy("text");
    expect(ports.commands.lines).toEqual([]);
    expect(written).toHaveLength(1);
  });

  test("of what is too long for a terminal goes to a file that is named", async () => {
    const { ports, hands, messages, written } = sceneOf();
    const text = "x".repeat(100_000);
    await hands.copy(text);
    expect(written).toEqual([]);
    const [, path = ""] = /it is in (\S+)$/.exec(messages()[0] ?? "") ?? [];
    expect(await ports.files.readText(path)).toBe(text);
  });
});

describe("a URL", () => {
  test.each([
    [{ DISPLAY: ":0" }, "linux", "xdg-open"],
    [{ WSL_DISTRO_NAME: "x" }, "linux", "explorer.exe"],
    [{}, "darwin", "open"],
  ])("%j on %s is opened by %s", async (variables, os, opener) => {
    const { ports, hands, messages } = sceneOf(variables, os);
    await hands.openUrl("http://127.0.0.1:8080");
    expect(ports.commands.detached).toEqual([`${opener} http://127.0.0.1:8080`]);
    expect(messages()).toEqual(["good: Opened http://127.0.0.1:8080"]);
  });

  test("is told where there is no desktop", async () => {
    const { hands, messages } = sceneOf();
    await hands.openUrl("http://127.0.0.1:8080");
    expect(messages()).toEqual(["bad: There is no desktop here to open http://127.0.0.1:8080 on"]);
  });
});
