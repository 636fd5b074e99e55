/** What Maven knows of a module that it has just built, as MavenReport.java writes it. Paths are absolute. */
export interface MavenModule {
  readonly dir: string;
  /** Where the archive goes, and all else that the build makes: "target" unless the build says otherwise. */
  readonly outputDir: string;
  readonly classesDir: string;
  readonly sourceRoots: readonly string[];
  readonly resources: readonly MavenResource[];
  /** The main archive and those beside it (classifiers), as far as the build made them. */
  readonly archives: readonly string[];
  /** Its pom.xml and those of its parents that are files of the machine, not of a repository. */
  readonly poms: readonly string[];
  /** In their order. */
  readonly goals: readonly MavenGoal[];
}

/** A folder of resources: https://maven.apache.org/pom.html#Resources */
export interface MavenResource {
  readonly directory: string;
  readonly targetPath: string | null;
  readonly isFiltered: boolean;
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

export interface MavenGoal {
  /** "org.apache.maven.plugins:maven-compiler-plugin" */
  readonly plugin: string;
  readonly goal: string;
  /** Those that Airfield reads, with their values; null where there is none. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Undefined for anything else than a whole report. */
export function readMavenReport(text: string | undefined): readonly MavenModule[] | undefined {
  try {
    const { modules } = JSON.parse(text ?? "") as { readonly modules?: readonly MavenModule[] };
    return modules?.every(({ dir }) => typeof dir === "string") === true ? modules : undefined;
  } catch {
    return undefined;
  }
}

/** A goal by its plugin's short name, as "compiler:compile": https://maven.apache.org/guides/introduction/introduction-to-plugin-prefix-mapping.html */
export function nameOfGoal({ plugin, goal }: Pick<MavenGoal, "plugin" | "goal">): string {
  const artifact = plugin.slice(plugin.indexOf(":") + 1);
  return `${artifact.replace(/^maven-(.*)-plugin$/, "$1").replace(/(-maven)?-plugin$/, "")}:${goal}`;
}
