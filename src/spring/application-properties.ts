import { parseAllDocuments } from "yaml";
import type { CloudKubernetesProperties } from "./plan-permissions.ts";

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
  // A placeholder that stays open is known to the running application only.
  const text = (key: string) => {
    const value = lookup(key)?.trim();
    return value?.includes("${") ? undefined : value;
  };
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

  return {
    ...(name === undefined || name === "" ? {} : { applicationName: name }),
    serverPort: isGiven("server.port") ? port("server.port") : 8080,
    isServerPortGiven: isGiven("server.port"),
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
  const expanded = withGroups(profiles, files);
  // Without any, Spring's own default profile is active.
  const active = new Set(expanded.length > 0 ? expanded : ["default"]);
  const inOrder = [undefined, ...active].flatMap((profile) =>
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

/**
 * Profiles with the members of their groups and what the base files include; a member comes after its group,
 * so it wins. https://docs.spring.io/spring-boot/reference/features/profiles.html#features.profiles.groups
 */
function withGroups(
  profiles: readonly string[],
  files: readonly PropertiesFile[],
): readonly string[] {
  const base = new Map(
    files
      .filter(({ profile }) => profile === undefined)
      .flatMap(documentsOf)
      .filter((document) => !document.has(canonical("spring.config.activate.on-profile")))
      .flatMap((document) => [...document]),
  );
  const found: string[] = [];
  const add = (profile: string): void => {
    if (profile === "" || found.includes(profile)) return;
    found.push(profile);
    listValue(base, `spring.profiles.group.${profile}`).forEach(add);
  };
  listValue(base, "spring.profiles.include").forEach(add);
  profiles.forEach(add);
  return found;
}

/** "a,b", a YAML list, or key[0], key[1] … of a .properties file. */
function listValue(values: ReadonlyMap<string, string>, key: string): readonly string[] {
  const name = canonical(key);
  const indexed = [...values.keys()].filter((each) => each.startsWith(`${name}[`)).toSorted();
  return [values.get(name) ?? "", ...indexed.map((each) => values.get(each) ?? "")].flatMap(
    (text) => toList(text).filter((item) => item !== ""),
  );
}

/** "prod & !test", "(prod & cloud) | qa" and lists, of which one has to hold. */
function acceptsProfiles(expression: string, active: ReadonlySet<string>): boolean {
  return expression.split(",").some((each) => {
    const tokens = each.match(/[()!&|]|[^()!&|\s]+/g) ?? [];
    let at = 0;
    const next = (): string => tokens[at++] ?? "";
    const part = (): boolean => {
      const token = next();
      if (token === "!") return !part();
      if (token !== "(") return active.has(token);
      const inside = either();
      next();
      return inside;
    };
    const both = (): boolean => {
      let holds = part();
      while (tokens[at] === "&") {
        next();
        // Both sides are read, whatever the first one says.
        const second = part();
        holds = holds && second;
      }
      return holds;
    };
    function either(): boolean {
      let holds = both();
      while (tokens[at] === "|") {
        next();
        const second = both();
        holds = holds || second;
      }
      return holds;
    }
    return tokens.length > 0 && either();
  });
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
