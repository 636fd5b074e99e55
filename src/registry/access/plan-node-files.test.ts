import { describe, expect, test } from "vitest";
import { planNodeChange } from "./node-change.ts";
import { planCache } from "../plan-cache.ts";
import { planNodeFiles, recordPath } from "./plan-node-files.ts";
import { hostsOfPatches } from "./read-registry-access.ts";
import type { HostAccess, RegistryAccess } from "./registry-access.ts";

const aHost = (wishes: Partial<HostAccess>): HostAccess => ({
  host: "registry.example:5000",
  url: "https://registry.example:5000",
  isCached: false,
  skipVerify: false,
  mirrors: [],
  ...wishes,
});

function filesOf(access: RegistryAccess, caches = [] as readonly string[]) {
  return planNodeFiles({
    registry: undefined,
    caches: caches.map((host) => planCache(host, "airfield/registry:1")),
    access,
    direct: ["localhost", "10.213.0.0/24"],
  });
}

const find = (files: ReturnType<typeof filesOf>, path: string) =>
  files.find((file) => file.path === path);

describe("hosts.toml", () => {
  const path = "/etc/containerd/certs.d/registry.example:5000/hosts.toml";

  test("asks the cache first, then the mirrors, then the registry itself", () => {
    const mirrors = [{ url: "https://mirror.example", skipVerify: true }];
    const files = filesOf({ hosts: [aHost({ isCached: true, mirrors })] }, [
      "registry.example:5000",
    ]);
    expect(find(files, path)?.content).toMatchInlineSnapshot(`
      "server = "https://registry.example:5000"

      [host."http://airfield-cache-registry.example-5000:5000"]
        capabilities = ["pull", "resolve"]

      [host."https://mirror.example"]
        capabilities = ["pull", "resolve"]
        skip_verify = true
      "
    `);
  });

  test("names the authority and the client's certificate, which lie beside it; the key is root's alone", () => {
    const client = { certificate: "CERTIFICATE", key: "KEY" };
    const files = filesOf({ hosts: [aHost({ authority: "CA", client })] });
    const folder = "/etc/containerd/certs.d/registry.example:5000";
    expect(find(files, path)?.content).toBe(
      [
        'server = "https://registry.example:5000"',
        `ca = "${folder}/registry-ca.pem"`,
        `client = [["${folder}/registry-client.pem", "${folder}/registry-client-key.pem"]]`,
        "",
      ].join("\n"),
    );
    expect(find(files, `${folder}/registry-client-key.pem`)).toMatchObject({
      content: "KEY",
      mode: 0o600,
    });
  });

  test("carries a mirror's login in a header, and is root's alone then", () => {
    const login = { username: "me", password: 'a"b' };
    const mirrors = [{ url: "https://mirror.example", skipVerify: false, login }];
    const file = find(filesOf({ hosts: [aHost({ mirrors })] }), path);
    const value = Buffer.from('me:a"b').toString("base64");
    expect(file?.content).toContain(`[host."https://mirror.example".header]`);
    expect(file?.content).toContain(`Authorization = "Basic ${value}"`);
    expect(file?.mode).toBe(0o600);
  });
});

test("logins are the kubelet's, that of Docker Hub by the name it looks for", () => {
  const login = { username: "me", password: "pw" };
  const hosts = [aHost({ login }), aHost({ host: "docker.io", login })];
  const file = find(filesOf({ hosts }), "/var/lib/kubelet/config.json");
  expect(file?.mode).toBe(0o600);
  expect(JSON.parse(String(file?.content))).toEqual({
    auths: {
      "registry.example:5000": { ...login, auth: "bWU6cHc=" },
      "https://index.docker.io/v1/": { ...login, auth: "bWU6cHc=" },
    },
  });
});

