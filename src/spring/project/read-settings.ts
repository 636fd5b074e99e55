import type { ApplicationConfig } from "../../config/cluster-config.ts";
import {
  toApplicationProperties,
  type ApplicationProperties,
  type PropertyLookup,
} from "./application-properties.ts";
import type { SpringProject, WebStack } from "./detect-project.ts";
import { lookupIn, type EnvironmentAnswer } from "../environment/environment-answer.ts";
import { propertiesBeside } from "./properties-beside.ts";
import type { Contents } from "./read-contents.ts";
import { activeProfiles, readPropertiesFiles } from "./read-properties-files.ts";
import { profilesOf } from "../up/up-context.ts";

/** What holds in the pod, and who says so. */
export interface Settings {
  readonly properties: ApplicationProperties;
  readonly web: WebStack;
  /** Those that SPRING_PROFILES_ACTIVE names; empty where the application's own are left alone. */
  readonly profiles: readonly string[];
  readonly lookup: PropertyLookup;
}

/** By Spring Boot's own answer where there is one, else by the configuration files. */
export function readSettings({
  application,
  project,
  contents,
  web,
  environment,
}: {
  readonly application: Pick<ApplicationConfig, "profiles" | "addsProfiles" | "env">;
  readonly project: Pick<SpringProject, "propertiesFiles">;
  readonly contents: Pick<Contents, "config">;
  /** By what is on the class path. */
  readonly web: WebStack;
  readonly environment: EnvironmentAnswer | undefined;
}): Settings {
  const files = [...project.propertiesFiles, ...propertiesBeside(contents)];
  const { env } = application;
  const own = environment?.ownProfiles?.names ?? activeProfiles(files);
  const active = profilesOf(application, own);
  const lookup =
    environment === undefined
      ? readPropertiesFiles(files, { profiles: active, env })
      : lookupIn(environment);
  const stack = environment?.web ?? web;
  const properties = toApplicationProperties(lookup, stack);
  return {
    properties,
    web: properties.webApplicationType ?? stack,
    profiles: application.profiles.length === 0 ? [] : active,
    lookup,
  };
}
