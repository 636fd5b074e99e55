import { parse as parseToml } from "smol-toml";
import { toJavaVersion } from "./read-pom.ts";

/** What can be read from a Gradle build without running it: text that is looked for, no evaluation. */
export interface GradleBuild {
  readonly appliesSpringBoot: boolean;
  /** Applies the plugin to its subprojects (subprojects { … } or allprojects { … }). */
  readonly appliesSpringBootBelow: boolean;
  readonly springBootVersion: string | undefined;
  readonly javaVersion: number | undefined;
  /** Artifact ids of what it depends on. */
  readonly dependencies: readonly string[];
  readonly version: string | undefined;
  /** The archive's name when the build sets one. */
  readonly archiveName: string | undefined;
  readonly packaging: "jar" | "war";
  /** False: a library that only uses the plug-in (bootJar is switched off). */
  readonly makesBootArchive: boolean;
  readonly jib: { readonly hasBaseImage: boolean } | undefined;
}

export interface GradleSettings {
  readonly rootProjectName: string | undefined;
  /** From pluginManagement, where the build file may leave it out. */
  readonly springBootVersion: string | undefined;
  /** Project paths, as ":apps:user". */
  readonly projects: readonly { readonly path: string; readonly folder: string }[];
}

/** A version catalogue (gradle/libs.versions.toml), by the accessors that build files use. */
export interface GradleCatalog {
  /** "spring.web" and "plugins.spring.boot": what the alias stands for. */
  readonly entries: Readonly<
    Record<string, { readonly id: string; readonly version: string | undefined }>
  >;
  /** "bundles.web": accessors of its libraries. */
  readonly bundles: Readonly<Record<string, readonly string[]>>;
  /** "java" for libs.versions.java.get(). */
  readonly versions: Readonly<Record<string, string>>;
}

const PLUGIN = "org.springframework.boot";
const JIB_PLUGIN = "com.google.cloud.tools.jib";

