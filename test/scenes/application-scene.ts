import { fakePorts } from "../fakes/fake-ports.ts";
import { MANAGED_BY, selectorOf } from "../../src/spring/objects/plan-manifests.ts";
import { FakeSpringCluster } from "../fakes/spring/fake-spring-cluster.ts";

/** A cluster on which user-service is up, with one pod. */
export function applicationScene() {
  const cluster = new FakeSpringCluster();
  const ports = fakePorts();
  const abort = new AbortController();
  putApplication(cluster, "user-service");
  return { cluster, ports, abort, signal: abort.signal };
}

export function putApplication(cluster: FakeSpringCluster, name: string): void {
  cluster.put({
    kind: "Deployment",
    metadata: {
      ...{ name, namespace: "default", labels: { ...selectorOf(name), ...MANAGED_BY } },
      annotations: { "airfield.dev/manifest-hash": "abc" },
    },
    spec: {
      replicas: 2,
      template: {
        metadata: { labels: selectorOf(name) },
        spec: {
          containers: [
            {
              name: "application",
              env: [{ name: "JAVA_TOOL_OPTIONS", value: "-Xmx1g" }],
              readinessProbe: { failureThreshold: 3 },
              livenessProbe: { failureThreshold: 3 },
            },
          ],
        },
      },
    },
  });
}

/** A cluster whose control plane does not answer any more. */
export function goneCluster(): FakeSpringCluster {
  const cluster = new FakeSpringCluster();
  cluster.api.refusal = () => "The connection to the server was refused";
  return cluster;
}
