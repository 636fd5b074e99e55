import { describe, expect, test } from "vitest";
import { routedSubnets } from "./routed-subnets.ts";
import { SystemHost } from "./system-host.ts";

describe("routed subnets", () => {
  test("reads the kernel's table, without the default route and what is down", () => {
    const table = [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
      "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
      "tun0\t0000000A\t00000000\t0000\t0\t0\t0\t000000FF\t0\t0\t0",
      "tun0\t0101A8C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
      "",
    ].join("\n");
    expect(routedSubnets(table)).toEqual(["192.0.2.0/24", "172.17.0.0/16", "192.168.1.1/32"]);
  });

  test("nothing is nothing", () => {
    expect(routedSubnets("")).toEqual([]);
  });
});

test("tells facts of this machine", async () => {
  const facts = await new SystemHost().facts();
  expect(facts.os).toBe(process.platform);
  expect(facts.cpus).toBeGreaterThan(0);
  expect(facts.availableMemoryBytes).toBeGreaterThan(0);
  expect(facts.availableMemoryBytes).toBeLessThanOrEqual(facts.memoryBytes);
  for (const subnet of facts.subnets) expect(subnet).toMatch(/^(\d+\.){3}\d+\/\d+$/);
});

test("knows free space and settings, and what it does not know", async () => {
  const host = new SystemHost();
  expect(await host.freeDiskBytes("/")).toBeGreaterThan(0);
  expect(await host.freeDiskBytes("/airfield/no/such/folder")).toBeUndefined();
  expect(await host.sysctl("airfield.no.such.setting")).toBeUndefined();
});

test.runIf(process.platform === "linux")("reads a setting of the kernel", async () => {
  expect(await new SystemHost().sysctl("kernel.ostype")).toBe("Linux");
});
