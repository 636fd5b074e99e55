import { expect, test } from "vitest";
import { FakeCommands } from "../../test/fakes/fake-commands.ts";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { FakeHost } from "../../test/fakes/fake-host.ts";
import { fakePorts } from "../../test/fakes/fake-ports.ts";
import { orAborted } from "../steps/or-aborted.ts";
import { ToolError } from "../errors/tool-error.ts";
import { examineHost } from "./examine-host.ts";

function healthyPorts() {
  return fakePorts({
    files: new FakeFiles({
      "/proc/filesystems": "nodev\tsysfs\n\text4\nnodev\toverlay\n",
      "/sys/module/nf_tables/version": "",
    }),
    host: new FakeHost({ sysctls: { "net.bridge.bridge-nf-call-iptables": "1" } }),
    commands: new FakeCommands().on(([program]) => ({ stderr: `${program} 1.0\nmore\n` })),
  });
}

test("finds out everything through ports", async () => {
  const { checks } = await examineHost(healthyPorts());
  const found = Object.fromEntries(checks.map(({ id, status, detail }) => [id, [status, detail]]));
  expect(found).toMatchObject({
    "engine-reachable": ["ok", expect.any(String)],
    "kernel-overlay": ["ok", "there"],
    "kernel-bridge-netfilter": ["ok", "there"],
    "kernel-packet-filter": ["ok", "there"],
    "inotify-max-user-watches": ["ok", "524288"],
    disk: ["ok", "100.0 GiB"],
    kubectl: ["ok", "kubectl 1.0"],
    jdk: ["ok", "javac 1.0"],
  });
});

test("an engine that does not answer is a finding, not a failure of the examination", async () => {
  const ports = healthyPorts();
  const engine = Object.assign(Object.create(ports.engine) as typeof ports.engine, {
    info: () => Promise.reject(new ToolError("engine-not-running", { address: "unix:///x.sock" })),
  });
  const { checks, status } = await examineHost({ ...ports, engine });
  expect(status).toBe("failure");
  expect(checks[0]).toMatchObject({ detail: "No container engine answers at unix:///x.sock." });
});

test("a program that hangs holds the examination up for a moment only", async () => {
  const ports = healthyPorts();
  const commands = new FakeCommands().on(([program], { signal }) => {
    if (program !== "docker") return { stdout: `${program} 1.0\n` };
    ports.clock.advance(15_000);
    return orAborted(new Promise(() => undefined), signal ?? AbortSignal.abort());
  });
  const { checks } = await examineHost({ ...ports, commands });
  expect(checks.find(({ id }) => id === "docker-cli")).toMatchObject({
    status: "ok",
    detail: "docker is there, but did not tell its version in time",
  });
});

test("programs that are not installed are warnings", async () => {
  const { checks, status } = await examineHost({ ...healthyPorts(), commands: new FakeCommands() });
  expect(checks.find(({ id }) => id === "kubectl")).toMatchObject({ status: "warning" });
  expect(status).toBe("warning");
});
