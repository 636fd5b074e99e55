import { expect, test } from "vitest";
import { renderLocalRegistryHosting } from "./local-registry-hosting.ts";

test("announces the registry as KEP-1755 says", () => {
  expect(
    renderLocalRegistryHosting({
      host: "localhost:5001",
      hostFromClusterNetwork: "airfield-demo-registry:5000",
    }),
  ).toMatchInlineSnapshot(`
    "apiVersion: v1
    kind: ConfigMap
    metadata:
      name: local-registry-hosting
      namespace: kube-public
    data:
      localRegistryHosting.v1: |
        host: localhost:5001
        hostFromClusterNetwork: airfield-demo-registry:5000
        help: https://github.com/airfield-dev/airfield/blob/main/docs/configuration.md#registry
    "
  `);
});
