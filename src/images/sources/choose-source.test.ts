import { expect, test } from "vitest";
import { chooseSource, type SourceFacts } from "./choose-source.ts";
import type { LoadPlan } from "../deliver/plan-load.ts";
import type { HostImage } from "../host-image.ts";

const image: HostImage = {
  ref: "app:1",
  name: "docker.io/library/app:1",
  id: "sha256:1",
  platform: "linux/amd64",
  layers: ["base", "deps", "app"],
};
const native: SourceFacts = {
  isLocal: true,
  hasContainerdStore: false,
  isRootless: false,
  isVirtualMachine: false,
};

function lacking(...missing: readonly string[]): LoadPlan {
  const images = [{ image, action: "send" as const, missing }];
  const node = { node: "dev-worker", platform: "linux/amd64", snapshotter: "overlayfs" };
  return { ...node, importFlags: [], labelsImports: true, images };
}

test.each<[string, Partial<SourceFacts>, readonly LoadPlan[], string]>([
  ["a changed layer", {}, [lacking("app")], "push"],
  ["a changed layer on several nodes", {}, [lacking("app"), lacking("deps", "app")], "push"],
  ["a changed config", {}, [lacking()], "push"],
  ["a first load", {}, [lacking("base", "deps", "app")], "save"],
  ["a new node", {}, [lacking("app"), lacking("base", "deps", "app")], "save"],
  ["the containerd store", { hasContainerdStore: true }, [lacking("app")], "save"],
  ["an engine in a virtual machine", { isVirtualMachine: true }, [lacking("app")], "save"],
  ["a rootless engine", { isRootless: true }, [lacking("app")], "save"],
  ["an engine elsewhere", { isLocal: false }, [lacking("app")], "save"],
])("for %s", (_, facts, plans, source) => {
  expect(chooseSource({ ...native, ...facts }, plans)).toBe(source);
});
