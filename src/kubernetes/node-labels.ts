/** Of Kubernetes' own domains, what a kubelet may say of its node. From k8s.io/kubelet/pkg/apis/well_known_labels.go. */
const labelsOfKubelet: ReadonlySet<string> = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
]);

/**
 * Whether a kubelet may give its own node this label. Started with any other of Kubernetes' own domains it ends at once,
 * and the API server would refuse it.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 *
 * @param key as "zone" or "topology.kubernetes.io/zone"
 */
export function isLabelOfKubelet(key: string): boolean {
  if (!key.includes("/")) return true;
  const [namespace = ""] = key.split("/");
  const isIn = (domain: string): boolean =>
    namespace === domain || namespace.endsWith(`.${domain}`);
  if (!isIn("kubernetes.io") && !isIn("k8s.io")) return true;
  if (isIn("kubelet.kubernetes.io") || isIn("node.kubernetes.io")) return true;
  return labelsOfKubelet.has(key);
}
