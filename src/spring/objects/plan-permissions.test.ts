import { expect, test } from "vitest";
import { planPermissions, type CloudKubernetesProperties } from "./plan-permissions.ts";

const quiet = {
  allNamespaces: false,
  usesEndpointSlices: false,
  readsSecrets: false,
  reloads: false,
};

function allowed(
  libraries: readonly string[],
  changes: Partial<CloudKubernetesProperties> = {},
): readonly string[] {
  return planPermissions({
    libraries,
    properties: { ...quiet, ...changes },
    permissions: [],
  }).map(({ apiGroups, resources, verbs, clusterWide }) =>
    [...apiGroups, ...resources, ...verbs, ...(clusterWide ? ["everywhere"] : [])].join(" ").trim(),
  );
}

test("an application that knows nothing of Kubernetes may do nothing", () => {
  expect(allowed([])).toEqual([]);
});

test("fabric8's client alone gets what the config says, and no more", () => {
  expect(allowed(["kubernetes-client"])).toEqual([]);
});

test("discovery reads pods, services and endpoints", () => {
  expect(allowed(["spring-cloud-starter-kubernetes-fabric8"])).toEqual([
    "pods get list watch",
    "services get list watch",
    "endpoints get list watch",
  ]);
});

test("discovery by endpoint slices, in all namespaces", () => {
  expect(
    allowed(["spring-cloud-starter-kubernetes-client"], {
      allNamespaces: true,
      usesEndpointSlices: true,
    }),
  ).toEqual([
    "pods get list watch everywhere",
    "services get list watch everywhere",
    "discovery.k8s.io endpointslices get list watch everywhere",
  ]);
});

test("configuration reads ConfigMaps, and Secrets only when they are asked for", () => {
  const libraries = ["spring-cloud-starter-kubernetes-client-config"];
  expect(allowed(libraries)).toEqual(["pods get list watch", "configmaps get list watch"]);
  expect(allowed(libraries, { readsSecrets: true })).toContain("secrets get list watch");
});
