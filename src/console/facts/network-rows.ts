import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { IngressRow, ServiceRow } from "../model/rows.ts";
import { rowBase } from "./row-base.ts";

export function serviceRow(service: KubernetesObject): ServiceRow {
  const { type = "ClusterIP", clusterIP = "", ports = [] } = service.spec ?? {};
  return {
    kind: "Service",
    ...rowBase(service),
    ...{ type, clusterIp: clusterIP },
    ports: ports.map(({ name, port = 0, targetPort, protocol = "TCP" }) => {
      const target = targetPort === undefined || targetPort === port ? "" : `→${targetPort}`;
      const numbers = `${port}${target}${protocol === "TCP" ? "" : `/${protocol}`}`;
      return name === undefined ? numbers : `${name} ${numbers}`;
    }),
  };
}

type Spec = NonNullable<KubernetesObject["spec"]>;
type Backend = Spec["defaultBackend"];

export function ingressRow(ingress: KubernetesObject): IngressRow {
  const { ingressClassName = "", rules = [], defaultBackend } = ingress.spec ?? {};
  return {
    kind: "Ingress",
    ...rowBase(ingress),
    className: ingressClassName,
    rules: [
      ...rules.flatMap(({ host = "*", http }) =>
        (http?.paths ?? []).map(
          ({ path = "/", backend }) => `${host}${path} → ${backendText(backend)}`,
        ),
      ),
      ...(defaultBackend === undefined ? [] : [`* → ${backendText(defaultBackend)}`]),
    ],
  };
}

function backendText(backend: Backend): string {
  const { name = "(a resource)", port } = backend?.service ?? {};
  const wanted = port?.number ?? port?.name;
  return wanted === undefined ? name : `${name}:${wanted}`;
}
