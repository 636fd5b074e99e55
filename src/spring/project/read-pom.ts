import { dirname } from "node:path";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { ToolError } from "../../errors/tool-error.ts";

/** What one pom.xml says, not interpolated. */
export interface Pom {
  readonly path: string;
  readonly artifactId: string;
  readonly groupId: string | undefined;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly version: string | undefined;
  readonly packaging: string;
  readonly parent: PomParent | undefined;
  readonly properties: Readonly<Record<string, string>>;
  /** Folders or pom files, relative to this pom's folder. */
  readonly modules: readonly string[];
  readonly dependencies: readonly PomArtifact[];
  readonly managedDependencies: readonly PomArtifact[];
  readonly plugins: readonly PomPlugin[];
  readonly managedPlugins: readonly PomPlugin[];
  readonly finalName: string | undefined;
  /** The build's `directory`. */
  readonly outputDir: string | undefined;
}

export interface PomParent extends PomArtifact {
  /** "" means: never look in the file system. */
  readonly relativePath: string;
}

export interface PomArtifact {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string | undefined;
  readonly type: string | undefined;
}

export interface PomPlugin extends PomArtifact {
  /** Java that the compiler plug-in is told: release, or target or source of older builds. */
  readonly release: string | undefined;
  /** Jib's: its configuration names a base image. */
  readonly hasBaseImage: boolean;
}

const parser = new XMLParser({ parseTagValue: false, trimValues: true, ignoreDeclaration: true });

/** Throws `invalid-build-file` when it is no pom. */
export function readPom(path: string, text: string): Pom {
  const validity = XMLValidator.validate(text);
  if (validity !== true) {
    const { line, msg } = validity.err;
    throw new ToolError("invalid-build-file", { path, line, reason: msg.replace(/\.$/, "") });
  }
  const project = asRecord(asRecord(parser.parse(text))?.["project"]);
  const artifactId = textAt(project, "artifactId");
  if (project === undefined || artifactId === undefined) {
    throw new ToolError("invalid-build-file", {
      path,
      line: 0,
      reason: project === undefined ? "it has no <project>" : "it has no <artifactId>",
    });
  }
  const parent = asRecord(project["parent"]);
  const build = asRecord(project["build"]);
  return {
    path,
    artifactId,
    groupId: textAt(project, "groupId") ?? textAt(parent, "groupId"),
    name: textAt(project, "name"),
    description: textAt(project, "description"),
    version: textAt(project, "version") ?? textAt(parent, "version"),
    packaging: textAt(project, "packaging") ?? "jar",
    parent:
      parent === undefined
        ? undefined
        : { ...toArtifact(parent), relativePath: relativePathOf(parent) },
    properties: Object.fromEntries(
      [project, ...profilesActiveByDefault(project)].flatMap((section) =>
        Object.entries(asRecord(section["properties"]) ?? {}).flatMap(([key, value]) =>
          typeof value === "string" ? [[key, value]] : [],
        ),
      ),
    ),
    modules: [project, ...profilesActiveByDefault(project)].flatMap((section) =>
      listAt(asRecord(section["modules"]), "module").flatMap((module) =>
        typeof module === "string" && module !== "" ? [module] : [],
      ),
    ),
    dependencies: artifactsAt(project["dependencies"]),
    managedDependencies: artifactsAt(asRecord(project["dependencyManagement"])?.["dependencies"]),
    plugins: pluginsAt(build),
    managedPlugins: pluginsAt(asRecord(build?.["pluginManagement"])),
    finalName: textAt(build, "finalName"),
    outputDir: textAt(build, "directory"),
  };
}

/** Profiles that need no switch; what others add is known to Maven only. */
function profilesActiveByDefault(
  project: Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] {
  return listAt(asRecord(project["profiles"]), "profile").flatMap((profile) => {
    const record = asRecord(profile);
    const isActive = textAt(asRecord(record?.["activation"]), "activeByDefault") === "true";
    return record !== undefined && isActive ? [record] : [];
  });
}

function pluginsAt(section: Readonly<Record<string, unknown>> | undefined): readonly PomPlugin[] {
  return listAt(asRecord(section?.["plugins"]), "plugin").flatMap((plugin) => {
    const record = asRecord(plugin);
    if (record === undefined) return [];
    const configuration = asRecord(record["configuration"]);
    const isCompiler = /^(maven-compiler|kotlin-maven)-plugin$/.test(
      textAt(record, "artifactId") ?? "",
    );
    const release = !isCompiler
      ? undefined
      : (textAt(configuration, "release") ??
        textAt(configuration, "target") ??
        textAt(configuration, "source") ??
        textAt(configuration, "jvmTarget"));
    const hasBaseImage = asRecord(configuration?.["from"])?.["image"] !== undefined;
    return [{ ...toArtifact(record), release, hasBaseImage }];
  });
}

/** What holds for a project: its pom and those of its parents, as far as they are files of the project. */
export interface EffectivePom {
  readonly artifactId: string;
  readonly version: string | undefined;
  readonly packaging: string;
  readonly finalName: string | undefined;
  /** Absolute, or relative to the project's folder; undefined: "target", or what only Maven can tell. */
  readonly outputDir: string | undefined;
  readonly springBootVersion: string | undefined;
  /** Whether anything in it concerns Spring Boot. */
  readonly usesSpringBoot: boolean;
  readonly javaVersion: number | undefined;
  readonly dependencies: readonly string[];
  readonly usesTestJars: boolean;
  /** Compiles with a JDK of its own choice (maven-toolchains-plugin), not with the one that Maven runs on. */
  readonly usesToolchains: boolean;
  /** What resource filtering puts in place of `@key@`, as far as it is known. */
  readonly filterProperties: Readonly<Record<string, string>>;
  readonly jib: { readonly hasBaseImage: boolean } | undefined;
}

