import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Files } from "../../ports/files.ts";
import { keyOfBuild, mavenFolder } from "./ask-maven.ts";
import type { SpringProject } from "../project/detect-project.ts";
import { readMavenReport, type MavenModule } from "./maven-report.ts";

interface RememberedModel {
  /** Hashes of the files that the answer was given for, by their paths; "" for one that was not there. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly modules: readonly MavenModule[];
}

/** What else than poms decides about a build, as far as it lies in the project. */
const SETTINGS = [".mvn/maven.config", ".mvn/jvm.config", ".mvn/extensions.xml"];

/** Reads the report of a build that has just ended, and keeps it for as long as the build files stay as they are. */
export async function learnModel(
  { rootDir, reportFile }: { readonly rootDir: string; readonly reportFile: string },
  files: Files,
): Promise<readonly MavenModule[] | undefined> {
  const text = await files.readText(reportFile);
  // Maven's paths are those that links lead to.
  const real = (await files.realPath(rootDir)) ?? rootDir;
  const modules = readMavenReport(
    text?.replaceAll(`"${real}/`, `"${rootDir}/`).replaceAll(`"${real}"`, `"${rootDir}"`),
  );
  if (modules === undefined) return undefined;
  const poms = modules.flatMap((module) => module.poms);
  const paths = [...new Set([...poms, ...SETTINGS.map((name) => join(rootDir, name))])];
  const model: RememberedModel = { inputs: await hashesOf(paths, files), modules };
  await files.writeTextAtomic(pathOf(rootDir, files), JSON.stringify(model), { mode: 0o600 });
  return modules;
}

/** What an earlier build's Maven told, when no build file has changed since; undefined otherwise. */
export async function recallModel(
  rootDir: string,
  files: Files,
): Promise<readonly MavenModule[] | undefined> {
  const text = await files.readText(pathOf(rootDir, files));
  if (text === undefined) return undefined;
  const { inputs, modules } = parsed(text) ?? { inputs: {}, modules: undefined };
  const now = await hashesOf(Object.keys(inputs), files);
  const isSame = Object.entries(inputs).every(([path, hash]) => now[path] === hash);
  return isSame ? modules : undefined;
}

/** The project with what Maven knows better than a reading of its pom. */
export function withModel(
  project: SpringProject,
  modules: readonly MavenModule[] | undefined,
): SpringProject {
  const own = modules?.find(({ dir }) => dir === project.dir);
  if (modules === undefined || own === undefined) return project;
  const dirs = modules.map(({ dir }) => dir);
  const isApart = (folder: string) => dirs.every((dir) => !`${dir}/`.startsWith(`${folder}/`));
  const outputs = new Set(modules.flatMap(({ outputDir, classesDir }) => [outputDir, classesDir]));
  return {
    ...project,
    outputDir: own.outputDir,
    archives: own.archives.filter((path) => path.endsWith(`.${project.packaging}`)),
    // A build may write right into the project's folder, which then is no output folder.
    outputFolders: [...outputs].filter(isApart),
  };
}

function pathOf(rootDir: string, files: Files): string {
  return join(mavenFolder(files), `${keyOfBuild(rootDir)}.json`);
}

function parsed(text: string): RememberedModel | undefined {
  try {
    return JSON.parse(text) as RememberedModel;
  } catch {
    return undefined;
  }
}

async function hashesOf(
  paths: readonly string[],
  files: Files,
): Promise<Readonly<Record<string, string>>> {
  const hashes = await Promise.all(
    paths.map(async (path) => {
      const content = await files.readBytes(path);
      return content === undefined ? "" : createHash("sha256").update(content).digest("hex");
    }),
  );
  return Object.fromEntries(paths.map((path, at) => [path, hashes[at] ?? ""]));
}
