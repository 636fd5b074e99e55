import { describe, expect, test } from "vitest";
import {
  chooseAscii,
  choose,
  chooseColour,
  chooseClusterName,
  chooseImagePolicy,
  chooseProgress,
  isJsonProgress,
  kubeconfigCandidates,
} from "./settings.ts";

test("a flag goes before the environment, that before the file, that before the default", () => {
  const all = { flag: "flag", env: "env", file: "file", fallback: "default" };
  expect(choose(all)).toBe("flag");
  expect(choose({ ...all, flag: undefined })).toBe("env");
  expect(choose({ ...all, flag: undefined, env: "" })).toBe("file");
  expect(choose({ ...all, flag: undefined, env: undefined, file: undefined })).toBe("default");
});

test.each<[Record<string, string>, boolean, boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "0" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ NO_COLOR: "1", FORCE_COLOR: "1", CLICOLOR_FORCE: "1" }, true, false],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "3" }, false, true],
  [{ FORCE_COLOR: "true" }, false, true],
  [{ FORCE_COLOR: "" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "false" }, true, false],
  [{ FORCE_COLOR: "1", TERM: "dumb" }, false, true],
  [{ TERM: "dumb" }, true, false],
  [{ TERM: "xterm" }, true, true],
  [{ TERM: "xterm" }, false, false],
  [{ CLICOLOR: "0" }, true, false],
  [{ CLICOLOR: "1" }, true, true],
  [{ CLICOLOR: "1" }, false, false],
  [{ CLICOLOR_FORCE: "1" }, false, true],
  [{ CLICOLOR_FORCE: "0" }, false, false],
  [{ CLICOLOR: "0", CLICOLOR_FORCE: "1" }, false, true],
])("with %j and a terminal: %j, there is colour: %j", (env, isTerminal, expected) => {
  expect(chooseColour({ env, isTerminal })).toBe(expected);
});

describe("cluster name", () => {
  const none = { flag: undefined, env: {}, file: undefined };

  test.each([
    [{ ...none }, "airfield"],
    [{ ...none, file: "shop" }, "shop"],
    [{ ...none, file: "shop", env: { AIRFIELD_CLUSTER: "env" } }, "env"],
    [{ ...none, env: { AIRFIELD_CLUSTER: "env" }, flag: "flag" }, "flag"],
    [{ ...none, env: { AIRFIELD_CLUSTER: "env" }, argument: "word" }, "word"],
    [{ ...none, flag: "same", argument: "same" }, "same"],
  ])("%j", (sources, name) => {
    expect(chooseClusterName(sources)).toBe(name);
  });

  test("refuses an argument and a flag that differ", () => {
    expect(() => chooseClusterName({ ...none, flag: "a", argument: "b" })).toThrow(
      '--name does not take "a": the cluster is already named "b"',
    );
  });
});

describe("progress", () => {
  const watched = { flag: undefined, quiet: false, env: {}, isTerminal: true };

  test.each([
    [watched, "live"],
    [{ ...watched, isTerminal: false }, "plain"],
    [{ ...watched, env: { CI: "true" } }, "plain"],
    [{ ...watched, env: { CI: "false" } }, "live"],
    [{ ...watched, env: { TERM: "dumb" } }, "plain"],
    [{ ...watched, quiet: true }, "quiet"],
    [{ ...watched, quiet: true, flag: "json" }, "json"],
    [{ ...watched, env: { AIRFIELD_PROGRESS: "json" } }, "json"],
    [{ ...watched, env: { AIRFIELD_PROGRESS: "json" }, quiet: true }, "quiet"],
    [{ ...watched, env: { AIRFIELD_PROGRESS: "json" }, flag: "auto" }, "live"],
  ] as const)("%j", (sources, format) => {
    expect(chooseProgress(sources)).toBe(format);
  });

  test("names the variable when its value is wrong", () => {
    expect(() => chooseProgress({ ...watched, env: { AIRFIELD_PROGRESS: "jsn" } })).toThrow(
      'AIRFIELD_PROGRESS does not take "jsn": it takes one of auto, live, plain, json, quiet; did you mean json?',
    );
  });
});

test.each([
  [["get", "nodes", "--progress", "json"], {}, true],
  [["--progress=json", "get", "nodes"], {}, true],
  [["--progress=json", "get", "--progress", "plain"], {}, false],
  [["run", "--", "x", "--progress=json"], {}, false],
  [["get"], { AIRFIELD_PROGRESS: "json" }, true],
  [["get", "--progress"], {}, false],
])("errors are JSON for %j with %j: %j", (words, env, isJson) => {
  expect(isJsonProgress(words, env)).toBe(isJson);
});

test.each([
  ["/k", { KUBECONFIG: "/a:/b" }, ["/k"]],
  [undefined, { KUBECONFIG: "/a::/b" }, ["/a", "/b"]],
  [undefined, { KUBECONFIG: "" }, ["/home/me/.kube/config"]],
])("the kubeconfig for %j and %j", (flag, env, files) => {
  expect(kubeconfigCandidates(flag, env, "/home/me")).toEqual(files);
});

test.each([
  [["up", "--ascii"], { LANG: "en_US.UTF-8" }, true],
  [["exec", "users", "--", "ls", "--ascii"], {}, false],
  [[], {}, false],
  [[], { LANG: "C" }, true],
  [[], { LANG: "POSIX" }, true],
  [[], { LANG: "de_DE.ISO-8859-1" }, true],
  [[], { LANG: "C.UTF-8" }, false],
  [[], { LANG: "en_US.utf8" }, false],
  [[], { LC_ALL: "C", LANG: "en_US.UTF-8" }, true],
  [[], { LC_ALL: "", LC_CTYPE: "C.UTF-8", LANG: "C" }, false],
  [[], { TERM: "linux", LANG: "en_US.UTF-8" }, true],
])("signs are ASCII for %j with %j: %j", (words, env, isAscii) => {
  expect(chooseAscii(words, env)).toBe(isAscii);
});

test("the image policy comes from the environment too", () => {
  expect(chooseImagePolicy(undefined, {})).toBe("auto");
  expect(chooseImagePolicy(undefined, { AIRFIELD_IMAGE_POLICY: "build" })).toBe("build");
  expect(chooseImagePolicy("pull", { AIRFIELD_IMAGE_POLICY: "build" })).toBe("pull");
});
