import { ToolError } from "../errors/tool-error.ts";

/** A Kubernetes version, as a node image says it in /kind/version. */
export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** What follows the numbers: "-rc.1", "+k3s1", "-alpha.2.45+0123456789abcd"; empty for a release. */
  readonly suffix: string;
}

/** The kubeadm configuration formats, oldest first. */
export type KubeadmApiVersion = "v1beta2" | "v1beta3" | "v1beta4";

/** Takes "v1.34.4" and "1.34.4", builds and pre-releases included. Throws `kubernetes-version-invalid`. */
export function parseKubernetesVersion(text: string): KubernetesVersion {
  const match = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})((?:[-+][0-9A-Za-z.+-]{1,100})?)$/.exec(
    text.trim(),
  );
  if (match === null) {
    throw new ToolError("kubernetes-version-invalid", { version: text.trim().slice(0, 60) });
  }
  const [, major, minor, patch, suffix] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    suffix: suffix ?? "",
  };
}

/** As kubeadm and images are tagged: "v1.34.4". */
export function renderKubernetesVersion(version: KubernetesVersion): string {
  return `v${version.major}.${version.minor}.${version.patch}${version.suffix}`;
}

/** Negative when `a` is older, positive when it is newer. A pre-release is older than its release. */
export function compareKubernetesVersions(a: KubernetesVersion, b: KubernetesVersion): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    comparePreReleases(preRelease(a), preRelease(b))
  );
}

/** Whether `version` is a build of 1.`minor` or a later one; its pre-releases count as the minor. */
export function isAtLeastMinor(version: KubernetesVersion, minor: number): boolean {
  return version.major > 1 || (version.major === 1 && version.minor >= minor);
}

/**
 * The newest kubeadm format that this version reads. v1beta3 came with 1.22 and kind uses it from 1.23;
 * v1beta4 came with 1.31. https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
export function newestKubeadmApiVersion(version: KubernetesVersion): KubeadmApiVersion {
  if (isAtLeastMinor(version, 31)) return "v1beta4";
  return isAtLeastMinor(version, 23) ? "v1beta3" : "v1beta2";
}

/** Whether this version still reads v1beta3. kind writes v1beta4 from 1.36 on. */
export function readsKubeadmV1beta3(version: KubernetesVersion): boolean {
  return isAtLeastMinor(version, 23) && !isAtLeastMinor(version, 36);
}

function preRelease({ suffix }: KubernetesVersion): string {
  return suffix.startsWith("-") ? (suffix.slice(1).split("+")[0] ?? "") : "";
}

/** Semantic versioning, rule 11: numbers by value, before words; fewer fields first. */
function comparePreReleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const left = a.split(".");
  const right = b.split(".");
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = compareIdentifiers(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const isNumberA = /^\d+$/.test(a);
  const isNumberB = /^\d+$/.test(b);
  if (isNumberA && isNumberB) return Number(a) - Number(b);
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
