import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import type { ApplicationProperties } from "../project/application-properties.ts";
import { chooseBuilder } from "../plan/choose-builder.ts";
import { describeSettings, type SettingsReport } from "../plan/describe-settings.ts";
import type { SpringProject } from "../project/detect-project.ts";
import type { EnvironmentAnswer } from "../environment/environment-answer.ts";
import type { ApplicationFacts } from "../plan/plan-image.ts";
import type { Manifest } from "./manifest.ts";
import { planManifests } from "./plan-manifests.ts";
import type { Contents } from "../project/read-contents.ts";
import { readSettings } from "../project/read-settings.ts";

export interface ObjectInputs {
  readonly application: ApplicationConfig;
  readonly project: SpringProject;
  readonly name: string;
  readonly image: string;
  /** Undefined as long as the image is not built. */
  readonly imageId: string | undefined;
  readonly facts: ApplicationFacts;
  readonly contents: Contents;
  /** Spring Boot's own word on the configuration; undefined where it could not be asked. */
  readonly environment: EnvironmentAnswer | undefined;
  /** Those of the config. */
  readonly dependencies: readonly DependencyConfig[];
  /** For the application's start to be noticed at once, where its image is known to have bash. */
  readonly waitsForStart?: boolean;
}

/** Everything that `up` applies for one application; `--dry-run` and `export` show the very same objects. */
export function planObjects(inputs: ObjectInputs): {
  readonly objects: readonly Manifest[];
  readonly properties: ApplicationProperties;
  readonly facts: ApplicationFacts;
  readonly settings: SettingsReport;
} {
  const { application, project, name, image, imageId, contents } = inputs;
  const read = readSettings({ ...inputs, web: inputs.facts.web });
  const { properties, profiles } = read;
  // A job may have a server while it works; nobody asks it.
  const web = application.run === "job" ? ("none" as const) : read.web;
  const facts = { ...inputs.facts, web };
  const isOwnImage = chooseBuilder(application.build.with, project) !== "assemble";
  // Images and bases of others need not have a shell.
  const hasBash = !isOwnImage && application.build.baseImage === undefined;
  const objects = planManifests({
    name,
    config: { ...application, profiles },
    image,
    imageId,
    isOwnImage,
    waitsForStart: inputs.waitsForStart === true && hasBash,
    facts,
    properties,
    projectDir: project.dir,
    version: project.version,
    contents,
    libraries: project.kubernetesLibraries ?? [],
    readsBindings: project.readsBindings === true,
    dependencies: inputs.dependencies.filter((dependency) =>
      application.dependsOn.includes(dependency.name),
    ),
  });
  const settings = describeSettings(read, inputs.environment);
  return { objects, properties, facts, settings };
}
