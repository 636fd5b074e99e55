import type { CloudKubernetesProperties } from "../objects/plan-permissions.ts";

/** What the application's own configuration says that concerns its way into Kubernetes. */
export interface ApplicationProperties {
  readonly applicationName?: string;
  /** Undefined: random (0) or not to be known before it runs; Airfield then sets one. */
  readonly serverPort: number | undefined;
  readonly isServerPortGiven: boolean;
  /** server.address. */
  readonly serverAddress?: string;
  readonly scheme: "http" | "https";
  /** server.servlet.context-path or spring.webflux.base-path; "" or "/shop". */
  readonly contextPath: string;
  readonly management: ManagementProperties;
  /** Whether the application says how it stops (server.shutdown). */
  readonly isShutdownGiven: boolean;
  readonly shutdownPhaseSeconds: number;
  /** spring.main.web-application-type, which goes before what the class path says. */
  readonly webApplicationType?: "servlet" | "reactive" | "none";
  readonly cloudKubernetes: CloudKubernetesProperties;
}

export interface ManagementProperties {
  /** False: no health endpoint over HTTP, because the configuration turns it off. */
  readonly hasHealthEndpoint: boolean;
  /** Undefined: the server's own port. */
  readonly port: number | undefined;
  readonly scheme: "http" | "https";
  /** Path of the health endpoint: "/actuator/health". */
  readonly healthPath: string;
  /**
   * The management server listens inside the pod only (127.0.0.1), where no kubelet asks: these groups are served on the
   * application's own port instead.
   * https://docs.spring.io/spring-boot/reference/actuator/endpoints.html#actuator.endpoints.kubernetes-probes
   */
  readonly onServerPort?: {
    readonly liveness: string;
    readonly readiness: string;
    readonly scheme: "http" | "https";
  };
}

/** Everything that {@link toApplicationProperties} looks up. */
export const askedProperties = [
  "server.port",
  "server.address",
  "server.servlet.context-path",
  "server.shutdown",
  ...tlsProperties("server.ssl"),
  "spring.application.name",
  "spring.lifecycle.timeout-per-shutdown-phase",
  "spring.main.web-application-type",
  "spring.mvc.servlet.path",
  "spring.webflux.base-path",
  "management.server.port",
  "management.server.address",
  "management.server.base-path",
  ...tlsProperties("management.server.ssl"),
  "management.endpoints.access.default",
  "management.endpoints.enabled-by-default",
  "management.endpoints.web.base-path",
  "management.endpoints.web.exposure.exclude",
  "management.endpoints.web.exposure.include",
  "management.endpoints.web.path-mapping.health",
  "management.endpoint.health.access",
  "management.endpoint.health.enabled",
  "management.endpoint.health.group.liveness.additional-path",
  "management.endpoint.health.group.readiness.additional-path",
  "spring.cloud.kubernetes.discovery.all-namespaces",
  "spring.cloud.kubernetes.discovery.use-endpoint-slices",
  "spring.cloud.kubernetes.secrets.enable-api",
  "spring.cloud.kubernetes.secrets.enabled",
  "spring.cloud.kubernetes.reload.enabled",
] as const;

function tlsProperties(prefix: string): readonly string[] {
  return ["enabled", "key-store", "certificate", "bundle"].map((key) => `${prefix}.${key}`);
}

/** Addresses at which nothing outside of the pod reaches a server. */
export function isLoopback(address: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|0:0:0:0:0:0:0:1)$/i.test(address);
}

/** Spring Boot's default of spring.lifecycle.timeout-per-shutdown-phase. */
const DEFAULT_SHUTDOWN_PHASE_SECONDS = 30;

/** A property that is set somewhere. */
export interface Property {
  /** Undefined: not to be known before the application runs (a placeholder that stays open, a random number). */
  readonly value: string | undefined;
  /** Where it is set, from the inside out: "application.yml:3", and what imports that file. */
  readonly origin: readonly string[];
}

/** The value that holds in the pod; undefined where nothing sets it. */
export type PropertyLookup = (key: string) => Property | undefined;

