import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { resolveEngineAddress } from "./resolve-engine-address.ts";

const home = "/home/me";

function resolve(env: Record<string, string>, files: Record<string, string> = {}) {
  return resolveEngineAddress({ env, homeDirectory: home, files: new FakeFiles(files) });
}

function contextFile(name: string, directory = `${home}/.docker`): string {
  const id = createHash("sha256").update(name).digest("hex");
  return `${directory}/contexts/meta/${id}/meta.json`;
}

const meta = (host: string) => JSON.stringify({ Endpoints: { docker: { Host: host } } });

test.each([
  ["unix:///run/other.sock", { url: "unix:///run/other.sock", socketPath: "/run/other.sock" }],
  ["unix://", { url: "unix:///var/run/docker.sock", socketPath: "/var/run/docker.sock" }],
  ["/run/other.sock", { url: "unix:///run/other.sock", socketPath: "/run/other.sock" }],
  ["tcp://box:2375", { url: "tcp://box:2375", host: "box", port: 2375 }],
  ["tcp://box", { url: "tcp://box", host: "box", port: 2375 }],
  ["box:1234", { url: "box:1234", host: "box", port: 1234 }],
])("DOCKER_HOST=%s", async (host, address) => {
  expect(await resolve({ DOCKER_HOST: host })).toEqual(address);
});

test("DOCKER_TLS_VERIFY takes the certificates of DOCKER_CERT_PATH", async () => {
  const env = { DOCKER_HOST: "tcp://box", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
  const files = { "/certs/ca.pem": "CA", "/certs/cert.pem": "CERT", "/certs/key.pem": "KEY" };
  expect(await resolve(env, files)).toEqual({
    url: "tcp://box",
    host: "box",
    port: 2376,
    tls: { ca: "CA", cert: "CERT", key: "KEY" },
  });
});

test("without DOCKER_HOST it is the current context of the docker command", async () => {
  const files = {
    [`${home}/.docker/config.json`]: JSON.stringify({ currentContext: "rootless" }),
    [contextFile("rootless")]: meta("unix:///run/user/1000/docker.sock"),
    "/var/run/docker.sock": "",
  };
  expect(await resolve({}, files)).toMatchObject({ socketPath: "/run/user/1000/docker.sock" });
});

test("DOCKER_CONTEXT and DOCKER_CONFIG come before the file", async () => {
  const files = {
    "/cfg/config.json": JSON.stringify({ currentContext: "other" }),
    [contextFile("mine", "/cfg")]: meta("tcp://box:2375"),
  };
  const env = { DOCKER_CONTEXT: "mine", DOCKER_CONFIG: "/cfg" };
  expect(await resolve(env, files)).toMatchObject({ host: "box", port: 2375 });
});

test.each([
  [{}, ["/var/run/docker.sock", "/run/user/1000/docker.sock"], "/var/run/docker.sock"],
  [{}, ["/run/user/1000/docker.sock"], "/run/user/1000/docker.sock"],
  [{}, [`${home}/.docker/run/docker.sock`], `${home}/.docker/run/docker.sock`],
  [{ DOCKER_CONTEXT: "default" }, ["/var/run/docker.sock"], "/var/run/docker.sock"],
  [{}, [], "/var/run/docker.sock"],
])("else it is the first usual socket that exists (%j %j)", async (env, sockets, expected) => {
  const files = Object.fromEntries(sockets.map((socket) => [socket, ""]));
  const address = await resolve({ XDG_RUNTIME_DIR: "/run/user/1000", ...env }, files);
  expect(address).toEqual({ url: `unix://${expected}`, socketPath: expected });
});

test.each([
  [{ DOCKER_HOST: "ssh://me@box" }, {}, "behind SSH"],
  [{ DOCKER_HOST: "ftp://box" }, {}, "neither"],
  [{ DOCKER_CONTEXT: "gone" }, {}, "no such context"],
  [{ DOCKER_CONTEXT: "k8s" }, { [contextFile("k8s")]: "{}" }, "no Docker endpoint"],
  [{}, { [`${home}/.docker/config.json`]: "{" }, "not JSON"],
])("refuses %j", async (env, files, reason) => {
  await expect(resolve(env, files)).rejects.toMatchObject({
    code: "engine-address-invalid",
    message: expect.stringContaining(reason) as string,
  });
});
