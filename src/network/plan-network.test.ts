import { describe, expect, test } from "vitest";
import { planNetwork, planSubnet } from "./plan-network.ts";

describe("planSubnet", () => {
  test("takes the first subnet that overlaps with nothing known", () => {
    expect(planSubnet(undefined, ["10.213.0.0/24", "10.213.1.0/25", "192.168.0.0/16"])).toBe(
      "10.213.2.0/24",
    );
  });

  test("does not stumble over IPv6 networks", () => {
    expect(planSubnet(undefined, ["fd00::/64", "10.96.0.0/16"])).toBe("10.213.0.0/24");
  });

  test("refuses when a wide network covers all it could use", () => {
    expect(() => planSubnet(undefined, ["10.0.0.0/8"])).toThrow(
      expect.objectContaining({ code: "no-free-subnet", exitCode: 4 }),
    );
  });

  test.each([
    ["overlaps with another network", "10.9.8.0/24", ["10.9.0.0/16"]],
    ["is too small for fixed and dynamic addresses", "10.9.8.0/28", []],
  ])("refuses the user's subnet when it %s", (_reason, subnet, taken) => {
    expect(() => planSubnet(subnet, taken)).toThrow(`Subnet ${subnet}`);
  });
});

test("a cluster's network gives fixed addresses from its lower half, dynamic ones from the upper", () => {
  const network = planNetwork("airfield-demo", "10.213.7.0/24", {});
  expect(network.spec.dynamicRange).toBe("10.213.7.128/25");
  expect([
    network.registryAddress,
    network.controlPlaneAddress(0),
    network.workerAddress(1),
  ]).toEqual(["10.213.7.2", "10.213.7.10", "10.213.7.21"]);
});
