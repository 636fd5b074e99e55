import { isMap, isSeq, parseAllDocuments, type Document } from "yaml";

/** Sentences in a node image's CNI manifest that say what is to be done with it: part of the node-image contract. */
const marker = {
  template: "would you kindly template this file",
  patch: "would you kindly patch this file",
};

/**
 * Fills in the CNI manifest of a node image, as its markers ask.
 *
 * @param manifest text of /kind/manifests/default-cni.yaml
 * @param values.controlPlaneEndpoint HOST:PORT of the API server, so that the CNI need not wait for kube-proxy
 */
export function renderDefaultCni(
  manifest: string,
  values: { readonly podSubnet: string; readonly controlPlaneEndpoint: string },
): string {
  const filled = manifest.includes(marker.template)
    ? manifest.replaceAll(/\{\{-?\s*\.PodSubnet\s*-?\}\}/g, values.podSubnet)
    : manifest;
  return manifest.includes(marker.patch)
    ? withEndpoint(filled, values.controlPlaneEndpoint)
    : filled;
}

function withEndpoint(manifest: string, endpoint: string): string {
  const documents = parseAllDocuments(manifest) as Document[];
  for (const document of documents) {
    if (document.get("kind") !== "DaemonSet") continue;
    const path = ["spec", "template", "spec", "containers", 0, "env"];
    const variable = { name: "CONTROL_PLANE_ENDPOINT", value: endpoint };
    if (isSeq(document.getIn(path))) document.addIn(path, document.createNode(variable));
    else document.setIn(path, [variable]);
  }
  return documents
    .filter((document) => isMap(document.contents))
    .map(String)
    .join("---\n")
    .replaceAll("---\n---\n", "---\n");
}
