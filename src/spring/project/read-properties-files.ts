import { Comment, Pair, parseLines } from "dot-properties";
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Document,
} from "yaml";
import {
  toApplicationProperties,
  type ApplicationProperties,
  type Property,
  type PropertyLookup,
} from "./application-properties.ts";

/** One configuration file of the application, in the order in which Spring Boot reads them (later ones win). */
export interface PropertiesFile {
  readonly path: string;
  readonly text: string;
  /** From the file's name: application-PROFILE.yml. */
  readonly profile?: string;
  /**
   * Whose turn it is: what Spring Cloud reads first (bootstrap.yml), the archive's own files when absent, and what the
   * pod finds beside the archive. A later one wins over all of an earlier one.
   */
  readonly stage?: "bootstrap" | "beside";
}

interface ReadOptions {
  readonly profiles: readonly string[];
  /** Variables that the pod will have. */
  readonly env: Readonly<Record<string, string>>;
}

const MAX_PLACEHOLDER_DEPTH = 8;
/** Where an application in a pod runs; decides which documents with `on-cloud-platform` hold. */
const CLOUD_PLATFORM = "kubernetes";

/**
 * Reads configuration files as Spring Boot would: base files, then those of the active profiles, then the environment.
 * A first guess, for as long as Spring itself cannot be asked: it knows nothing of libraries and of code. A file that is
 * no valid YAML counts as empty, since the application itself says best what is wrong with it.
 */
export function readApplicationProperties(
  files: readonly PropertiesFile[],
  { web, ...options }: ReadOptions & { readonly web: "servlet" | "reactive" | "none" },
): ApplicationProperties {
  return toApplicationProperties(readPropertiesFiles(files, options), web);
}

/** Profiles that the application's own configuration switches on (spring.profiles.active). */
export function activeProfiles(files: readonly PropertiesFile[]): readonly string[] {
  const property = readPropertiesFiles(files, { profiles: [], env: {} })("spring.profiles.active");
  return toList(property?.value).filter((profile) => profile !== "");
}

/** The value of each property, placeholders resolved as far as they can be. */
export function readPropertiesFiles(
  files: readonly PropertiesFile[],
  { profiles, env }: ReadOptions,
): PropertyLookup {
  const values = new Map<string, Entry>();
  const base = baseProperties(files);
  const expanded = withGroups(profiles, base);
  // Without any, Spring's own default profile is active.
  const active = new Set(expanded.length > 0 ? expanded : ["default"]);
  const variable = readVariables(env);
  const platform = canonical(
    (variable("spring.main.cloud-platform") ?? base.get(canonical("spring.main.cloud-platform")))
      ?.value ?? CLOUD_PLATFORM,
  );
  for (const file of inOrder(files, active)) {
    for (const document of documentsOf(file)) {
      if (!isActive(document, { active, platform })) continue;
      for (const [key, entry] of document) values.set(key, entry);
    }
  }
  const find = (key: string) => variable(key) ?? values.get(canonical(key));
  const resolve = (value: string, depth: number): string =>
    depth === 0
      ? value
      : value.replace(
          /\$\{([^${}:]+)(?::([^{}]*))?\}/g,
          (whole, key: string, fallback?: string) => {
            const found = find(key);
            return found?.value ?? fallback ?? whole;
          },
        );
  return (key): Property | undefined => {
    const entry = find(key);
    if (entry === undefined) return undefined;
    let { value } = entry;
    for (let depth = MAX_PLACEHOLDER_DEPTH; depth > 0 && value.includes("${"); depth -= 1) {
      value = resolve(value, depth);
    }
    // A placeholder that stays open is known to the running application only.
    return { value: value.includes("${") ? undefined : value, origin: [entry.origin] };
  };
}

/** A value as it is written, and where. */
interface Entry {
  readonly value: string;
  readonly origin: string;
}

type Properties = ReadonlyMap<string, Entry>;

/** A profile's file comes after all without one, but what the pod finds beside the archive comes after the archive. */
function inOrder(
  files: readonly PropertiesFile[],
  active: ReadonlySet<string>,
): readonly PropertiesFile[] {
  const bootstrap = files.filter(({ stage }) => stage === "bootstrap");
  const own = files.filter(({ stage }) => stage === undefined);
  const beside = files.filter(({ stage }) => stage === "beside");
  const ofProfile = (some: readonly PropertiesFile[], wanted: string | undefined) =>
    some.filter(({ profile }) => profile === wanted);
  const ofActive = (some: readonly PropertiesFile[]) =>
    [...active].flatMap((profile) => ofProfile(some, profile));
  return [
    ...ofProfile(bootstrap, undefined),
    ...ofActive(bootstrap),
    ...ofProfile(own, undefined),
    ...ofProfile(beside, undefined),
    ...ofActive(own),
    ...ofActive(beside),
  ];
}

/** https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files.activation-properties */
function isActive(
  document: Properties,
  { active, platform }: { readonly active: ReadonlySet<string>; readonly platform: string },
): boolean {
  const onProfile = document.get(canonical("spring.config.activate.on-profile"));
  const onPlatform = document.get(canonical("spring.config.activate.on-cloud-platform"));
  return (
    (onProfile === undefined || acceptsProfiles(onProfile.value, active)) &&
    (onPlatform === undefined || canonical(onPlatform.value.trim()) === platform)
  );
}

/**
 * Variables, below system properties in the JVM's options, below JSON, as Spring Boot orders them.
 * https://docs.spring.io/spring-boot/reference/features/external-config.html
 */