const JIB_PLUGIN = "jib-maven-plugin";
const SPRING_BOOT_GROUP = "org.springframework.boot";

/** @param chain the project's own pom first, then its parents */
export function effectivePom(chain: readonly [Pom, ...Pom[]]): EffectivePom {
  const properties = propertiesOf(chain);
  const own = chain[0];
  const interpolate = (value: string | undefined) => resolve(value, properties);
  const dependencies = chain.flatMap((pom) => pom.dependencies);
  // A managed plug-in that is not listed configures the compiler all the same: Maven always runs that one.
  const plugins = chain.flatMap((pom) => [...pom.plugins, ...pom.managedPlugins]);
  const jib = chain
    .flatMap((pom) => pom.plugins)
    .find(({ artifactId }) => artifactId === JIB_PLUGIN);
  const bootArtifacts = [
    ...chain.flatMap((pom) => (pom.parent === undefined ? [] : [pom.parent])),
    ...chain.flatMap((pom) => pom.managedDependencies),
    ...plugins,
    ...dependencies,
  ].filter(({ groupId }) => groupId === SPRING_BOOT_GROUP);
  const version = interpolate(own.version);
  const finalName = interpolate(chain.find((pom) => pom.finalName !== undefined)?.finalName);
  return {
    artifactId: own.artifactId,
    version,
    packaging: own.packaging,
    finalName: finalName ?? (version === undefined ? undefined : `${own.artifactId}-${version}`),
    outputDir: interpolate(chain.find((pom) => pom.outputDir !== undefined)?.outputDir),
    springBootVersion: interpolate(
      bootArtifacts.find(({ version: found }) => found !== undefined)?.version,
    ),
    usesSpringBoot: bootArtifacts.length > 0,
    javaVersion: toJavaVersion(
      interpolate(
        plugins.find(({ release }) => release !== undefined)?.release ??
          properties["maven.compiler.release"] ??
          properties["java.version"] ??
          properties["maven.compiler.target"] ??
          properties["maven.compiler.source"],
      ),
    ),
    dependencies: [...new Set(dependencies.map(({ artifactId }) => artifactId))],
    usesTestJars: dependencies.some(({ type }) => type === "test-jar"),
    jib: jib === undefined ? undefined : { hasBaseImage: jib.hasBaseImage },
    usesToolchains: plugins.some(({ artifactId }) => artifactId === "maven-toolchains-plugin"),
    filterProperties: Object.fromEntries(
      Object.keys(properties).flatMap((key) => {
        const value = interpolate(properties[key]);
        return value === undefined ? [] : [[key, value]];
      }),
    ),
  };
}

/** What `${…}` may stand for in a project: properties of all poms, the nearest first, and the project's own fields. */
function propertiesOf(chain: readonly [Pom, ...Pom[]]): Readonly<Record<string, string>> {
  const own = chain[0];
  const fields = {
    artifactId: own.artifactId,
    version: own.version ?? "",
    groupId: own.groupId ?? "",
    name: own.name ?? own.artifactId,
    description: own.description ?? "",
    packaging: own.packaging,
    "parent.version": own.parent?.version ?? "",
    "parent.artifactId": own.parent?.artifactId ?? "",
    "parent.groupId": own.parent?.groupId ?? "",
    basedir: dirname(own.path),
  };
  return {
    basedir: fields.basedir,
    ...Object.fromEntries(chain.toReversed().flatMap((pom) => Object.entries(pom.properties))),
    ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [`project.${key}`, value])),
  };
}

/** "17", "1.8" and "21.0.2" as 17, 8 and 21. */
export function toJavaVersion(text: string | undefined): number | undefined {
  const match = /^(?:1\.)?(\d+)/.exec(text?.trim() ?? "");
  return match === null ? undefined : Number(match[1]);
}

/** Undefined when a placeholder stays open. */
function resolve(
  value: string | undefined,
  properties: Readonly<Record<string, string>>,
): string | undefined {
  let text = value;
  for (let depth = 0; depth < 8 && text?.includes("${"); depth += 1) {
    text = text.replace(/\$\{([^}]+)\}/g, (whole, key: string) => properties[key] ?? whole);
  }
  return text?.includes("${") ? undefined : text;
}

function relativePathOf(parent: Readonly<Record<string, unknown>>): string {
  if (!("relativePath" in parent)) return "../pom.xml";
  return textAt(parent, "relativePath") ?? "";
}

function artifactsAt(value: unknown): readonly PomArtifact[] {
  return listAt(asRecord(value), "dependency").flatMap((dependency) => {
    const record = asRecord(dependency);
    return record === undefined ? [] : [toArtifact(record)];
  });
}

function toArtifact(record: Readonly<Record<string, unknown>>): PomArtifact {
  return {
    groupId: textAt(record, "groupId") ?? "",
    artifactId: textAt(record, "artifactId") ?? "",
    version: textAt(record, "version"),
    type: textAt(record, "type"),
  };
}

function listAt(
  record: Readonly<Record<string, unknown>> | undefined,
  key: string,
): readonly unknown[] {
  const value = record?.[key];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function textAt(
  record: Readonly<Record<string, unknown>> | undefined,
  key: string,
): string | undefined {
  const value = record?.[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
