import {
  toPortable,
  type PortableApplication,
} from "../../../src/spring/handover/portable-objects.ts";

/** An application with a Secret and a RoleBinding, as configuration and Spring Cloud Kubernetes bring them. */
export function aPortableApplication({
  name = "shop",
  namespace = "default",
  ...others
}: {
  readonly name?: string;
  readonly namespace?: string;
  readonly version?: string | undefined;
} = {}): PortableApplication {
  const metadata = { name, namespace, labels: { "app.kubernetes.io/managed-by": "airfield" } };
  const image = `airfield.internal/${name}:1`;
  return toPortable({
    name,
    namespace,
    version: "version" in others ? others.version : "1.0.0",
    image,
    objects: [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
          replicas: 1,
          selector: { matchLabels: { "app.kubernetes.io/name": name } },
          template: {
            metadata: {
              labels: { "app.kubernetes.io/name": name },
              annotations: { "airfield.dev/image-id": "x", own: "kept" },
            },
            spec: {
              containers: [
                {
                  name: "application",
                  image,
                  env: [
                    { name: "A", value: "1" },
                    { name: "B", valueFrom: {} },
                  ],
                },
              ],
            },
          },
        },
      },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: { type: "NodePort", ports: [{ port: 80 }] },
      },
      { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "s3cret" } } as never,
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata,
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
    ],
  });
}
