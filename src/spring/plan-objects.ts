import type { ApplicationConfig, DependencyConfig } from "../config/cluster-config.ts";
import {
  activeProfiles,
  readApplicationProperties,
  type ApplicationProperties,
} from "./application-properties.ts";
import { chooseBuilder } from "./choose-builder.ts";
import type { SpringProject } from "./detect-project.ts";
import type { ApplicationFacts } from "./plan-image.ts";
import { planManifests, type Manifest } from "./plan-manifests.ts";
import type { Contents } from "./read-contents.ts";
import { profilesOf } from "./up-context.ts";

export interface ObjectInputs {
  readonly application: ApplicationConfig;
  readonly project: SpringProject;
  readonly name: string;
  readonly image: string;
  /** Undefined as long as the image is not built. */
  readonly imageId: string | undefined;
  readonly facts: ApplicationFacts;
  readonly contents: Contents;
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
} {
  const { application, project, name, image, imageId, contents } = inputs;
  const { facts: factsOfClassPath } = inputs;
  const properties = readApplicationProperties(project.propertiesFiles, {
    profiles: profilesOf(application, activeProfiles(project.propertiesFiles)),
    env: application.env,
    web: factsOfClassPath.web,
  });
  const facts = {
    ...factsOfClassPath,
    // A job may have a server while it works; nobody asks it.
    web:
      application.run === "job"
        ? ("none" as const)
        : (properties.webApplicationType ?? factsOfClassPath.web),
  };
  const isOwnImage = chooseBuilder(application.build.with, project) !== "assemble";
  // Images and bases of others need not have a shell.
  const hasBash = !isOwnImage && application.build.baseImage === undefined;
  const objects = planManifests({
    name,
    config: application,
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
  return { objects, properties, facts };
}
