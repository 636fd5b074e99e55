import { basename, dirname, join, normalize, relative, resolve } from "node:path";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { PropertiesFile } from "./read-properties-files.ts";
import {
  readGradleBuild,
  readGradleCatalog,
  readGradleSettings,
  type GradleBuild,
} from "./read-gradle.ts";
import { isOfKubernetes } from "../objects/plan-permissions.ts";
import { effectivePom, readPom, type Pom } from "./read-pom.ts";

export type WebStack = "servlet" | "reactive" | "none";

/** A Spring Boot application in the file system: facts, nothing decided. */
export interface SpringProject {
  readonly buildTool: "maven" | "gradle";
  /** Where the build tool runs: the folder of the whole build. */
  readonly rootDir: string;
  /** The application's own folder; rootDir unless it is a module. */
  readonly dir: string;
  /** Maven: the module's folder relative to rootDir. Gradle: its path, as ":apps:user". */
  readonly module?: string;
  /** mvnw or gradlew in rootDir, when it can be used. */
  readonly wrapper?: { readonly isExecutable: boolean };
  readonly artifact: string;
  readonly version?: string;
  /** File name of the archive that the build makes, when it can be known beforehand. */
  readonly archiveName?: string;
  readonly packaging: "jar" | "war";
  /** Where the build writes, absolute; absent: where its tool writes by default. */
  readonly outputDir?: string;
  /** The archives of the last build, absolute; absent until Maven was asked. */
  readonly archives?: readonly string[];
  /** Folders that the build's modules write to, absolute; absent until Maven was asked. */
  readonly outputFolders?: readonly string[];
  readonly springBootVersion?: string;
  /** Undefined: that of the JDK that happens to build it (Gradle, when the build says nothing). */
  readonly javaVersion: number | undefined;
  /** The build finds a JDK by itself (toolchains); otherwise the one that runs the build must do. */
  readonly usesToolchains: boolean;
  readonly web: WebStack;
  readonly hasActuator: boolean;
  /** spring-boot-devtools is among its dependencies; absent where it is not. */
  readonly hasDevtools?: true;
  /** Artifact ids of what talks to Kubernetes (Spring Cloud Kubernetes, fabric8's client); absent without any. */
  readonly kubernetesLibraries?: readonly string[];
  /** It has spring-cloud-bindings; absent when it has not. */
  readonly readsBindings?: true;
  readonly usesTestJars: boolean;
  /** Folders of the build's other modules that this one is not made of, absolute; absent without any. */
  readonly otherModules?: readonly string[];
  /** The project's own Dockerfile, absolute. */
  readonly dockerfile?: string;
  /** The build has Google's Jib plugin. */
  readonly jib?: JibPlugin;
  readonly propertiesFiles: readonly PropertiesFile[];
}

export interface JibPlugin {
  /** The build says what the image is put on. */
  readonly hasBaseImage: boolean;
}

/** The oldest Java of Spring Boot 3 and 4, and what their parent pom sets. */
export const DEFAULT_JAVA_VERSION = 17;
const BUILD_FILES = [
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "settings.gradle",
  "settings.gradle.kts",
];

/**
 * Reads the project in a folder. Nothing of it is run.
 * @param module which application of a build with several; its folder, its artifact id or its Gradle path
 */
export async function detectProject(
  dir: string,
  { files, module }: { readonly files: Files; readonly module?: string },
): Promise<SpringProject> {
  if ((await files.status(dir))?.kind !== "directory") {
    throw new ToolError("project-folder-missing", { dir });
  }
  const present = new Set((await files.list(dir))?.map(({ name }) => name));
  if (present.has("pom.xml")) return detectMaven(dir, { files, module });
  if (BUILD_FILES.some((name) => present.has(name))) return detectGradle(dir, { files, module });
  throw new ToolError("no-spring-project", {
    dir,
    reason: "there is no pom.xml, build.gradle or build.gradle.kts in it",
    projects: await projectsBelow(dir, files),
  });
}

/**
 * The Spring Boot applications of a build as `--module` takes them; empty for a folder that is one application itself.
 */
export async function listModules(dir: string, files: Files): Promise<readonly string[]> {
  try {
    await detectProject(dir, { files });
    return [];
  } catch (error) {
    if (!isToolError(error, "module-not-chosen")) throw error;
    return error.facts.modules;
  }
}

