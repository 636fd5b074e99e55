import { parseAllDocuments } from "yaml";

/** One configuration file of the application, in the order in which Spring Boot reads them (later ones win). */
export interface PropertiesFile {
  readonly path: string;
  readonly text: string;
  /** From the file's name: application-PROFILE.yml. */
  readonly profile?: string;
}

/** What the application's own configuration says that concerns its way into Kubernetes. */
export interface ApplicationProperties {
  readonly applicationName?: string;
  /** Undefined: random (0) or not to be known before it runs; Airfield then sets one. */
  readonly serverPort: number | undefined;
  readonly isServerPortGiven: boolean;
  readonly scheme: "http" | "https";
  /** server.servlet.context-path or spring.webflux.base-path; "" or "/shop". */
  readonly contextPath: string;
  readonly management: ManagementProperties;
  /** Whether the application says how it stops (server.shutdown). */
  readonly isShutdownGiven: boolean;
  readonly shutdownPhaseSeconds: number;
}

export interface ManagementProperties {
  /** False: no health endpoint over HTTP, because the configuration turns it off. */
  readonly hasHealthEndpoint: boolean;
  /** Undefined: the server's own port. */
  readonly port: number | undefined;
  readonly scheme: "http" | "https";
  /** Path of the health endpoint: "/actuator/health". */
  readonly healthPath: string;
}

/** Spring Boot's default of spring.lifecycle.timeout-per-shutdown-phase. */
const DEFAULT_SHUTDOWN_PHASE_SECONDS = 30;
const MAX_PLACEHOLDER_DEPTH = 8;

/**
 * Reads the configuration as Spring Boot would: base files, then those of the active profiles, then the
 * environment. Only what can be known without running the application; a file that is no valid YAML
 * counts as empty, since the application itself says best what is wrong with it.
 */
export function readApplicationProperties(
  files: readonly PropertiesFile[],
  {
    profiles,
    env,
    web,
  }: {
    readonly profiles: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly web: "servlet" | "reactive" | "none";
  },
): ApplicationProperties {
  const lookup = propertyLookup(files, { profiles, env });
  const text = (key: string) => lookup(key)?.trim();
  const port = (key: string) => toPort(text(key));

  const serverPort = text("server.port");
  const managementPort = text("management.server.port");
  const hasOwnManagementPort = managementPort !== undefined && managementPort !== serverPort;
  const contextPath = asPath(
    text(web === "reactive" ? "spring.webflux.base-path" : "server.servlet.context-path"),
  );
  const actuatorPath = asPath(text("management.endpoints.web.base-path") ?? "/actuator");
  const healthName = text("management.endpoints.web.path-mapping.health") ?? "health";
  const basePath = hasOwnManagementPort ? asPath(text("management.server.base-path")) : contextPath;
  const scheme = hasTls("server.ssl", text) ? "https" : "http";
  const name = text("spring.application.name");

  return {
    ...(name === undefined || name === "" ? {} : { applicationName: name }),
    serverPort: serverPort === undefined ? 8080 : port("server.port"),
    isServerPortGiven: serverPort !== undefined,
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
    },
    isShutdownGiven: text("server.shutdown") !== undefined,
    shutdownPhaseSeconds:
      toSeconds(text("spring.lifecycle.timeout-per-shutdown-phase")) ??
      DEFAULT_SHUTDOWN_PHASE_SECONDS,
  };
}

/** Profiles that the application's own configuration switches on (spring.profiles.active). */
export function activeProfiles(files: readonly PropertiesFile[]): readonly string[] {
  const value = propertyLookup(files, { profiles: [], env: {} })("spring.profiles.active");
  return (value ?? "")
    .split(",")
    .map((profile) => profile.trim())
    .filter((profile) => profile !== "");
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

/** The value of a property, placeholders resolved as far as they can be. */
function propertyLookup(
  files: readonly PropertiesFile[],
  {
    profiles,
    env,
  }: { readonly profiles: readonly string[]; readonly env: Readonly<Record<string, string>> },
): (key: string) => string | undefined {
  const values = new Map<string, string>();
  const active = new Set(profiles);
  const inOrder = [undefined, ...profiles].flatMap((profile) =>
    files.filter((file) => file.profile === profile),
  );
  for (const file of inOrder) {
    for (const document of documentsOf(file)) {
      const onProfile = document.get(canonical("spring.config.activate.on-profile"));
      if (onProfile !== undefined && !acceptsProfiles(onProfile, active)) continue;
      for (const [key, value] of document) values.set(key, value);
    }
  }
  for (const [name, value] of Object.entries(env)) {
    values.set(canonical(name.replaceAll("_", ".")), value);
  }
  const resolve = (value: string, depth: number): string =>
    depth === 0
      ? value
      : value.replace(
          /\$\{([^${}:]+)(?::([^{}]*))?\}/g,
          (whole, key: string, fallback?: string) => {
            const found =
              values.get(canonical(key)) ?? values.get(canonical(key.replaceAll("_", ".")));
            return found ?? fallback ?? whole;
          },
        );
  return (key) => {
    let value = values.get(canonical(key));
    for (let depth = MAX_PLACEHOLDER_DEPTH; depth > 0 && value?.includes("${"); depth -= 1) {
      value = resolve(value, depth);
    }
    return value;
  };
}

/** Spring's relaxed binding: context-path, contextPath and CONTEXTPATH are one key. */
function canonical(key: string): string {
  return key.toLowerCase().replaceAll("-", "").replaceAll("_", "");
}

/** "prod & !test", "prod | qa" and lists, as far as they need no brackets. */
function acceptsProfiles(expression: string, active: ReadonlySet<string>): boolean {
  return expression.split(/[|,]/).some((either) =>
    either.split("&").every((part) => {
      const profile = part.trim();
      return profile.startsWith("!") ? !active.has(profile.slice(1).trim()) : active.has(profile);
    }),
  );
}

function documentsOf(file: PropertiesFile): readonly ReadonlyMap<string, string>[] {
  return file.path.endsWith(".properties")
    ? propertiesDocuments(file.text)
    : yamlDocuments(file.text);
}

function yamlDocuments(text: string): readonly ReadonlyMap<string, string>[] {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  if (!Array.isArray(documents)) return [];
  return documents
    .filter((document) => document.errors.length === 0)
    .map((document) => {
      const values = new Map<string, string>();
      try {
        flatten(document.toJS({ maxAliasCount: 100 }), "", values);
      } catch {
        // Too many aliases: as good as invalid, and for the application to complain about.
      }
      return values;
    });
}

function flatten(value: unknown, prefix: string, into: Map<string, string>): void {
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    into.set(canonical(prefix), value.join(","));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      flatten(inner, prefix === "" ? key : `${prefix}.${key}`, into);
    }
  } else if (/^(string|number|boolean|bigint)$/.test(typeof value) && prefix !== "") {
    into.set(canonical(prefix), String(value));
  }
}

/** A .properties file: comments, continued lines, "#---" between documents. */
function propertiesDocuments(text: string): readonly ReadonlyMap<string, string>[] {
  return text.split(/^[#!]---\s*$/m).map((document) => {
    const values = new Map<string, string>();
    for (const line of document.replace(/\\\r?\n[ \t]*/g, "").split(/\r?\n/)) {
      const match = /^\s*([^#!\s=:][^\s=:]*)\s*[=:\s]\s*(.*)$/.exec(line);
      if (match?.[1] !== undefined) values.set(canonical(match[1]), (match[2] ?? "").trim());
    }
    return values;
  });
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