/** @param properties gradle.properties, for versions that stand there */
export function readGradleBuild(
  text: string,
  context: {
    readonly catalog: GradleCatalog;
    readonly properties: Readonly<Record<string, string>>;
  },
): GradleBuild {
  const { entries, bundles, versions } = context.catalog;
  const code = withCatalogVersions(withoutComments(text), versions);
  const properties = { ...context.properties, ...extraProperties(code) };
  const blocksBelow = blocks(code, ["subprojects", "allprojects"]);
  const below = blocksBelow.join("\n");
  const own = blocksBelow.reduce((rest, block) => rest.replace(block, ""), code);
  const aliases = [...code.matchAll(/\blibs\.([\w.]+)/g)].flatMap(([, accessor = ""]) => {
    return (bundles[accessor] ?? [accessor]).flatMap((alias) => entries[alias] ?? []);
  });
  const pluginAlias = aliases.find(({ id }) => id === PLUGIN);
  const declared = new RegExp(
    `\\bid\\s*\\(?\\s*["']${PLUGIN.replaceAll(".", "\\.")}["']\\s*\\)?([^\\n;]*)`,
  ).exec(code);
  const aliasDeclared = [
    ...own.matchAll(/\balias\s*\(\s*libs\.plugins\.([\w.]+)\s*\)([^\n;]*)/g),
  ].find(([, accessor]) => entries[`plugins.${accessor ?? ""}`]?.id === PLUGIN);
  const isOff = (rest: string | undefined) => /\bapply\s*\(?\s*false/.test(rest ?? "");
  const appliedByName = new RegExp(
    `apply\\s*\\(?\\s*plugin\\s*[:=]\\s*["']${PLUGIN.replaceAll(".", "\\.")}["']`,
  );
  const versionText =
    /\bversion\s*\(?\s*["']([^"']+)["']/.exec(declared?.[1] ?? "")?.[1] ??
    pluginAlias?.version ??
    new RegExp(
      `${PLUGIN.replaceAll(".", "\\.")}:spring-boot-(?:gradle-plugin|dependencies):([\\w.$\\{\\}-]+)`,
    ).exec(code)?.[1];
  return {
    appliesSpringBoot:
      (declared !== null && !isOff(declared[1])) ||
      (aliasDeclared !== undefined && !isOff(aliasDeclared[2])) ||
      appliedByName.test(own),
    appliesSpringBootBelow: below.includes(PLUGIN),
    springBootVersion: interpolate(versionText, properties),
    javaVersion:
      toJavaVersion(
        /JavaLanguageVersion\.of\(\s*["']?(\d+)/.exec(code)?.[1] ??
          /\bjvmToolchain\(\s*["']?(\d+)/.exec(code)?.[1] ??
          /\b(?:source|target)Compatibility\s*=?\s*(?:JavaVersion\.VERSION_|["'])?(\d+(?:[._]\d+)?)/
            .exec(code)?.[1]
            ?.replace("_", ".") ??
          /\boptions\.release(?:\s*=\s*|\.set\(\s*)(\d+)/.exec(code)?.[1],
      ) ?? undefined,
    dependencies: [
      ...new Set([
        ...[...code.matchAll(/["'][\w.-]+:([\w.-]+)(?::[^"']*)?["']/g)].flatMap(([, artifact]) =>
          artifact === undefined ? [] : [artifact],
        ),
        ...aliases.flatMap(({ id }) => id.split(":")[1] ?? []),
      ]),
    ],
    version: interpolate(
      /^\s*version\s*=?\s*["']([^"']+)["']/m.exec(code)?.[1] ?? properties["version"],
      properties,
    ),
    archiveName: /\barchiveFileName\s*(?:=|\.set\()\s*["']([^"'$]+)["']/.exec(code)?.[1],
    packaging: /\bid\s*\(?\s*["']war["']|^\s*war\s*$|plugin:\s*["']war["']/m.test(code)
      ? "war"
      : "jar",
    makesBootArchive:
      !/\bboot(?:Jar|War)\b[^\n{]*(?:\{\s*)?(?:\.?\s*)enabled\s*(?:=|\.set\()\s*false/.test(code),
    jib:
      own.includes(JIB_PLUGIN) || aliases.some(({ id }) => id === JIB_PLUGIN)
        ? { hasBaseImage: blocks(code, ["jib"]).some((block) => /\bfrom\b/.test(block)) }
        : undefined,
  };
}

/** `libs.versions.java.get()` stands for a text; what is looked for in the code is the text. */
function withCatalogVersions(code: string, versions: GradleCatalog["versions"]): string {
  return code.replace(
    /\blibs\.versions\.([\w.]+?)\.(?:get\(\)|asProvider\(\)\.get\(\))(?:\.toInt\(\)|\.toInteger\(\))?/g,
    (whole, accessor: string) => {
      const version = versions[accessor];
      return version === undefined ? whole : `"${version}"`;
    },
  );
}

/** `ext.x = "1"`, `ext { x = "1" }`, `set("x", "1")`, `val x by extra("1")`. */
function extraProperties(code: string): Readonly<Record<string, string>> {
  const inBlocks = blocks(code, ["ext"]).flatMap((block) => [
    ...block.matchAll(/\b(\w+)\s*=\s*["']([^"'$]+)["']/g),
    ...block.matchAll(/\bset\(\s*["'](\w+)["']\s*,\s*["']([^"'$]+)["']/g),
  ]);
  const alone = [
    ...code.matchAll(/\bext(?:ra)?\.(\w+)\s*=\s*["']([^"'$]+)["']/g),
    ...code.matchAll(/\bextra\[\s*["'](\w+)["']\s*\]\s*=\s*["']([^"'$]+)["']/g),
    ...code.matchAll(/\bval\s+(\w+)\s+by\s+extra\(\s*["']([^"'$]+)["']/g),
    ...code.matchAll(/\b(?:def|val)\s+(\w+)\s*=\s*["']([^"'$]+)["']/g),
  ];
  return Object.fromEntries(
    [...inBlocks, ...alone].map(([, name, value]) => [name ?? "", value ?? ""]),
  );
}

export function readGradleSettings(text: string): GradleSettings {
  const code = withoutComments(text);
  const folders = new Map(
    [
      ...code.matchAll(
        /project\(\s*["']([^"']+)["']\s*\)\.projectDir\s*=\s*(?:new\s+File\([^,]*,\s*|file\(\s*|File\([^,]*,\s*)["']([^"']+)["']/g,
      ),
    ].map(([, path, folder]) => [asProjectPath(path ?? ""), folder ?? ""] as const),
  );
  const included = [...code.matchAll(/\binclude\b\s*\(?((?:\s*["'][^"']+["']\s*,?)+)/g)].flatMap(
    ([, names]) => [...(names ?? "").matchAll(/["']([^"']+)["']/g)].map(([, name]) => name ?? ""),
  );
  return {
    springBootVersion: new RegExp(
      `\\bid\\s*\\(?\\s*["']${PLUGIN.replaceAll(".", "\\.")}["']\\s*\\)?\\s*version\\s*\\(?\\s*["']([\\w.-]+)["']`,
    ).exec(code)?.[1],
    rootProjectName: /\brootProject\.name\s*=\s*["']([^"']+)["']/.exec(code)?.[1],
    projects: [...new Set(included.map(asProjectPath))].map((path) => ({
      path,
      folder: folders.get(path) ?? path.slice(1).replaceAll(":", "/"),
    })),
  };
}

/** Broken TOML counts as an empty catalogue: Gradle says best what is wrong with it. */
export function readGradleCatalog(text: string | undefined): GradleCatalog {
  const tables = parseCatalog(text);
  const named = record(tables["versions"]);
  const versionOf = (value: unknown): string | undefined => {
    if (typeof value === "string") return value;
    const { ref, strictly, require, prefer } = record(value);
    if (typeof ref === "string") return versionOf(named[ref]);
    return [require, strictly, prefer].find((version) => typeof version === "string");
  };
  const entriesOf = (table: string, prefix: string, idOf: (item: unknown) => string | undefined) =>
    Object.entries(record(tables[table])).flatMap(([alias, item]) => {
      const id = idOf(item);
      if (id === undefined) return [];
      const inText = typeof item === "string" ? item.split(":").at(-1) : undefined;
      const version = inText ?? versionOf(record(item)["version"]);
      return [[prefix + accessorOf(alias), { id, version }] as const];
    });
  return {
    entries: Object.fromEntries([
      ...entriesOf("libraries", "", (item) => {
        if (typeof item === "string") return item.split(":").slice(0, 2).join(":");
        const { module, group, name } = record(item);
        if (typeof module === "string") return module;
        const isSplit = typeof group === "string" && typeof name === "string";
        return isSplit ? `${group}:${name}` : undefined;
      }),
      ...entriesOf("plugins", "plugins.", (item) => {
        if (typeof item === "string") return item.split(":")[0];
        const { id } = record(item);
        return typeof id === "string" ? id : undefined;
      }),
    ]),
    bundles: Object.fromEntries(
      Object.entries(record(tables["bundles"])).map(([alias, members]) => [
        `bundles.${accessorOf(alias)}`,
        Array.isArray(members) ? members.map((member) => accessorOf(String(member))) : [],
      ]),
    ),
    versions: Object.fromEntries(
      Object.entries(named).flatMap(([alias, value]) => {
        const version = versionOf(value);
        return version === undefined ? [] : [[accessorOf(alias), version]];
      }),
    ),
  };
}

function parseCatalog(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    return record(parseToml(text));
  } catch {
    return {};
  }
}

/** Dashes and underscores of an alias are dots in build files. */
function accessorOf(alias: string): string {
  return alias.replace(/[-_]/g, ".");
}

function asProjectPath(name: string): string {
  return name.startsWith(":") ? name : `:${name}`;
}

/** The text of blocks such as `subprojects { … }`, braces matched. */
function blocks(code: string, names: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const match of code.matchAll(new RegExp(`\\b(?:${names.join("|")})\\s*\\{`, "g"))) {
    let depth = 0;
    for (let at = match.index; at < code.length; at += 1) {
      if (code[at] === "{") depth += 1;
      if (code[at] === "}" && (depth -= 1) === 0) {
        found.push(code.slice(match.index, at + 1));
        break;
      }
    }
  }
  return found;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:])\/\/.*$/gm, "$1");
}

function interpolate(
  value: string | undefined,
  properties: Readonly<Record<string, string>>,
): string | undefined {
  const text = value?.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => properties[name] ?? whole);
  return text?.includes("$") ? undefined : text;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
