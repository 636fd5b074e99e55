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
}

export interface GradleSettings {
  readonly rootProjectName: string | undefined;
  /** Project paths, as ":apps:user". */
  readonly projects: readonly { readonly path: string; readonly folder: string }[];
}

/** A version catalogue (gradle/libs.versions.toml): what an alias stands for. */
export type GradleCatalog = Readonly<
  Record<string, { readonly id: string; readonly version: string | undefined }>
>;

const PLUGIN = "org.springframework.boot";

/** @param properties gradle.properties, for versions that stand there */
export function readGradleBuild(
  text: string,
  {
    catalog,
    properties,
  }: { readonly catalog: GradleCatalog; readonly properties: Readonly<Record<string, string>> },
): GradleBuild {
  const code = withoutComments(text);
  const below = blocks(code, ["subprojects", "allprojects"]).join("\n");
  const own = code.replace(below, "");
  const aliases = [...code.matchAll(/\blibs\.([\w.]+)/g)].flatMap(([, accessor]) => {
    const found = catalog[accessor?.replace(/^plugins\./, "plugins.") ?? ""];
    return found === undefined ? [] : [found];
  });
  const pluginAlias = aliases.find(({ id }) => id === PLUGIN);
  const declared = new RegExp(
    `\\bid\\s*\\(?\\s*["']${PLUGIN.replaceAll(".", "\\.")}["']\\s*\\)?([^\\n;]*)`,
  ).exec(code);
  const aliasDeclared = [
    ...own.matchAll(/\balias\s*\(\s*libs\.plugins\.([\w.]+)\s*\)([^\n;]*)/g),
  ].find(([, accessor]) => catalog[`plugins.${accessor ?? ""}`]?.id === PLUGIN);
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
          /\bjvmToolchain\(\s*(\d+)/.exec(code)?.[1] ??
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
  };
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
    rootProjectName: /\brootProject\.name\s*=\s*["']([^"']+)["']/.exec(code)?.[1],
    projects: [...new Set(included.map(asProjectPath))].map((path) => ({
      path,
      folder: folders.get(path) ?? path.slice(1).replaceAll(":", "/"),
    })),
  };
}

/** Broken TOML counts as an empty catalogue: Gradle says best what is wrong with it. */
export function readGradleCatalog(text: string | undefined): GradleCatalog {
  if (text === undefined) return {};
  let catalog: unknown;
  try {
    catalog = parseToml(text);
  } catch {
    return {};
  }
  const versions = record(record(catalog)["versions"]);
  const versionOf = (value: unknown): string | undefined => {
    if (typeof value === "string") return value;
    const ref = record(value)["ref"];
    return typeof ref === "string" ? versionOf(versions[ref]) : undefined;
  };
  const entries = (table: string, prefix: string, idOf: (item: unknown) => string | undefined) =>
    Object.entries(record(record(catalog)[table])).flatMap(([alias, item]) => {
      const id = idOf(item);
      if (id === undefined) return [];
      const inText = typeof item === "string" ? item.split(":").at(-1) : undefined;
      return [
        [
          prefix + alias.replace(/[-_]/g, "."),
          { id, version: inText ?? versionOf(record(item)["version"]) },
        ] as const,
      ];
    });
  return Object.fromEntries([
    ...entries("libraries", "", (item) => {
      if (typeof item === "string") return item.split(":").slice(0, 2).join(":");
      const { module, group, name } = record(item);
      if (typeof module === "string") return module;
      return typeof group === "string" && typeof name === "string" ? `${group}:${name}` : undefined;
    }),
    ...entries("plugins", "plugins.", (item) => {
      if (typeof item === "string") return item.split(":")[0];
      const { id } = record(item);
      return typeof id === "string" ? id : undefined;
    }),
  ]);
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
