/** A list of Kubernetes objects, as `--dry-run -o json` prints it. */
export interface Listed {
  readonly items: readonly KubernetesObject[];
}

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

interface DeploymentSpec {
  readonly template: { readonly spec: { readonly containers: readonly Container[] } };
}

interface Container {
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

interface Probe {
  readonly httpGet?: {
    readonly path: string;
    readonly port: string | number;
    readonly scheme?: string;
  };
  readonly tcpSocket?: { readonly port: string | number };
}

/** What of an application's Deployment the corpus speaks of. */
export interface DescribedDeployment {
  readonly name: string;
  readonly version: string | undefined;
  /** Null: it has no Service, and its container names no port. */
  readonly port: number | null;
  /** "GET http :8080/actuator/health/liveness" or "TCP :8080"; null: there is none. */
  readonly liveness: string | null;
  readonly readiness: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function describeDeployment(items: readonly KubernetesObject[]): DescribedDeployment {
  const deployment = items.find(({ kind }) => kind === "Deployment");
  if (deployment === undefined) throw new Error("there is no Deployment");
  const container = (deployment.spec as DeploymentSpec).template.spec.containers[0] ?? {};
  const ports = new Map(container.ports?.map(({ name, containerPort }) => [name, containerPort]));
  const hasService = items.some(({ kind }) => kind === "Service");
  return {
    name: deployment.metadata.name,
    version: deployment.metadata.labels?.["app.kubernetes.io/version"],
    port: hasService ? (ports.get("http") ?? null) : null,
    liveness: describeProbe(container.livenessProbe, ports),
    readiness: describeProbe(container.readinessProbe, ports),
    env: Object.fromEntries(container.env?.map(({ name, value }) => [name, value]) ?? []),
  };
}

function describeProbe(
  probe: Probe | undefined,
  ports: ReadonlyMap<string, number>,
): string | null {
  const portOf = (port: string | number) => (typeof port === "number" ? port : ports.get(port));
  if (probe?.tcpSocket !== undefined) return `TCP :${portOf(probe.tcpSocket.port) ?? "?"}`;
  if (probe?.httpGet === undefined) return null;
  const { path, port, scheme = "HTTP" } = probe.httpGet;
  return `GET ${scheme.toLowerCase()} :${portOf(port) ?? "?"}${path}`;
}