type Lookup = { readonly files: Files; readonly module: string | undefined };

async function detectMaven(dir: string, { files, module }: Lookup): Promise<SpringProject> {
  const rootDir = await mavenRoot(dir, files);
  const here = await pomAt(join(dir, "pom.xml"), files);
  const chosen =
    here.modules.length === 0
      ? { dir, name: here.artifactId }
      : chooseModule(dir, module, await mavenApplications(dir, files));
  if (here.modules.length === 0 && module !== undefined) {
    throw new ToolError("module-not-found", { dir, module, modules: [] });
  }
  const chain = await pomChain(join(chosen.dir, "pom.xml"), files);
  const pom = effectivePom(chain);
  if (!pom.usesSpringBoot && !(await hasApplicationClass(chosen.dir, files))) {
    throw new ToolError("no-spring-project", {
      dir,
      reason: "its pom.xml names nothing of Spring Boot",
      projects: [],
    });
  }
  if (pom.packaging !== "jar" && pom.packaging !== "war") {
    throw new ToolError("no-spring-project", {
      dir,
      reason: `its pom.xml has the packaging "${pom.packaging}" and no modules`,
      projects: [],
    });
  }
  const wrapper = await wrapperIn(rootDir, "mvnw", ".mvn/wrapper/maven-wrapper.properties", files);
  return {
    buildTool: "maven",
    rootDir,
    dir: chosen.dir,
    ...(chosen.dir === rootDir ? {} : { module: relative(rootDir, chosen.dir) }),
    ...(wrapper === undefined ? {} : { wrapper }),
    artifact: pom.artifactId,
    ...(pom.version === undefined ? {} : { version: pom.version }),
    ...(pom.finalName === undefined ? {} : { archiveName: `${pom.finalName}.${pom.packaging}` }),
    packaging: pom.packaging,
    ...(pom.outputDir === undefined ? {} : { outputDir: resolve(chosen.dir, pom.outputDir) }),
    ...(pom.springBootVersion === undefined ? {} : { springBootVersion: pom.springBootVersion }),
    javaVersion: pom.javaVersion ?? DEFAULT_JAVA_VERSION,
    web: webStackOf(pom.dependencies),
    hasActuator: hasActuator(pom.dependencies),
    ...librariesOf(pom.dependencies),
    usesTestJars: pom.usesTestJars,
    ...(await otherModulesOf(chosen.dir, rootDir, files)),
    usesToolchains: pom.usesToolchains,
    ...(pom.jib === undefined ? {} : { jib: pom.jib }),
    ...(await filesOfApplication(chosen.dir, files, {
      filterProperties: pom.filterProperties,
      readsBootstrap: readsBootstrap(pom.dependencies),
    })),
  };
}

/** The outermost pom that lists, through its modules, the one in `dir`. */
async function mavenRoot(dir: string, files: Files): Promise<string> {
  let root = dir;
  for (let at = dirname(dir); at !== dirname(at); at = dirname(at)) {
    const text = await files.readText(join(at, "pom.xml"));
    if (text === undefined) continue;
    if (!modulesIn(at, text).includes(root)) break;
    root = at;
  }
  return root;
}

function modulesIn(dir: string, text: string): readonly string[] {
  return pomOrNone(join(dir, "pom.xml"), text).modules.map((module) => moduleFolder(dir, module));
}

/** Empty for a broken pom: a file outside the project is no reason to refuse the project. */
function pomOrNone(path: string, text: string): Pick<Pom, "artifactId" | "modules"> {
  try {
    return readPom(path, text);
  } catch (error) {
    if (isToolError(error, "invalid-build-file")) return { artifactId: "", modules: [] };
    throw error;
  }
}

async function mavenApplications(
  dir: string,
  files: Files,
): Promise<readonly { readonly dir: string; readonly name: string }[]> {
  const pom = await pomAt(join(dir, "pom.xml"), files);
  const found: { dir: string; name: string }[] = [];
  for (const module of pom.modules) {
    const folder = moduleFolder(dir, module);
    if ((await files.status(join(folder, "pom.xml"))) === undefined) continue;
    found.push(...(await mavenApplications(folder, files)));
  }
  if (pom.packaging !== "pom" && (await hasApplicationClass(dir, files))) {
    found.push({ dir, name: pom.artifactId });
  }
  return found;
}