function readVariables(env: Readonly<Record<string, string>>): (key: string) => Entry | undefined {
  const values = new Map<string, Entry>();
  const originOf = (name: string) => `the variable ${name}`;
  for (const name of ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"]) {
    for (const [key, value] of systemPropertiesIn(env[name] ?? "")) {
      values.set(canonical(key), { value, origin: originOf(name) });
    }
  }
  for (const name of ["spring.application.json", "SPRING_APPLICATION_JSON"]) {
    for (const document of yamlDocuments({ path: name, text: env[name] ?? "" })) {
      for (const [key, { value }] of document) values.set(key, { value, origin: originOf(name) });
    }
  }
  const names = new Map(Object.keys(env).map((name) => [toVariable(name), name]));
  return (key) => {
    const entry = values.get(canonical(key));
    if (entry !== undefined) return entry;
    // With dashes left out, and as they were before Spring Boot 2.
    const name = names.get(toVariable(key.replaceAll("-", ""))) ?? names.get(toVariable(key));
    return name === undefined ? undefined : { value: env[name] ?? "", origin: originOf(name) };
  };
}

/** https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.typesafe-configuration-properties.relaxed-binding.environment-variables */
function toVariable(key: string): string {
  return key.replace(/[.-]/g, "_").toUpperCase();
}

/** "-Dkey=value" among the options of a JVM, with quotes where there are spaces. */
export function systemPropertiesIn(options: string): readonly (readonly [string, string])[] {
  return [...options.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)].flatMap(([word]) => {
    const [, key, value = ""] = /^-D([^=]+)=?(.*)$/s.exec(word.replace(/["']/g, "")) ?? [];
    return key === undefined ? [] : [[key, value] as const];
  });
}

/** Spring's relaxed binding: context-path, contextPath and CONTEXTPATH are one key. */
function canonical(key: string): string {
  return key.toLowerCase().replaceAll("-", "").replaceAll("_", "");
}

/** What holds whatever profiles are active. */
function baseProperties(files: readonly PropertiesFile[]): Properties {
  return new Map(
    files
      .filter(({ profile, stage }) => profile === undefined && stage !== "bootstrap")
      .flatMap(documentsOf)
      .filter((document) => !document.has(canonical("spring.config.activate.on-profile")))
      .flatMap((document) => [...document]),
  );
}

/**
 * Profiles with the members of their groups and what the base files include; a member comes after its group,
 * so it wins. https://docs.spring.io/spring-boot/reference/features/profiles.html#features.profiles.groups
 */
function withGroups(profiles: readonly string[], base: Properties): readonly string[] {
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
function listValue(values: Properties, key: string): readonly string[] {
  const name = canonical(key);
  const indexed = [...values.keys()].filter((each) => each.startsWith(`${name}[`)).toSorted();
  return [values.get(name), ...indexed.map((each) => values.get(each))].flatMap((entry) =>
    toList(entry?.value).filter((item) => item !== ""),
  );
}

function toList(value: string | undefined): readonly string[] {
  return (value ?? "").split(",").map((item) => item.trim());
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

function documentsOf(file: PropertiesFile): readonly Properties[] {
  return file.path.endsWith(".properties") ? propertiesDocuments(file) : yamlDocuments(file);
}

function yamlDocuments({
  path,
  text,
}: Pick<PropertiesFile, "path" | "text">): readonly Properties[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { logLevel: "silent", lineCounter });
  if (!Array.isArray(documents)) return [];
  return documents
    .filter((document) => document.errors.length === 0)
    .map((document) => {
      const values = new Map<string, Entry>();
      const lines = linesOf(document, lineCounter);
      try {
        flatten(document.toJS({ maxAliasCount: 100 }), "", (key, value) => {
          const line = lines.get(canonical(key));
          const origin = line === undefined ? path : `${path}:${line}`;
          values.set(canonical(key), { value, origin });
        });
      } catch {
        // Too many aliases: as good as invalid, and for the application to complain about.
      }
      return values;
    });
}

/** The line of each key; none for what comes through an alias. */
function linesOf(document: Document, lineCounter: LineCounter): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const walk = (node: unknown, prefix: string): void => {
    if (!isMap(node) || isAlias(node)) return;
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const key = prefix === "" ? String(pair.key.value) : `${prefix}.${String(pair.key.value)}`;
      const offset = pair.key.range?.[0];
      if (offset !== undefined) lines.set(canonical(key), lineCounter.linePos(offset).line);
      walk(pair.value, key);
    }
  };
  walk(document.contents, "");
  return lines;
}

function flatten(value: unknown, prefix: string, tell: (key: string, value: string) => void): void {
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    tell(prefix, value.join(","));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      flatten(inner, prefix === "" ? key : `${prefix}.${key}`, tell);
    }
  } else if (/^(string|number|boolean|bigint)$/.test(typeof value) && prefix !== "") {
    tell(prefix, String(value));
  }
}

/**
 * A .properties file, with escapes and continued lines as java.util.Properties has them. "#---" or "!---" is between
 * documents. https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files.multi-document
 */
function propertiesDocuments({ path, text }: PropertiesFile): readonly Properties[] {
  let document = new Map<string, Entry>();
  const documents = [document];
  for (const node of nodesOf(text)) {
    if (node instanceof Comment && /^[#!]---\s*$/.test(node.comment)) {
      document = new Map<string, Entry>();
      documents.push(document);
    } else if (node instanceof Pair) {
      const line = text.slice(0, node.range?.[0] ?? 0).split(/\r\n?|\n/).length;
      document.set(canonical(node.key), { value: node.value, origin: `${path}:${line}` });
    }
  }
  return documents;
}

/** None for a file with a malformed escape, which ends the application, too. */
function nodesOf(text: string) {
  try {
    return parseLines(text, true);
  } catch {
    return [];
  }
}
