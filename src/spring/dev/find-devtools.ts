import type { Files } from "../../ports/files.ts";

/**
 * The jar of spring-boot-devtools, which Spring Boot leaves out of the archive and projects have as an optional runtime
 * dependency: not on javac's class path. It lies in Maven's repository beside Spring Boot itself and has its version.
 */
export async function findDevtools(
  javacOptions: readonly string[],
  files: Pick<Files, "readBytes">,
): Promise<Uint8Array | undefined> {
  const classPath = javacOptions[javacOptions.indexOf("-classpath") + 1] ?? "";
  const springBoot = /^(.*)\/spring-boot\/([^/]+)\/spring-boot-\2\.jar$/;
  for (const path of classPath.split(":")) {
    const [, folder, version] = springBoot.exec(path) ?? [];
    if (folder === undefined || version === undefined) continue;
    const name = "spring-boot-devtools";
    return files.readBytes(`${folder}/${name}/${version}/${name}-${version}.jar`);
  }
  return undefined;
}