/**
 * What `--also-make` leaves out: modules that are neither a dependency, nor a plug-in, nor a parent, directly or not. Any
 * mention of an artifact id counts, in profiles and elsewhere, so that a module is rather taken for needed than not.
 * https://maven.apache.org/guides/mini/guide-multiple-modules.html
 */
async function otherModulesOf(
  dir: string,
  rootDir: string,
  files: Files,
): Promise<Pick<SpringProject, "otherModules">> {
  if (dir === rootDir) return {};
  const modules = await mavenModules(rootDir, files);
  const needed = new Set<string>();
  const take = (folder: string): void => {
    if (needed.has(folder)) return;
    needed.add(folder);
    const mentioned = modules.get(folder)?.mentions ?? new Set();
    for (const [other, { artifactId }] of modules) if (mentioned.has(artifactId)) take(other);
  };
  take(dir);
  const others = [...modules.keys()].filter(
    (folder) => ![...needed].some((path) => path === folder || path.startsWith(`${folder}/`)),
  );
  return others.length === 0 ? {} : { otherModules: others };
}

interface MavenModule {
  readonly artifactId: string;
  /** Every artifact id in its pom. */
  readonly mentions: ReadonlySet<string>;
}

/** All modules of a build by their folders, its root too. */
async function mavenModules(
  rootDir: string,
  files: Files,
): Promise<ReadonlyMap<string, MavenModule>> {
  const found = new Map<string, MavenModule>();
  const look = async (folder: string): Promise<void> => {
    const path = join(folder, "pom.xml");
    const text = await files.readText(path);
    if (text === undefined || found.has(folder)) return;
    const { artifactId, modules } = pomOrNone(path, text);
    const ids = [...text.matchAll(/<artifactId>\s*([^<\s]+)/g)].map(([, id = ""]) => id);
    found.set(folder, { artifactId, mentions: new Set(ids) });
    for (const module of modules) await look(moduleFolder(folder, module));
  };
  await look(rootDir);
  return found;
}

function moduleFolder(dir: string, module: string): string {
  const folder = normalize(join(dir, module));
  return folder.endsWith(".xml") ? dirname(folder) : folder.replace(/\/$/, "");
}

async function pomChain(path: string, files: Files): Promise<[Pom, ...Pom[]]> {
  const own = await pomAt(path, files);
  const chain: [Pom, ...Pom[]] = [own];
  for (let child: Pom = own; child.parent !== undefined && child.parent.relativePath !== "";) {
    let parentPath = normalize(join(dirname(child.path), child.parent.relativePath));
    if ((await files.status(parentPath))?.kind === "directory") {
      parentPath = join(parentPath, "pom.xml");
    }
    const text = await files.readText(parentPath);
    if (text === undefined || chain.some((pom) => pom.path === parentPath)) break;
    const parent = readPom(parentPath, text);
    if (parent.artifactId !== child.parent.artifactId) break;
    chain.push(parent);
    child = parent;
  }
  return chain;
}

async function pomAt(path: string, files: Files): Promise<Pom> {
  const text = await files.readText(path);
  if (text === undefined)
    throw new ToolError("file-not-found", { path, purpose: "a Maven module" });
  return readPom(path, text);
}