/** Works out what the configuration says, whoever has read it: Spring Boot itself, or we its files. */
export function toApplicationProperties(
  lookup: PropertyLookup,
  web: "servlet" | "reactive" | "none",
): ApplicationProperties {
  const text = (key: string) => lookup(key)?.value?.trim();
  const isGiven = (key: string) => lookup(key) !== undefined;
  const port = (key: string) => toPort(text(key));

  const serverPort = text("server.port");
  const managementPort = text("management.server.port");
  const hasOwnManagementPort =
    isGiven("management.server.port") && (managementPort ?? "") !== (serverPort ?? "8080");
  const webType = text("spring.main.web-application-type")?.toLowerCase();
  const contextPath = asPath(
    text(web === "reactive" ? "spring.webflux.base-path" : "server.servlet.context-path"),
  );
  const actuatorPath = asPath(text("management.endpoints.web.base-path") ?? "/actuator");
  const healthName = text("management.endpoints.web.path-mapping.health") ?? "health";
  // A dispatcher servlet that is not at "/" takes the actuator along, unless that has a server of its own.
  const servletPath = web === "reactive" ? "" : asPath(text("spring.mvc.servlet.path"));
  const basePath = hasOwnManagementPort
    ? asPath(text("management.server.base-path"))
    : `${contextPath}${servletPath}`;
  const scheme = hasTls("server.ssl", text) ? "https" : "http";
  const name = text("spring.application.name");
  const managementAddress = hasOwnManagementPort ? text("management.server.address") : undefined;
  const address = text("server.address");
  const additionalPath = (group: string, usual: string) =>
    /^server:(.+)$/.exec(
      text(`management.endpoint.health.group.${group}.additional-path`) ?? "",
    )?.[1] ?? usual;

  return {
    ...(name === undefined || name === "" ? {} : { applicationName: name }),
    serverPort: isGiven("server.port") ? port("server.port") : 8080,
    isServerPortGiven: isGiven("server.port"),
    ...(address === undefined ? {} : { serverAddress: address }),
    scheme,
    contextPath,
    management: {
      hasHealthEndpoint:
        managementPort !== "-1" &&
        isHealthExposed(text) &&
        !(hasOwnManagementPort && port("management.server.port") === undefined),
      port: hasOwnManagementPort ? port("management.server.port") : undefined,
      scheme: hasOwnManagementPort
        ? hasTls("management.server.ssl", text)
          ? "https"
          : "http"
        : scheme,
      healthPath: `${basePath}${actuatorPath}${asPath(healthName)}`,
      ...(managementAddress === undefined || !isLoopback(managementAddress)
        ? {}
        : {
            onServerPort: {
              liveness: `${contextPath}${servletPath}${asPath(additionalPath("liveness", "/livez"))}`,
              readiness: `${contextPath}${servletPath}${asPath(additionalPath("readiness", "/readyz"))}`,
              scheme,
            },
          }),
    },
    isShutdownGiven: text("server.shutdown") !== undefined,
    shutdownPhaseSeconds:
      toSeconds(text("spring.lifecycle.timeout-per-shutdown-phase")) ??
      DEFAULT_SHUTDOWN_PHASE_SECONDS,
    ...(webType === "servlet" || webType === "reactive" || webType === "none"
      ? { webApplicationType: webType }
      : {}),
    cloudKubernetes: cloudKubernetesOf(text),
  };
}

function cloudKubernetesOf(text: (key: string) => string | undefined): CloudKubernetesProperties {
  const isOn = (key: string) => text(`spring.cloud.kubernetes.${key}`)?.toLowerCase() === "true";
  return {
    allNamespaces: isOn("discovery.all-namespaces"),
    usesEndpointSlices: isOn("discovery.use-endpoint-slices"),
    // Renamed from enable-api to enabled, whose default was true before without having an effect on its own.
    readsSecrets: isOn("secrets.enable-api") || isOn("secrets.enabled"),
    reloads: isOn("reload.enabled"),
  };
}

function isHealthExposed(text: (key: string) => string | undefined): boolean {
  const exclude = toList(text("management.endpoints.web.exposure.exclude"));
  const include = toList(text("management.endpoints.web.exposure.include") ?? "health");
  const access =
    text("management.endpoint.health.access") ?? text("management.endpoints.access.default");
  const enabled =
    text("management.endpoint.health.enabled") ?? text("management.endpoints.enabled-by-default");
  return (
    !exclude.includes("*") &&
    !exclude.includes("health") &&
    (include.includes("*") || include.includes("health")) &&
    access?.toLowerCase() !== "none" &&
    enabled?.toLowerCase() !== "false"
  );
}

function hasTls(prefix: string, text: (key: string) => string | undefined): boolean {
  if (text(`${prefix}.enabled`)?.toLowerCase() === "false") return false;
  return ["key-store", "certificate", "bundle"].some(
    (key) => text(`${prefix}.${key}`) !== undefined,
  );
}

function toPort(value: string | undefined): number | undefined {
  const port = Number(value);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

function toList(value: string | undefined): readonly string[] {
  return (value ?? "").split(",").map((item) => item.trim());
}

/** "" for none or "/", else with a leading and without a trailing slash. */
function asPath(value: string | undefined): string {
  const path = (value ?? "").replace(/^\/+|\/+$/g, "");
  return path === "" ? "" : `/${path}`;
}

/** Spring's Duration: "20s", "1m", "500ms", "PT20S", or plain milliseconds. */
function toSeconds(value: string | undefined): number | undefined {
  const simple = /^(\d+)\s*(ns|us|ms|s|m|h|d)?$/i.exec(value ?? "");
  if (simple !== null) {
    const unit = (simple[2] ?? "ms").toLowerCase();
    const factors: Readonly<Record<string, number>> = {
      ns: 1e-9,
      us: 1e-6,
      ms: 1e-3,
      s: 1,
      m: 60,
      h: 3600,
      d: 86_400,
    };
    return Math.ceil(Number(simple[1]) * (factors[unit] ?? 1));
  }
  const iso = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/i.exec(value ?? "");
  if (iso === null) return undefined;
  return Math.ceil(Number(iso[1] ?? 0) * 3600 + Number(iso[2] ?? 0) * 60 + Number(iso[3] ?? 0));
}
