import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { continueList, readNamesRequest } from "./names-request.ts";

const read = (
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
) =>
  readNamesRequest(words, {
    ...{ env, homeDirectory: "/home/me", workingDirectory: "/home/dev" },
    files: new FakeFiles(files),
  });

const file = { "/home/dev/airfield.yaml": 'version: 1\nname: "from-file" # mine\nnodes: []\n' };

test.each([
  [["logs", "--name", "flag", ""], { AIRFIELD_CLUSTER: "env" }, file, "flag"],
  [["logs", "--name=flag", ""], {}, {}, "flag"],
  [["logs", "--name", "first", "--name", "last", ""], {}, {}, "last"],
  [["logs", ""], { AIRFIELD_CLUSTER: "env" }, file, "env"],
  [["logs", ""], {}, file, "from-file"],
  [["logs", "--config", "ci.yaml", ""], {}, { "/home/dev/ci.yaml": "name: ci" }, "ci"],
  [["logs", ""], {}, {}, "airfield"],
  // Still being typed: no value yet.
  [["logs", "--name", "fl"], {}, file, "from-file"],
])("%j asks about the cluster that the command would be about", async (words, env, files, name) => {
  expect(await read(["applications", ...words], env, files)).toMatchObject({
    kind: "applications",
    cluster: name,
  });
});

test("the kubeconfigs are kubectl's", async () => {
  const kubeconfigs = async (words: readonly string[], env = {}) =>
    (await read(["contexts", ...words], env))?.kubeconfigs;
  expect(await kubeconfigs(["up", "--context", ""])).toEqual(["/home/me/.kube/config"]);
  expect(await kubeconfigs(["up", "--context", ""], { KUBECONFIG: "a:/b" })).toEqual([
    "/home/dev/a",
    "/b",
  ]);
  expect(await kubeconfigs(["up", "--kubeconfig", "/c", "--context", ""])).toEqual(["/c"]);
});

test("the context goes with a command on another cluster", async () => {
  expect(await read(["applications", "down", "--context", "prod", ""])).toMatchObject({
    context: "prod",
  });
});

test.each([[[]], [["pods"]], [["Clusters", ""]]])("%j asks for nothing", async (words) => {
  expect(await read(words)).toBeUndefined();
});

test.each([
  ["", ["a", "b"]],
  ["a", ["a", "b"]],
  ["a,", ["a,b"]],
  ["b,x", ["b,a"]],
  ["a,b,", []],
])("after %j come %j", (typed, offered) => {
  expect(continueList(["a", "b"], typed)).toEqual(offered);
});