async function detectGradle(dir: string, { files, module }: Lookup): Promise<SpringProject> {
  const rootDir = await gradleRoot(dir, files);
  const settings = await gradleSettings(rootDir, files);
  const context = {
    catalog: readGradleCatalog(await files.readText(join(rootDir, "gradle/libs.versions.toml"))),
    properties: keyValues(await files.readText(join(rootDir, "gradle.properties"))),
  };
  const buildOf = async (folder: string): Promise<GradleBuild> =>
    readGradleBuild(
      (await files.readText(join(folder, "build.gradle"))) ??
        (await files.readText(join(folder, "build.gradle.kts"))) ??
        "",
      context,
    );
  const root = await buildOf(rootDir);
  const below = settings.projects.map(({ path, folder }) => ({
    path,
    dir: normalize(join(rootDir, folder)),
  }));
  const inDir = below.find((project) => project.dir === dir);

  let chosen: { readonly dir: string; readonly path?: string };
  if (dir !== rootDir && inDir !== undefined) {
    chosen = inDir;
  } else if (below.length === 0 || (root.appliesSpringBoot && module === undefined)) {
    if (module !== undefined) {
      throw new ToolError("module-not-found", { dir, module, modules: [] });
    }
    chosen = { dir: rootDir };
  } else {
    const applications: { dir: string; name: string; path: string }[] = [];
    for (const project of below) {
      const build = await buildOf(project.dir);
      // A convention plug-in of the build's own (buildSrc) may apply Spring Boot's: the class says it, too.
      const isApplication =
        build.makesBootArchive &&
        (build.appliesSpringBoot || (await hasApplicationClass(project.dir, files)));
      if (isApplication) applications.push({ ...project, name: project.path });
    }
    const found = chooseModule(dir, module, applications);
    chosen = applications.find((application) => application.dir === found.dir) ?? found;
  }

  const own = chosen.dir === rootDir ? root : await buildOf(chosen.dir);
  const dependencies = [
    ...own.dependencies,
    ...(root.appliesSpringBootBelow ? root.dependencies : []),
  ];
  const usesSpringBoot =
    own.appliesSpringBoot ||
    root.appliesSpringBootBelow ||
    (await hasApplicationClass(chosen.dir, files));
  if (!usesSpringBoot) {
    throw new ToolError("no-spring-project", {
      dir,
      reason: "its Gradle build does not apply the plugin org.springframework.boot",
      projects: [],
    });
  }
  const wrapper = await wrapperIn(
    rootDir,
    "gradlew",
    "gradle/wrapper/gradle-wrapper.properties",
    files,
  );
  const artifact =
    chosen.path === undefined
      ? (settings.rootProjectName ?? basename(rootDir))
      : (chosen.path.split(":").at(-1) ?? basename(chosen.dir));
  const version = own.version ?? root.version;
  const springBootVersion =
    own.springBootVersion ?? root.springBootVersion ?? settings.springBootVersion;
  const archiveName =
    own.archiveName ??
    (version === undefined ? undefined : `${artifact}-${version}.${own.packaging}`);
  return {
    buildTool: "gradle",
    rootDir,
    dir: chosen.dir,
    ...(chosen.path === undefined ? {} : { module: chosen.path }),
    ...(wrapper === undefined ? {} : { wrapper }),
    artifact,
    ...(version === undefined ? {} : { version }),
    ...(archiveName === undefined ? {} : { archiveName }),
    packaging: own.packaging,
    ...(springBootVersion === undefined ? {} : { springBootVersion }),
    javaVersion: own.javaVersion ?? root.javaVersion,
    web: webStackOf(dependencies),
    hasActuator: hasActuator(dependencies),
    ...librariesOf(dependencies),
    usesTestJars: false,
    usesToolchains: true,
    ...(own.jib === undefined ? {} : { jib: own.jib }),
    ...(await filesOfApplication(chosen.dir, files, {
      readsBootstrap: readsBootstrap(dependencies),
    })),
  };
}

/** The nearest folder with settings, when it includes `dir`; Gradle looks for it in the same way. */
async function gradleRoot(dir: string, files: Files): Promise<string> {
  for (let at = dir, child = ""; at !== child; child = at, at = dirname(at)) {
    const settings = await gradleSettingsText(at, files);
    if (settings === undefined) continue;
    const includes = readGradleSettings(settings).projects.some(
      ({ folder }) => normalize(join(at, folder)) === dir,
    );
    return at === dir || includes ? at : dir;
  }
  return dir;
}

async function gradleSettings(dir: string, files: Files) {
  return readGradleSettings((await gradleSettingsText(dir, files)) ?? "");
}

async function gradleSettingsText(dir: string, files: Files): Promise<string | undefined> {
  return (
    (await files.readText(join(dir, "settings.gradle"))) ??
    (await files.readText(join(dir, "settings.gradle.kts")))
  );
}

