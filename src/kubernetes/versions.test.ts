import { expect, test } from "vitest";
import { isToolError } from "../errors/tool-error.ts";
import {
  compareKubernetesVersions,
  newestKubeadmApiVersion,
  parseKubernetesVersion,
  readsKubeadmV1beta3,
  renderKubernetesVersion,
} from "./versions.ts";

test.each(["v1.34.4", "v1.36.0-rc.1", "v1.37.0-alpha.2.45+0123456789abcd", "v1.31.4+k3s1"])(
  "reads and writes %s",
  (text) => {
    expect(renderKubernetesVersion(parseKubernetesVersion(text))).toBe(text);
  },
);

test("takes a version without v, and a trailing newline as files have it", () => {
  expect(parseKubernetesVersion("1.34.4\n")).toEqual({
    major: 1,
    minor: 34,
    patch: 4,
    suffix: "",
  });
});

test.each(["", "v1", "v1.34", "1.34.x", "latest", "v1.34.4; rm -rf /", "v99999.1.1", "v1.34.4 x"])(
  "refuses %j",
  (text) => {
    expect(() => parseKubernetesVersion(text)).toThrow(
      expect.toSatisfy((error) => isToolError(error, "kubernetes-version-invalid")),
    );
  },
);

test("orders versions by number, and a pre-release before its release", () => {
  const ordered = [
    "v1.9.9",
    "v1.22.0",
    "v1.34.0-alpha.2",
    "v1.34.0-alpha.10",
    "v1.34.0-beta.0",
    "v1.34.0-rc.1",
    "v1.34.0",
    "v1.34.4",
    "v1.35.0",
    "v2.0.0",
  ];
  const sorted = [...ordered]
    .reverse()
    .sort((a, b) =>
      compareKubernetesVersions(parseKubernetesVersion(a), parseKubernetesVersion(b)),
    );
  expect(sorted).toEqual(ordered);
});

test("does not order by build", () => {
  const [a, b] = ["v1.34.4+a", "v1.34.4+b"].map(parseKubernetesVersion);
  expect(a && b && compareKubernetesVersions(a, b)).toBe(0);
});

test.each([
  ["v1.22.17", "v1beta2"],
  ["v1.23.0", "v1beta3"],
  ["v1.30.9", "v1beta3"],
  ["v1.31.0-alpha.1", "v1beta4"],
  ["v1.34.4", "v1beta4"],
  ["v1.36.0", "v1beta4"],
] as const)("Kubernetes %s is given kubeadm's %s", (version, expected) => {
  expect(newestKubeadmApiVersion(parseKubernetesVersion(version))).toBe(expected);
});

test.each([
  ["v1.22.0", false],
  ["v1.23.0", true],
  ["v1.35.4", true],
  ["v1.36.0", false],
])("whether Kubernetes %s reads v1beta3: %s", (version, expected) => {
  expect(readsKubeadmV1beta3(parseKubernetesVersion(version))).toBe(expected);
});
