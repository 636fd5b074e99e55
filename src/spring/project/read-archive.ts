import { webStackOf, type WebStack } from "./detect-project.ts";
import type { BootArchive } from "../image/boot-archive.ts";
import { toJavaVersion } from "./read-pom.ts";

/** What the built archive itself says; better knowledge than any reading of build files. */
export interface ArchiveFacts {
  readonly springBootVersion: string;
  readonly hasActuator: boolean;
  readonly web: WebStack;
  /** Java that the archive was compiled for, when its manifest tells. */
  readonly buildJava: number | undefined;
}

export function factsOfArchive({ manifest, zip }: BootArchive): ArchiveFacts {
  const libraries = [...zip.entries.keys()].flatMap(
    (name) => /^(?:BOOT-INF|WEB-INF)\/lib(?:-provided)?\/([^/]+)\.jar$/.exec(name)?.[1] ?? [],
  );
  return {
    springBootVersion: manifest.main.get("Spring-Boot-Version") ?? "",
    hasActuator: libraries.some((library) => /^spring-boot-actuator-/.test(library)),
    web: webStackOf(libraries),
    buildJava: toJavaVersion(manifest.main.get("Build-Jdk-Spec")),
  };
}