test("a proxy is containerd's, with what is reached directly; what systemd would read is escaped", () => {
  const proxy = {
    httpProxy: 'http://me:p%22"\\@proxy:3128',
    noProxy: [".corp.example"],
    isFromHost: false,
  };
  const file = find(
    filesOf({ hosts: [], proxy }),
    "/etc/systemd/system/containerd.service.d/20-airfield-proxy.conf",
  );
  expect(file?.mode).toBe(0o600);
  expect(file?.content).toBe(
    [
      "[Service]",
      'Environment="HTTP_PROXY=http://me:p%%22\\"\\\\@proxy:3128"',
      'Environment="NO_PROXY=localhost,10.213.0.0/24,.corp.example"',
      "",
    ].join("\n"),
  );
});

describe("a change of a node", () => {
  const login = { username: "me", password: "pw" };
  const before = filesOf({ hosts: [aHost({ login })], authorities: "CA" });
  const contents = new Map(before.map(({ path, content }) => [path, String(content)]));
  const found = { contents, isUnfinished: false };

  test("is none when all is there", () => {
    expect(planNodeChange(before, found)).toEqual({ written: [], removed: [], restarted: [] });
  });

  test("restarts only what reads the file", () => {
    const url = "http://other.example";
    expect(
      planNodeChange(filesOf({ hosts: [aHost({ login, url })], authorities: "CA" }), found),
    ).toEqual({
      written: ["/etc/containerd/certs.d/registry.example:5000/hosts.toml", recordPath],
      removed: [],
      restarted: [],
    });
    const other = { ...login, password: "other" };
    expect(
      planNodeChange(filesOf({ hosts: [aHost({ login: other })], authorities: "CA" }), found),
    ).toMatchObject({ restarted: ["kubelet"] });
  });

  test("removes what is no longer said", () => {
    expect(planNodeChange(filesOf({ hosts: [] }), found)).toEqual({
      written: [recordPath],
      removed: [
        "/etc/containerd/certs.d/registry.example:5000/hosts.toml",
        "/etc/ssl/certs/airfield-ca.pem",
        "/var/lib/kubelet/config.json",
      ],
      restarted: ["containerd", "kubelet"],
    });
  });

  test("restarts all after an update that was interrupted", () => {
    expect(planNodeChange(before, { ...found, isUnfinished: true })).toMatchObject({
      written: [],
      restarted: ["containerd", "kubelet"],
    });
  });
});

describe("registries of containerd's patches", () => {
  const registry = 'plugins."io.containerd.grpc.v1.cri".registry';
  const patched = (text: string) =>
    hostsOfPatches({ containerdConfigPatches: [text], containerdConfigPatchesJSON6902: [] });

  test("become hosts.toml files and logins, with the files that the node has", () => {
    const hosts = patched(`[${registry}.mirrors."docker.io"]
endpoint = ["https://mirror.example/hub"]
[${registry}.configs."mirror.example".tls]
ca_file = "/certs/ca.pem"
[${registry}.configs."registry-1.docker.io".auth]
username = "ann"
password = "secret"
[${registry}.mirrors."*"]
endpoint = ["http://cache:5000"]`);
    const files = filesOf({ hosts });
    expect(find(files, "/etc/containerd/certs.d/docker.io/hosts.toml")?.content).toBe(
      `server = "https://registry-1.docker.io"

[host."https://mirror.example/hub"]
  capabilities = ["pull", "resolve"]
  ca = "/certs/ca.pem"
  override_path = true
`,
    );
    expect(find(files, "/etc/containerd/certs.d/_default/hosts.toml")?.content).toBe(
      `
[host."http://cache:5000"]
  capabilities = ["pull", "resolve"]
`,
    );
    expect(find(files, "/var/lib/kubelet/config.json")?.content).toContain("index.docker.io");
  });

  test("go before the cluster's own registry where both have one name", () => {
    const files = planNodeFiles({
      registry: { name: "localhost:5001", host: "demo-registry:5000" },
      caches: [],
      access: {
        hosts: patched(
          `[${registry}.mirrors."localhost:5001"]\nendpoint = ["http://kind-registry:5000"]`,
        ),
      },
      direct: [],
    });
    const written = files.filter(({ path }) => path.endsWith("/localhost:5001/hosts.toml"));
    expect(written.map(({ content }) => content)).toEqual([
      `server = "http://demo-registry:5000"

[host."http://kind-registry:5000"]
  capabilities = ["pull", "resolve"]
`,
    ]);
  });
});