function chooseModule(
  dir: string,
  module: string | undefined,
  applications: readonly { readonly dir: string; readonly name: string }[],
): { readonly dir: string; readonly name: string } {
  const names = applications.map((application) => relative(dir, application.dir) || ".");
  if (module === undefined) {
    const only = applications[0];
    if (only === undefined) {
      throw new ToolError("no-spring-project", {
        dir,
        reason: "none of its modules has a class with @SpringBootApplication",
        projects: [],
      });
    }
    if (applications.length > 1) throw new ToolError("module-not-chosen", { dir, modules: names });
    return only;
  }
  const wanted = module.replace(/^\.\/|\/$/g, "");
  const found = applications.find(
    ({ dir: folder, name }) =>
      (relative(dir, folder) || ".") === wanted ||
      name === wanted ||
      `:${name}` === wanted ||
      name === `:${wanted}`,
  );
  if (found === undefined) throw new ToolError("module-not-found", { dir, module, modules: names });
  return found;
}

export function webStackOf(artifacts: readonly string[]): WebStack {
  const has = (pattern: RegExp) => artifacts.some((artifact) => pattern.test(artifact));
  // With both on the class path Spring Boot starts the servlet stack (WebApplicationType.deduceFromClasspath).
  if (
    has(
      /^spring-boot-starter-(web|webmvc|jersey|tomcat|jetty|undertow|data-rest|hateoas|web-services|webservices)$|^spring-webmvc/,
    ) ||
    has(
      /^spring-cloud-(starter-gateway(-server-web)?-?mvc|config-server|starter-netflix-eureka-server)$|^spring-boot-admin-starter-server$|^vaadin-spring-boot-starter$/,
    )
  ) {
    return "servlet";
  }
  if (
    has(
      /^spring-boot-starter-webflux$|^spring-cloud-(starter-gateway|gateway-server)|^spring-webflux/,
    )
  ) {
    return "reactive";
  }
  return "none";
}

function librariesOf(
  artifacts: readonly string[],
): Pick<SpringProject, "hasDevtools" | "kubernetesLibraries" | "readsBindings"> {
  const found = artifacts.filter(isOfKubernetes);
  return {
    ...(artifacts.includes("spring-boot-devtools") ? { hasDevtools: true } : {}),
    ...(found.length === 0 ? {} : { kubernetesLibraries: found }),
    ...(artifacts.includes("spring-cloud-bindings") ? { readsBindings: true } : {}),
  };
}

/** https://docs.spring.io/spring-cloud-commons/reference/spring-cloud-commons/application-context-services.html */
function readsBootstrap(artifacts: readonly string[]): boolean {
  return artifacts.includes("spring-cloud-starter-bootstrap");
}

function hasActuator(artifacts: readonly string[]): boolean {
  return artifacts.some((artifact) => /^spring-boot(-starter)?-actuator/.test(artifact));
}

async function wrapperIn(
  dir: string,
  script: string,
  properties: string,
  files: Files,
): Promise<{ readonly isExecutable: boolean } | undefined> {
  const [status, settings] = [
    await files.status(join(dir, script)),
    await files.status(join(dir, properties)),
  ];
  // Without its properties the Maven wrapper does not know which Maven to fetch; Gradle's script may do without.
  if (status?.kind !== "file" || (settings === undefined && script === "mvnw")) return undefined;
  const reason = await wrapperFault(dir, script, settings !== undefined, files);
  if (reason !== undefined)
    throw new ToolError("wrapper-broken", { path: join(dir, script), reason });
  return { isExecutable: (status.mode & 0o111) !== 0 };
}

/** What its own failure would tell in words that lead nowhere ("\r: not found", GradleWrapperMain). */
async function wrapperFault(
  dir: string,
  script: string,
  hasSettings: boolean,
  files: Files,
): Promise<string | undefined> {
  const firstLine = /^[^\n]*\n?/.exec((await files.readText(join(dir, script))) ?? "")?.[0] ?? "";
  if (firstLine.endsWith("\r\n")) return "it has the line ends of Windows";
  const jar = "gradle/wrapper/gradle-wrapper.jar";
  const needsJar = script === "gradlew" && hasSettings;
  return needsJar && (await files.status(join(dir, jar))) === undefined
    ? `${jar} is missing`
    : undefined;
}

