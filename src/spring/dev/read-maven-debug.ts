import { join, normalize } from "node:path";
import { nameOfGoal } from "../build/maven-report.ts";

/** What Maven gave to javac. */
export interface JavacOptions {
  /** Without the output folder and the folder of generated sources. */
  readonly options: readonly string[];
  readonly sourceRoots: readonly string[];
  readonly output: string;
}

/**
 * Reads the output of `mvn -X`; undefined when Maven did not tell, or ran another compiler. The options that Maven itself gives
 * to javac are the only ones that are sure to give the same classes: working them out from the pom would mean to be Maven.
 * maven-compiler-plugin tells them in debug mode only: https://github.com/apache/maven-compiler-plugin (AbstractCompilerMojo,
 * "Command line options").
 */
export function readMavenDebug(output: string, moduleDir: string): JavacOptions | undefined {
  const lines = output.split(/\r?\n/);
  const start = lines.findIndex((line) => goalOf(line) === "compiler:compile");
  const next = lines.findIndex((line, at) => at > start && goalOf(line) !== undefined);
  const own = lines.slice(start, next === -1 ? undefined : next);
  const at = own.findIndex((line) => line.startsWith("[DEBUG] Command line options:"));
  const text = own[at + 1]?.replace(/^\[DEBUG\] /, "").trim();
  if (start === -1 || at === -1 || text === undefined || !text.startsWith("-d ")) return undefined;
  return toOptions(text.split(/\s+/), moduleDir);
}

function toOptions(words: readonly string[], moduleDir: string): JavacOptions | undefined {
  const output = words[1];
  // Maven prints the options with blanks between them, so a path with a blank cannot be told from two.
  if (output === undefined || !output.startsWith(moduleDir)) return undefined;
  const generated = words[words.indexOf("-s") + 1] ?? "";
  const options: string[] = [];
  let sourceRoots: readonly string[] = [];
  for (let word = 2; word < words.length; word += 1) {
    const option = words[word] ?? "";
    const value = words[word + 1] ?? "";
    if (option === "-classpath") {
      // The classes of before are on it; a class whose source is gone must not be found there.
      const path = pathsOf(value).filter((each) => each !== output);
      options.push(option, path.join(":"));
      word += 1;
    } else if (option === "-sourcepath") {
      // Maven, too, compiles nothing of what annotation processors have made before: they make it again.
      sourceRoots = pathsOf(value).filter((each) => each !== normalize(join(generated, ".")));
      options.push(option, sourceRoots.join(":"));
      word += 1;
    } else options.push(option);
  }
  return sourceRoots.length === 0 ? undefined : { options, sourceRoots, output };
}

function goalOf(line: string): string | undefined {
  const match = /^\[INFO\] --- (\S+?):[^:\s]+:(\S+)/.exec(line);
  return match === null
    ? undefined
    : nameOfGoal({ plugin: `:${match[1] ?? ""}`, goal: match[2] ?? "" });
}

function pathsOf(value: string): readonly string[] {
  return value.split(":").filter((path) => path !== "");
}
