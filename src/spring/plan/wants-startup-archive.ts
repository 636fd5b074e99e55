import type { ApplicationConfig } from "../../config/cluster-config.ts";
import type { ImageBuilder } from "./choose-builder.ts";

/** Making it takes 16 s of CPU, and each start that has it 3 s less (decision 8). */
const PODS_ENOUGH = 6;

/** The first whose framework ends after the start when it is told to (spring.context.exit). */
const LEAST_SPRING_BOOT = [3, 2] as const;

/** Whether the image is to have an archive of the classes that are loaded at the start. See decision 8 for the figures. */
export function wantsStartupArchive(
  { build, replicas = 1 }: Pick<ApplicationConfig, "build" | "replicas">,
  builder: ImageBuilder,
): boolean {
  if (builder !== "assemble" || build.startupArchive === "off") return false;
  return build.startupArchive === "on" || build.pushTo !== undefined || replicas >= PODS_ENOUGH;
}

/** Undefined: it can be tried. */
export function faultOfTraining(springBootVersion: string | undefined): string | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(springBootVersion ?? "") ?? [];
  if (springBootVersion === undefined || major === undefined) return undefined;
  const [leastMajor, leastMinor] = LEAST_SPRING_BOOT;
  const isEnough =
    Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor);
  return isEnough
    ? undefined
    : `Spring Boot ${springBootVersion} has no way to end after its start; ${LEAST_SPRING_BOOT.join(".")} has`;
}
