import { expect, test } from "vitest";
import {
  doNetworksOverlap,
  parseIpv4,
  parseNetwork,
  renderNetwork,
  type Ipv4Network,
} from "./ipv4.ts";

function network(text: string): Ipv4Network {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(`${text} is no network`);
  return parsed;
}

test.each([
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["10.244.3.7/16", "10.244.0.0/16"],
  ["255.255.255.255/32", "255.255.255.255/32"],
  ["192.168.1.255/0", "0.0.0.0/0"],
  ["172.17.0.0/16", "172.17.0.0/16"],
])("%s is the network %s", (text, expected) => {
  expect(renderNetwork(network(text))).toBe(expected);
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
  expect(parseNetwork(text)).toBeUndefined();
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
  expect(doNetworksOverlap(network(a), network(b))).toBe(expected);
});
