import { expect, test } from "vitest";
import { planCache, planCacheContainer } from "./plan-cache.ts";
import type { Login } from "./access/registry-access.ts";

const url = "https://registry.example";

function filesOf(login?: Login) {
  const host = { host: "registry.example", url, skipVerify: false, isCached: true, mirrors: [] };
  const cache = planCache(host.host, "airfield/registry:1");
  const access = login === undefined ? host : { ...host, login };
  return planCacheContainer(cache, { hosts: [access] }, access, "").files;
}

test("asks nobody at its start: the login comes from a program, also when there is none", () => {
  const [config, login] = filesOf();
  expect(JSON.parse(String(config?.content))).toMatchObject({
    proxy: { remoteurl: url, exec: { command: login?.path } },
  });
  expect(login).toMatchObject({
    mode: 0o700,
    content: `#!/bin/sh\ncat <<'END'\n{"Username":"","Secret":""}\nEND\n`,
  });
});

test("a login is in the program alone, with quotes and dollars as they are", () => {
  const [config, login] = filesOf({ username: "ci", password: `it's $HOME "x"` });
  expect(config?.content).not.toContain("HOME");
  expect(login?.content).toContain(String.raw`{"Username":"ci","Secret":"it's $HOME \"x\""}`);
});
