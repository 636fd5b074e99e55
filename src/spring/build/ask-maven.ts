import { createHash } from "node:crypto";
import { join } from "node:path";
import { withDeadline } from "../../steps/wait-until.ts";
import type { MavenTool } from "./read-build-output.ts";
import type { UpPorts } from "../up/up-context.ts";

/** What a build's command gets so that Maven tells what it knows. */
export interface MavenQuestion {
  readonly arguments: readonly string[];
  /** Where the report will be; not there before the build, nor after one that could not tell. */
  readonly reportFile: string;
}

/** Compiling one class takes a second or two; a build does not wait longer for what it can do without. */
const COMPILE_LIMIT_MS = 60_000;
const COMPONENTS = `<component-set><components><component>
<role>org.apache.maven.eventspy.EventSpy</role>
<role-hint>airfield</role-hint>
<implementation>MavenReport</implementation>
</component></components></component-set>
`;

/** The folder of all that is kept of Maven's answers; may be deleted at any time. */
export function mavenFolder({ cacheFolder }: Pick<UpPorts["files"], "cacheFolder">): string {
  return join(cacheFolder, "maven");
}

/** A name for what is kept of a build, by the folder that it runs in. */
export function keyOfBuild(rootDir: string): string {
  return createHash("sha256").update(rootDir).digest("hex").slice(0, 16);
}

/**
 * Prepares a build that also tells what Maven knows, by a class of ours in Maven's own process: it costs nothing, and needs
 * no plugin. Undefined where Maven cannot be asked: the class does not compile there, or the project brings another of its
 * kind. https://maven.apache.org/ref/current/maven-core/apidocs/org/apache/maven/eventspy/EventSpy.html
 * @param javaFile MavenReport.java; undefined: nobody wants to know
 */
export async function askMaven(
  rootDir: string,
  { tool, javaFile }: { readonly tool: MavenTool; readonly javaFile: string | undefined },
  { ports, signal }: { readonly ports: UpPorts; readonly signal: AbortSignal },
): Promise<MavenQuestion | undefined> {
  const { files } = ports;
  const text = javaFile === undefined ? undefined : await files.readText(javaFile);
  if (javaFile === undefined || text === undefined) return undefined;
  if (await hasExtension(rootDir, files)) return undefined;
  const classes = await ensureClasses({ tool, javaFile, text }, ports, signal);
  if (classes === undefined) return undefined;
  const reportFile = join(mavenFolder(files), `${keyOfBuild(rootDir)}.report.json`);
  await files.remove(reportFile);
  return {
    arguments: [`-Dmaven.ext.class.path=${classes}`, `-Dairfield.report=${reportFile}`],
    reportFile,
  };
}

/** There is one property for it, and a project that sets it needs its own. */
async function hasExtension(rootDir: string, files: UpPorts["files"]): Promise<boolean> {
  for (const name of ["maven.config", "jvm.config"]) {
    const text = await files.readText(join(rootDir, ".mvn", name));
    if (text?.includes("maven.ext.class.path") === true) return true;
  }
  return false;
}

/**
 * The folder with the class, compiled against this Maven by its JDK; once for each of them. Every attempt has a folder of its
 * own, so that no Maven ever reads a class that another command is still writing.
 */
async function ensureClasses(
  { tool, javaFile, text }: { readonly tool: MavenTool; javaFile: string; text: string },
  { files, commands, clock, random }: UpPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const hash = createHash("sha256").update(
    [text, tool.version, tool.home, tool.javaHome].join("\0"),
  );
  const pointer = join(mavenFolder(files), `classes-${hash.digest("hex").slice(0, 16)}`);
  const made = await files.readText(pointer);
  if (made !== undefined && (await files.status(made))?.kind === "directory") return made;
  const folder = `${pointer}-${random.string(8, "0123456789abcdef")}`;
  await files.makeDirectory(folder);
  const javac = [
    ...[join(tool.javaHome, "bin/javac"), "-J-XX:TieredStopAtLevel=1", "-encoding", "UTF-8"],
    ...["-proc:none", "-nowarn", "-d", folder, "-cp", join(tool.home, "lib/*"), javaFile],
  ];
  try {
    const { exitCode } = await withDeadline((until) => commands.run(javac, { signal: until }), {
      ...{ clock, signal, withinMs: COMPILE_LIMIT_MS },
      onDeadline: () => new Error("javac did not end in time"),
    });
    if (exitCode !== 0) throw new Error("The class does not fit this Maven.");
  } catch {
    signal.throwIfAborted();
    // A JRE, a Maven of a kind that nobody knows yet: the build works without, and what is read of the poms has to do.
    await files.remove(folder);
    return undefined;
  }
  const components = join(folder, "META-INF/plexus/components.xml");
  await files.writeTextAtomic(components, COMPONENTS, { mode: 0o644 });
  await files.writeTextAtomic(pointer, folder, { mode: 0o644 });
  return folder;
}
