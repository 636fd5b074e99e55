import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { isToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import { writeZip } from "../../formats/write-zip.ts";

const CLASSES = [
  "dev/airfield/EnvironmentReader.class",
  "dev/airfield/EnvironmentReader$Reading.class",
];
const FACTORIES = "META-INF/spring.factories";

/**
 * The folder with environment.jar, which is compiled once on a machine by the JDK that builds the user's projects: Java
 * 11, so that every JVM of a Spring Boot that is understood takes it.
 * @param sources folder of EnvironmentReader.java
 */
export async function ensureReaderArchive(
  sources: string,
  { files, commands }: Pick<Ports, "files" | "commands">,
  options: { readonly javaHome: string | undefined; readonly signal: AbortSignal },
): Promise<{ readonly folder: string } | { readonly reason: string }> {
  const { javaHome, signal } = options;
  const source = join(sources, "EnvironmentReader.java");
  const [text, factories] = await Promise.all([
    files.readText(source),
    files.readText(join(sources, "spring.factories")),
  ]);
  if (text === undefined || factories === undefined) {
    return { reason: `${source} is missing from this installation` };
  }
  const key = createHash("sha256").update(text).update(factories).digest("hex").slice(0, 16);
  const folder = join(files.cacheFolder, "environment", "reader", key);
  const archive = join(folder, "environment.jar");
  if ((await files.status(archive)) !== undefined) return { folder };

  const javac = javaHome === undefined ? "javac" : join(javaHome, "bin/javac");
  const output = await files.makeTemporaryDirectory("airfield-reader-");
  try {
    const { exitCode, stdout, stderr } = await commands.run(
      [
        ...[javac, "--release", "11", "-Xlint:-options", "-implicit:none"],
        ...["-sourcepath", join(sources, "stubs"), "-d", output, source],
      ],
      { cwd: dirname(source), signal },
    );
    if (exitCode !== 0) {
      const line = `${stderr}\n${stdout}`.split("\n").find((each) => each.trim() !== "");
      return { reason: `javac failed: ${line ?? `exit code ${exitCode}`}` };
    }
    const classes = await Promise.all(
      CLASSES.map(async (name) => ({
        ...{ name, content: (await files.readBytes(join(output, name))) ?? new Uint8Array() },
      })),
    );
    const zip = writeZip([{ name: FACTORIES, content: Buffer.from(factories) }, ...classes]);
    await files.writeBytesAtomic(archive, once(zip));
    return { folder };
  } catch (error) {
    if (!isToolError(error, "program-not-found")) throw error;
    return { reason: "there is no javac on this machine" };
  } finally {
    await files.remove(output);
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
