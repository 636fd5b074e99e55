import { expect, test } from "vitest";
import { FakeCommands } from "../../../test/fakes/fake-commands.ts";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { findRegistryCredentials } from "./registry-credentials.ts";

const auth = Buffer.from("me:pass:word").toString("base64");
const hub = "https://index.docker.io/v1/";

function find(image: string, config: object | string, commands = new FakeCommands()) {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const files = new FakeFiles({ "/home/me/.docker/config.json": text });
  return findRegistryCredentials(image, { env: {}, homeDirectory: "/home/me", files, commands });
}

test.each([
  ["busybox", hub],
  ["me/app:1", hub],
  ["docker.io/me/app:1", hub],
  ["ghcr.io/me/app", "ghcr.io"],
  ["localhost/app", "localhost"],
  ["box:5000/app", "box:5000"],
])("%s is of %s", async (image, registry) => {
  expect(await find(image, { auths: { [registry]: { auth } } })).toEqual({
    username: "me",
    password: "pass:word",
    serveraddress: registry,
  });
});

test("a token of a login by browser", async () => {
  const config = { auths: { "ghcr.io": { identitytoken: "t0ken" } } };
  expect(await find("ghcr.io/a", config)).toEqual({
    identitytoken: "t0ken",
    serveraddress: "ghcr.io",
  });
});

test("asks the registry's helper, else the store", async () => {
  const commands = new FakeCommands().on(([program], { stdin }) => ({
    stdout: JSON.stringify({ Username: program, Secret: stdin }),
  }));
  const config = { credsStore: "desktop", credHelpers: { "ghcr.io": "gh" } };
  expect(await find("ghcr.io/a", config, commands)).toMatchObject({
    username: "docker-credential-gh",
    password: "ghcr.io",
  });
  expect(await find("busybox", config, commands)).toMatchObject({
    username: "docker-credential-desktop",
    password: hub,
  });
});

test.each([
  ["no login", {}],
  ["a login elsewhere", { auths: { "ghcr.io": { auth } } }],
  ["a helper that is not installed", { credsStore: "desktop" }],
  ["a helper that is no program's name", { credsStore: "../../bin/x" }],
  ["an empty entry, as a store leaves it", { auths: { [hub]: {} } }],
  ["no JSON", "{"],
  ["no object", "null"],
])("%s is no credentials", async (_, config) => {
  expect(await find("busybox", config)).toBeUndefined();
});
