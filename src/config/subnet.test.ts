import { expect, test } from "vitest";
import { doSubnetsOverlap, parseIpv4, parseSubnet, renderSubnet, type Subnet } from "./subnet.ts";

function subnet(text: string): Subnet {
  const parsed = parseSubnet(text);
  if (parsed === undefined) throw new Error(`${text} is no subnet`);
  return parsed;
}

test.each([
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["10.244.3.7/16", "10.244.0.0/16"],
  ["255.255.255.255/32", "255.255.255.255/32"],
  ["192.168.1.255/0", "0.0.0.0/0"],
])("%s is the network %s", (text, network) => {
  expect(renderSubnet(subnet(text))).toBe(network);
});

test.each([
  "",
  "10.0.0.0",
  "10.0.0/8",
  "10.0.0.0/33",
  "10.0.0.0/08",
  "010.0.0.0/8",
  "10.0.0.256/8",
  "10.0.0.0/8/8",
  "10.0.0.0 /8",
  "fd00::/8",
  "1e1.0.0.0/8",
])("%j is no network", (text) => {
  expect(parseSubnet(text)).toBeUndefined();
});

test("addresses are numbers in order", () => {
  expect(parseIpv4("0.0.1.2")).toBe(258);
  expect(parseIpv4("255.255.255.255")).toBe(2 ** 32 - 1);
});

test.each([
  ["10.0.0.0/8", "10.244.0.0/16", true],
  ["10.244.0.0/16", "10.0.0.0/8", true],
  ["10.0.0.0/24", "10.0.1.0/24", false],
  ["10.0.0.0/24", "10.0.0.255/32", true],
  ["0.0.0.0/0", "200.0.0.0/24", true],
])("whether %s and %s overlap: %s", (a, b, expected) => {
  expect(doSubnetsOverlap(subnet(a), subnet(b))).toBe(expected);
});
