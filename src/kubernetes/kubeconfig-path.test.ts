import { expect, test } from "vitest";
import { chooseKubeconfigPath, kubeconfigPaths } from "./kubeconfig-path.ts";

const home = { homeDirectory: "/home/me", workingDirectory: "/work/shop" };

test.each([
  { name: "the flag goes before all", choice: { flag: "/f", environment: "/a" }, paths: ["/f"] },
  { name: "a relative flag", choice: { flag: "kube/config" }, paths: ["/work/shop/kube/config"] },
  { name: "an empty flag says nothing", choice: { flag: "", environment: "/a" }, paths: ["/a"] },
  {
    name: "KUBECONFIG is a list, empty parts and repetitions left out",
    choice: { environment: ":/a:b:/a:" },
    paths: ["/a", "/work/shop/b"],
  },
  {
    name: "a KUBECONFIG of nothing",
    choice: { environment: "::" },
    paths: ["/home/me/.kube/config"],
  },
  { name: "neither", choice: {}, paths: ["/home/me/.kube/config"] },
])("$name", ({ choice, paths }) => {
  expect(kubeconfigPaths({ ...home, ...choice })).toEqual(paths);
});

test("root's home and the root folder give no double slash", () => {
  const atRoot = { homeDirectory: "/", workingDirectory: "/" };
  expect(kubeconfigPaths(atRoot)).toEqual(["/.kube/config"]);
  expect(kubeconfigPaths({ ...atRoot, flag: "x" })).toEqual(["/x"]);
});

test.each([
  { existing: [], expected: "/c" },
  { existing: ["/b"], expected: "/b" },
  { existing: ["/a", "/b", "/c"], expected: "/a" },
  { existing: ["/elsewhere"], expected: "/c" },
])("of /a, /b, /c, with $existing there, $expected is written", ({ existing, expected }) => {
  expect(chooseKubeconfigPath(["/a", "/b", "/c"], new Set(existing))).toBe(expected);
});