async function filesOfApplication(
  dir: string,
  files: Files,
  {
    filterProperties,
    readsBootstrap: withBootstrap,
  }: {
    readonly filterProperties?: Readonly<Record<string, string>> | undefined;
    readonly readsBootstrap: boolean;
  },
): Promise<Pick<SpringProject, "dockerfile" | "propertiesFiles">> {
  const dockerfile = join(dir, "Dockerfile");
  const hasDockerfile = (await files.status(dockerfile))?.kind === "file";
  return {
    ...(hasDockerfile ? { dockerfile } : {}),
    propertiesFiles: (await propertiesFilesOf(dir, files, withBootstrap)).map((file) =>
      filterProperties === undefined ? file : filtered(file, filterProperties),
    ),
  };
}

/**
 * Maven's resource filtering with the delimiter of spring-boot-starter-parent. What is not known becomes empty: a
 * YAML value must not begin with "@", and the whole file would be lost.
 * https://docs.spring.io/spring-boot/how-to/properties-and-configuration.html#howto.properties-and-configuration.expand-properties.maven
 */
function filtered(
  file: PropertiesFile,
  properties: Readonly<Record<string, string>>,
): PropertiesFile {
  return {
    ...file,
    text: file.text.replace(/@([\w.-]+)@/g, (_whole, key: string) => properties[key] ?? ""),
  };
}

/** In the order in which they override each other: /config over the root, .properties over YAML. */
async function propertiesFilesOf(
  dir: string,
  files: Files,
  withBootstrap: boolean,
): Promise<readonly PropertiesFile[]> {
  const found: PropertiesFile[] = [];
  for (const folder of ["src/main/resources", "src/main/resources/config"]) {
    const entries = (await files.list(join(dir, folder))) ?? [];
    for (const extension of [".yaml", ".yml", ".properties"]) {
      for (const { name } of entries) {
        const match = /^(application|bootstrap)(?:-(.+))?$/.exec(name.slice(0, -extension.length));
        if (!name.endsWith(extension) || match === null) continue;
        const [, kind, profile] = match;
        if (kind === "bootstrap" && !withBootstrap) continue;
        const path = join(dir, folder, name);
        const text = (await files.readText(path)) ?? "";
        found.push({
          ...{ path, text },
          ...(profile === undefined ? {} : { profile }),
          ...(kind === "bootstrap" ? { stage: "bootstrap" } : {}),
        });
      }
    }
  }
  return found;
}

async function hasApplicationClass(dir: string, files: Files): Promise<boolean> {
  for (const language of ["java", "kotlin", "groovy"]) {
    if (await containsApplicationClass(join(dir, "src/main", language), files)) return true;
  }
  return false;
}

async function containsApplicationClass(dir: string, files: Files): Promise<boolean> {
  const entries = (await files.list(dir)) ?? [];
  for (const { name, kind } of entries) {
    if (kind !== "file" || !/\.(java|kt|groovy)$/.test(name)) continue;
    const text = (await files.readText(join(dir, name))) ?? "";
    if (/@SpringBootApplication|@EnableAutoConfiguration/.test(text)) return true;
  }
  for (const { name, kind } of entries) {
    if (kind === "directory" && (await containsApplicationClass(join(dir, name), files)))
      return true;
  }
  return false;
}

/** Folders up to two levels below that have a build file, for the hint of an error. */
async function projectsBelow(dir: string, files: Files): Promise<readonly string[]> {
  const found: string[] = [];
  const look = async (folder: string, depth: number): Promise<void> => {
    for (const { name, kind } of (await files.list(folder)) ?? []) {
      if (kind !== "directory" || name.startsWith(".") || name === "node_modules") continue;
      const below = join(folder, name);
      const names = new Set((await files.list(below))?.map((entry) => entry.name));
      if (BUILD_FILES.some((file) => names.has(file))) found.push(relative(dir, below));
      else if (depth > 1) await look(below, depth - 1);
    }
  };
  await look(dir, 2);
  return found.slice(0, 10);
}

function keyValues(text: string | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (text ?? "").split(/\r?\n/).flatMap((line) => {
      const match = /^\s*([^#!\s=][^=\s]*)\s*=\s*(.*?)\s*$/.exec(line);
      return match === null ? [] : [[match[1] ?? "", match[2] ?? ""]];
    }),
  );
}
