import { apiServerPort } from "../api-server-port.ts";
import { isMap, isSeq, parseAllDocuments, type Document } from "yaml";

/**
 * The storage manifest of a node image, its Deployments given the API server's own address. Through the Service's
 * address they would be refused until kube-proxy has its rules, end, and be started again ten seconds later.
 *
 * @param manifest text of /kind/manifests/default-storage.yaml
 */
export function renderDefaultStorage(manifest: string, apiServerAddress: string): string {
  const documents = (parseAllDocuments(manifest) as Document[]).filter(({ contents }) =>
    isMap(contents),
  );
  for (const document of documents) {
    if (document.get("kind") !== "Deployment") continue;
    const path = ["spec", "template", "spec", "containers", 0, "env"];
    const variables = [
      { name: "KUBERNETES_SERVICE_HOST", value: apiServerAddress },
      { name: "KUBERNETES_SERVICE_PORT", value: String(apiServerPort) },
    ];
    if (!isSeq(document.getIn(path))) document.setIn(path, document.createNode([]));
    for (const variable of variables) document.addIn(path, document.createNode(variable));
  }
  return documents.map(String).join("---\n").replaceAll("---\n---\n", "---\n");
}
