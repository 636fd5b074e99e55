import { describe, expect, test } from "vitest";
import { aClusterConfig, type ClusterConfigWishes } from "../../../test/fakes/a-cluster-config.ts";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { FakeHost } from "../../../test/fakes/fake-host.ts";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { readRegistryAccess } from "./read-registry-access.ts";

function read(
  config: Pick<ClusterConfigWishes, "registries" | "proxy">,
  world: {
    readonly files?: Readonly<Record<string, string>>;
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
) {
  const ports = fakePorts({
    files: new FakeFiles(world.files),
    host: new FakeHost({ variables: world.variables ?? {} }),
  });
  return { ports, access: readRegistryAccess(aClusterConfig(config), ports) };
}

const aHost = { host: "registry.example", skipVerify: false, mirrors: [] };

test("a registry that is only cached answers at its own address, Docker Hub at the one it has", async () => {
  const { access } = read({ registries: { caches: ["docker.io", "ghcr.io"] } });
  expect((await access).hosts).toMatchObject([
    { host: "docker.io", url: "https://registry-1.docker.io", isCached: true },
    { host: "ghcr.io", url: "https://ghcr.io", isCached: true },
  ]);
});

describe("passwords", () => {
  const login = (password: object) => ({
    registries: { hosts: [{ ...aHost, username: "me", ...password }] },
  });

  test("come from a variable, or from a file without the newline at its end", async () => {
    const byVariable = read(login({ password: "${env:PW}" }), { variables: { PW: "secret" } });
    const byFile = read(login({ passwordFile: "/pw" }), { files: { "/pw": "secret\n" } });
    for (const { access } of [byVariable, byFile])
      expect((await access).hosts[0]?.login).toEqual({ username: "me", password: "secret" });
  });

  test("are missed by the name of the variable or the file", async () => {
    await expect(read(login({ password: "${env:PW}" })).access).rejects.toMatchObject({
      code: "secret-missing",
      facts: { source: "the environment variable PW" },
    });
    await expect(read(login({ passwordFile: "/pw" })).access).rejects.toMatchObject({
      code: "file-not-found",
    });
    const empty = read(login({ passwordFile: "/pw" }), { files: { "/pw": "\n" } });
    await expect(empty.access).rejects.toMatchObject({ code: "secret-missing" });
  });
});

describe("certificates", () => {
  const caFile = (text: string) =>
    read(
      { registries: { hosts: [{ ...aHost, caFile: "/ca.pem" }] } },
      { files: { "/ca.pem": text } },
    );

  test.each([
    { text: "", says: "BEGIN CERTIFICATE" },
    { text: "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", says: "BEGIN CERT" },
    { text: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", says: "no cert" },
  ])("are refused when they are none: $says", async ({ text, says }) => {
    const refused = expect(caFile(text).access).rejects;
    await refused.toMatchObject({ code: "certificate-invalid", facts: { path: "/ca.pem" } });
    await expect(caFile(text).access).rejects.toThrow(says);
  });

  test("that may not be read, and folders, are told as such", async () => {
    const { ports } = read({});
    ports.files.put("/ca.pem", "x").unreadable.add("/ca.pem");
    const config = aClusterConfig({ registries: { caFiles: ["/ca.pem"] } });
    await expect(readRegistryAccess(config, ports)).rejects.toMatchObject({
      code: "file-unreadable",
    });
  });
});

describe("the proxy", () => {
  const variables = { HTTPS_PROXY: "http://proxy:3128", no_proxy: "a.example, b.example" };

  test("of this machine is taken when the config names none", async () => {
    expect((await read({}, { variables }).access).proxy).toEqual({
      httpsProxy: "http://proxy:3128",
      noProxy: ["a.example", "b.example"],
      isFromHost: true,
    });
  });

  test("of this machine is left when the config names one, or does not want it", async () => {
    const named = read({ proxy: { httpProxy: "http://other:1" } }, { variables });
    expect((await named.access).proxy).toEqual({
      httpProxy: "http://other:1",
      noProxy: [],
      isFromHost: false,
    });
    const unwanted = read({ proxy: { fromHost: false } }, { variables });
    expect((await unwanted.access).proxy).toBeUndefined();
  });

  test("on this machine's loopback is of no use to nodes, and is said to be", async () => {
    const { ports, access } = read(
      {},
      { variables: { HTTP_PROXY: "http://me:pw@127.0.0.1:8888" } },
    );
    expect((await access).proxy).toBeUndefined();
    expect(ports.reporter.events).toMatchObject([{ type: "warning", code: "proxy-unreachable" }]);
  });

  test("in a variable that holds no URL is refused without showing it", async () => {
    const { access } = read(
      { proxy: { httpProxy: "${env:P}" } },
      { variables: { P: "hunter2 hunter2" } },
    );
    await expect(access).rejects.toMatchObject({ code: "proxy-invalid" });
    await expect(access).rejects.not.toThrow("hunter2");
  });
});
