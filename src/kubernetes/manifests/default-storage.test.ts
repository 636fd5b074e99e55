import { parseAllDocuments } from "yaml";
import { expect, test } from "vitest";
import { renderDefaultStorage } from "./default-storage.ts";

const manifest = `# Storage
kind: StorageClass
metadata: { name: standard }
---
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: provisioner
          env:
            - name: POD_NAMESPACE
              value: here
---
`;

test("the provisioner asks the API server itself, without waiting for kube-proxy", () => {
  const documents = parseAllDocuments(renderDefaultStorage(manifest, "10.1.0.10")).map(
    (document) => document.toJS() as unknown,
  );
  expect(documents).toEqual([
    { kind: "StorageClass", metadata: { name: "standard" } },
    {
      kind: "Deployment",
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: "provisioner",
                env: [
                  { name: "POD_NAMESPACE", value: "here" },
                  { name: "KUBERNETES_SERVICE_HOST", value: "10.1.0.10" },
                  { name: "KUBERNETES_SERVICE_PORT", value: "6443" },
                ],
              },
            ],
          },
        },
      },
    },
  ]);
});

test("a provisioner without an environment is given one, and the rest of a node image's manifest stays", () => {
  const bare = "kind: Deployment\nspec: { template: { spec: { containers: [{ name: a }] } } }\n";
  expect(renderDefaultStorage(bare, "10.1.0.10")).toContain("KUBERNETES_SERVICE_HOST");
  expect(renderDefaultStorage("kind: StorageClass\n", "10.1.0.10")).toBe("kind: StorageClass\n");
});
