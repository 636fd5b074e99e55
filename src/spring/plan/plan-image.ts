import { createHash } from "node:crypto";
import type { ImageBuilder } from "./choose-builder.ts";
import type { ArchiveFacts } from "../project/read-archive.ts";
import type { SpringProject } from "../project/detect-project.ts";

/**
 * Images that Airfield makes carry a name that no registry can answer to (.internal is kept free of
 * public names), so that a node that lost one says so instead of pulling a stranger's image.
 */
const REPOSITORY = "airfield.internal";
/** Part of every tag: raised when the way an image is made changes, so that old ones are not reused. */
const RECIPE_VERSION = 3;

/** Any number but 0 does; this one is far from those of system users. */
export const APPLICATION_USER = 10_001;

export const imageLabels = {
  name: "airfield.dev/application",
  springBoot: "airfield.dev/spring-boot",
  web: "airfield.dev/web",
  actuator: "airfield.dev/actuator",
} as const;

/** What the manifests have to know of the application in the image; kept as labels of the image. */
export interface ApplicationFacts {
  readonly springBootVersion: string | undefined;
  readonly web: ArchiveFacts["web"];
  readonly hasActuator: boolean;
}

export interface ImageNameInputs {
  readonly name: string;
  readonly sourceFingerprint: string;
  /** The application inside a build with several. */
  readonly module: string | undefined;
  /** Undefined where the project says what its image is put on. */
  readonly baseImage: string | undefined;
  readonly builder: ImageBuilder;
  readonly hasStartupArchive: boolean;
  /** Key of the archive of its libraries' classes, which it starts with. */
  readonly libraryArchive?: string | undefined;
}

/** The same sources give the same name, on every machine and in every run. */
export function imageNameOf(inputs: ImageNameInputs): string {
  const { name, sourceFingerprint, module, baseImage, builder, hasStartupArchive } = inputs;
  const parts = [RECIPE_VERSION, sourceFingerprint, module ?? "", baseImage ?? "", builder];
  if (hasStartupArchive) parts.push("startup-archive");
  if (inputs.libraryArchive !== undefined) parts.push(inputs.libraryArchive);
  const key = parts.join("\0");
  const tag = createHash("sha256").update(key).digest("hex").slice(0, 12);
  return `${REPOSITORY}/${name}:${tag}`;
}

export function labelsOf(name: string, facts: ApplicationFacts): Readonly<Record<string, string>> {
  return {
    [imageLabels.name]: name,
    [imageLabels.springBoot]: facts.springBootVersion ?? "",
    [imageLabels.web]: facts.web,
    [imageLabels.actuator]: String(facts.hasActuator),
  };
}

/** Undefined when the labels are not Airfield's. */
export function factsOfLabels(
  labels: Readonly<Record<string, string>>,
): ApplicationFacts | undefined {
  const web = labels[imageLabels.web];
  if (web !== "servlet" && web !== "reactive" && web !== "none") return undefined;
  const springBootVersion = labels[imageLabels.springBoot];
  return {
    springBootVersion: springBootVersion === "" ? undefined : springBootVersion,
    web,
    hasActuator: labels[imageLabels.actuator] === "true",
  };
}

/** What the archive says, where there is one; a Dockerfile that builds by itself leaves only the project. */
export function factsOf(
  project: SpringProject,
  archive: ArchiveFacts | undefined,
): ApplicationFacts {
  return {
    springBootVersion: archive?.springBootVersion ?? project.springBootVersion,
    web: archive?.web ?? project.web,
    hasActuator: archive?.hasActuator ?? project.hasActuator,
  };
}
