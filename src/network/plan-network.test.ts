import { describe, expect, test } from "vitest";
import { formatCidr, overlaps, parseCidr } from "./cidr.ts";
import { planNetwork, planSubnet } from "./plan-network.ts";

describe("parseCidr", () => {
  test.each([
    ["10.213.4.7/24", "10.213.4.0/24"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["255.255.255.255/32", "255.255.255.255/32"],
    ["172.17.0.0/16", "172.17.0.0/16"],
  ])("reads %s as %s", (text, expected) => {
    const cidr = parseCidr(text);
    expect(cidr === undefined ? undefined : formatCidr(cidr)).toBe(expected);
  });

  test.each(["", "10.0.0.0", "10.0.0.256/8", "10.0.0.0/33", "fd00::/8", "a.b.c.d/8"])(
    "does not take %j for an IPv4 network",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  test("sees that networks overlap in either direction", () => {
    const [wide, narrow, other] = ["10.0.0.0/8", "10.9.0.0/16", "11.0.0.0/16"].map(parseCidr);
    if (wide === undefined || narrow === undefined || other === undefined)
      throw new Error("not parsed");
    expect([overlaps(wide, narrow), overlaps(narrow, wide), overlaps(narrow, other)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

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
