import { expect, test } from "vitest";
import { ToolError } from "../errors/tool-error.ts";
import { loadConfig } from "./load-config.ts";

const head = "apiVersion: airfield.dev/v1\nkind: Cluster\n";

function load(text: string) {
  return loadConfig({ text: head + text, file: "f", folder: "/shop" }).cluster;
}

function faults(text: string): readonly string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ToolError && error.code === "invalid-config")
      return (error as ToolError<"invalid-config">).facts.faults.map(
        ({ line, path, reason }) => `${line} ${path}: ${reason}`,
      );
    throw error;
  }
  return [];
}

test("paths of certificates and passwords begin at the folder of the file", () => {
  const { registries } = load(`registries:
  caFiles: [corp.pem]
  hosts:
    - host: registry.example:5000
      caFile: ca.pem
      mirrors:
        - url: https://mirror.example
          username: me
          passwordFile: ../pw
`);
  expect(registries).toMatchObject({
    caFiles: ["/shop/corp.pem"],
    hosts: [{ caFile: "/shop/ca.pem", mirrors: [{ passwordFile: "/pw" }] }],
  });
});

test("a password in the file is refused and never shown", () => {
  const found = faults(`registries:
  hosts:
    - host: registry.example
      username: me
      password: hunter2-hunter2
proxy:
  httpsProxy: http://me:hunter2-hunter2@proxy:1
`);
  expect(found.map((fault) => fault.split(":")[0])).toEqual([
    "7 registries.hosts[0].password",
    "9 proxy.httpsProxy",
  ]);
  expect(found.join("\n")).toContain("${env:NAME}");
  expect(found.join("\n")).not.toContain("hunter2");
});

test.each([
  [
    "registries:\n  caches: [docker.io, docker.io]",
    "4 registries.caches[1]: docker.io is given twice",
  ],
  ["registries:\n  caches: [docker]", "as docker.io or registry.example:5000"],
  ["registries:\n  caches: [registry-1.docker.io]", "images name it docker.io"],
  [
    "registries:\n  hosts:\n    - host: a.b\n    - host: a.b",
    "6 registries.hosts[1].host: a.b is given",
  ],
  [
    "registries:\n  hosts:\n    - host: a.b\n      username: me",
    "a password or passwordFile is missing",
  ],
  ["registries:\n  hosts:\n    - host: a.b\n      passwordFile: p", "a username is missing"],
  ["registries:\n  hosts:\n    - host: a.b\n      url: ftp://a.b", "it is no URL"],
  [
    "registries:\n  hosts:\n    - host: a.b\n      url: https://u:p@a.b",
    "a login does not belong into a URL",
  ],
  [
    "registries:\n  hosts:\n    - host: a.b\n      url: http://a.b\n      skipVerify: true",
    "7 registries.hosts[0].skipVerify: an http:// address has no certificates",
  ],
  [
    "registries:\n  caches: [a.b]\n  hosts:\n    - host: a.b\n      skipVerify: true",
    "a cache checks certificates",
  ],
  [
    "registries:\n  hosts:\n    - host: a.b\n      clientCertFile: c",
    "a certificate needs its key",
  ],
  ["registry:\n  name: shared\n  port: 5001", "5 registry.port: the shared registry shared"],
  ["registry:\n  name: shared\n  keepData: true", "registry.keepData"],
  ["registry:\n  name: demo-registry", 'names that end with "-registry"'],
  ["proxy:\n  httpProxy: proxy:3128", "3 proxy.httpProxy".replace("3", "4")],
])("refuses %j", (text, expected) => {
  const found = faults(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(expected);
});
