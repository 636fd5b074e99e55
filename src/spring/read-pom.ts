import { XMLParser, XMLValidator } from "fast-xml-parser";
import { ToolError } from "../errors/tool-error.ts";

/** What one pom.xml says, not interpolated. */
export interface Pom {
  readonly path: string;
  readonly artifactId: string;
  readonly version: string | undefined;
  readonly packaging: string;
  readonly parent: PomParent | undefined;
  readonly properties: Readonly<Record<string, string>>;
  /** Folders or pom files, relative to this pom's folder. */
  readonly modules: readonly string[];
  readonly dependencies: readonly PomArtifact[];
  readonly managedDependencies: readonly PomArtifact[];
  readonly plugins: readonly PomPlugin[];
  readonly finalName: string | undefined;
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
  readonly release: string | undefined;
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
    version: textAt(project, "version") ?? textAt(parent, "version"),
    packaging: textAt(project, "packaging") ?? "jar",
    parent:
      parent === undefined
        ? undefined
        : { ...toArtifact(parent), relativePath: relativePathOf(parent) },
    properties: Object.fromEntries(
      Object.entries(asRecord(project["properties"]) ?? {}).flatMap(([key, value]) =>
        typeof value === "string" ? [[key, value]] : [],
      ),
    ),
    modules: listAt(asRecord(project["modules"]), "module").flatMap((module) =>
      typeof module === "string" && module !== "" ? [module] : [],
    ),
    dependencies: artifactsAt(project["dependencies"]),
    managedDependencies: artifactsAt(asRecord(project["dependencyManagement"])?.["dependencies"]),
    plugins: listAt(asRecord(build?.["plugins"]), "plugin").flatMap((plugin) => {
      const record = asRecord(plugin);
      if (record === undefined) return [];
      const release = textAt(asRecord(record["configuration"]), "release");
      return [{ ...toArtifact(record), release }];
    }),
    finalName: textAt(build, "finalName"),
  };
}

/** What holds for a project: its pom and those of its parents, as far as they are files of the project. */
export interface EffectivePom {
  readonly artifactId: string;
  readonly version: string | undefined;
  readonly packaging: string;
  readonly finalName: string | undefined;
  readonly springBootVersion: string | undefined;
  /** Whether anything in it concerns Spring Boot. */
  readonly usesSpringBoot: boolean;
  readonly javaVersion: number | undefined;
  readonly dependencies: readonly string[];
  readonly usesTestJars: boolean;
  /** Compiles with a JDK of its own choice (maven-toolchains-plugin), not with the one that Maven runs on. */
  readonly usesToolchains: boolean;
}

const SPRING_BOOT_GROUP = "org.springframework.boot";

/** @param chain the project's own pom first, then its parents */
export function effectivePom(chain: readonly [Pom, ...Pom[]]): EffectivePom {
  const own = chain[0];
  const properties: Readonly<Record<string, string>> = {
    ...Object.fromEntries(chain.toReversed().flatMap((pom) => Object.entries(pom.properties))),
    "project.artifactId": own.artifactId,
    "project.version": own.version ?? "",
  };
  const interpolate = (value: string | undefined) => resolve(value, properties);
  const dependencies = chain.flatMap((pom) => pom.dependencies);
  const plugins = chain.flatMap((pom) => pom.plugins);
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
    usesToolchains: plugins.some(({ artifactId }) => artifactId === "maven-toolchains-plugin"),
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
