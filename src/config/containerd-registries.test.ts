import { describe, expect, test } from "vitest";
import {
  faultsOfOldRegistries,
  faultsOfOldRegistryOperations,
  hostsOfPatch,
  registriesOfPatches,
} from "./containerd-registries.ts";

const registry = 'plugins."io.containerd.grpc.v1.cri".registry';

function registriesOf(...containerdConfigPatches: string[]) {
  return registriesOfPatches({ containerdConfigPatches, containerdConfigPatchesJSON6902: [] });
}

const plain = { isWholePath: false, skipVerify: false };

test("a mirror is asked before the registry itself", () => {
  expect(
    registriesOf(`[${registry}.mirrors."docker.io"]
endpoint = ["https://mirror.example", "cache.example:5000"]
[${registry}.mirrors."localhost:5000"]
endpoint = ["http://kind-registry:5000"]`),
  ).toEqual([
    {
      host: "docker.io",
      url: undefined,
      ...plain,
      mirrors: [
        { url: "https://mirror.example", ...plain },
        { url: "https://cache.example:5000", ...plain },
      ],
    },
    {
      host: "localhost:5000",
      url: "http://localhost:5000",
      ...plain,
      mirrors: [{ url: "http://kind-registry:5000", ...plain }],
    },
  ]);
});

test("a registry that is its own mirror is told how it is reached", () => {
  expect(
    registriesOf(`[${registry}.mirrors."my.registry:5000"]
endpoint = ["http://my.registry:5000"]`),
  ).toEqual([{ host: "my.registry:5000", url: "http://my.registry:5000", ...plain, mirrors: [] }]);
});

test("a path is where the API is, unless it is /v2", () => {
  const [first] = registriesOf(`[${registry}.mirrors."docker.io"]
endpoint = ["https://a.example/v2/", "https://b.example/v2/hub/"]`);
  expect(first?.mirrors).toEqual([
    { url: "https://a.example", ...plain },
    { url: "https://b.example/v2/hub", ...plain, isWholePath: true },
  ]);
});

test("certificates and logins go to every endpoint of their host", () => {
  const found = registriesOf(
    `[${registry}.mirrors."docker.io"]
endpoint = ["https://mirror.example"]
[${registry}.configs."mirror.example".auth]
username = "ann"
password = "secret"`,
    `[${registry}.configs."mirror.example".tls]
ca_file = "/ca.pem"
cert_file = "/cert.pem"
key_file = "/key.pem"
[${registry}.configs."registry-1.docker.io".auth]
auth = "${Buffer.from("bob:pass:word").toString("base64")}"`,
  );
  const mirror = {
    url: "https://mirror.example",
    ...plain,
    authorityPath: "/ca.pem",
    client: { certificatePath: "/cert.pem", keyPath: "/key.pem" },
    login: { username: "ann", password: "secret" },
  };
  expect(found).toMatchObject([
    { host: "docker.io", login: { username: "bob", password: "pass:word" }, mirrors: [mirror] },
    { host: "mirror.example", mirrors: [], login: { username: "ann" } },
  ]);
});

test("mirrors of * are those of all registries that have none of their own", () => {
  const found = registriesOf(`[${registry}.mirrors."*"]
endpoint = ["http://cache:5000"]
[${registry}.configs."quay.io".tls]
insecure_skip_verify = true`);
  expect(found).toMatchObject([
    { host: "*", mirrors: [{ url: "http://cache:5000" }] },
    { host: "quay.io", skipVerify: true, mirrors: [{ url: "http://cache:5000" }] },
  ]);
});

test("the oldest form, logins by URL, and version 3's name of the plugin are read too", () => {
  expect(
    registriesOf(`[${registry}.auths."https://gcr.io"]
username = "ann"
password = "secret"`),
  ).toMatchObject([{ host: "gcr.io", login: { username: "ann" } }]);
  expect(
    registriesOf(`version = 3
[plugins."io.containerd.cri.v1.images".registry.mirrors."quay.io"]
endpoint = ["http://cache:5000"]`),
  ).toMatchObject([{ host: "quay.io" }]);
});

test("JSON 6902 patches are read like the others", () => {
  const path = "/plugins/io.containerd.grpc.v1.cri/registry/mirrors";
  expect(
    registriesOfPatches({
      containerdConfigPatches: [],
      containerdConfigPatchesJSON6902: [
        `- {op: add, path: ${path}, value: {quay.io: {endpoint: ["http://cache:5000"]}}}
- {op: add, path: /disabled_plugins/-, value: x}`,
      ],
    }),
  ).toMatchObject([{ host: "quay.io", mirrors: [{ url: "http://cache:5000" }] }]);
  expect(
    faultsOfOldRegistryOperations(`- {op: remove, path: ${path}/quay.io}`)[0]?.reason,
  ).toContain("there is no such path");
});

describe("what has no counterpart is refused with its line", () => {
  test.each([
    ...["../../etc", "a/b", "..", "a b"].flatMap((host) =>
      ["mirrors", "configs"].map((table) => ({
        text: `\n[${registry}.${table}."${host}"]`,
        what: "it is no registry as images name one",
        at: 2,
      })),
    ),
    { text: `\n[${registry}.headers]\nX-Meta = ["a"]`, what: "headers", at: 2 },
    {
      text: `[${registry}.mirrors."a.example"]\nendpoint = []\nrewrite = "x"`,
      what: "mirrors.a.example.rewrite",
      at: 3,
    },
    {
      text: `[${registry}.configs."a.example".auth]\nidentitytoken = "x"`,
      what: "identitytoken",
      at: 2,
    },
    {
      text: `[${registry}.configs."a.example".tls]\ncert_file = "/x"`,
      what: "a certificate needs its key",
      at: 1,
    },
    {
      text: `[${registry}.mirrors."a.example"]\nendpoint = ["http://"]`,
      what: "is no URL",
      at: 2,
    },
    {
      text: `[${registry}.mirrors."a.example"]\nendpoint = "http://a"`,
      what: "a list of URLs",
      at: 2,
    },
  ])("$what", ({ text, what, at }) => {
    const [fault] = faultsOfOldRegistries(text);
    expect(fault?.reason).toContain(what);
    expect(fault?.line).toBe(at);
  });

  test("also in dotted and inline TOML", () => {
    const text = `[plugins]
[plugins."io.containerd.grpc.v1.cri"]
registry.configs."a.example" = { tls = { insecure_skip_verify = "yes" } }`;
    expect(faultsOfOldRegistries(text)).toMatchObject([{ line: 3 }]);
    expect(hostsOfPatch(text)).toEqual([{ host: "a.example", line: 3 }]);
  });
});
