import type { LocalImage } from "../../images/local-image.ts";
import type { Task } from "../../steps/flow.ts";
import type { ApplicationProperties } from "../project/application-properties.ts";
import type { ImageBuilder } from "../plan/choose-builder.ts";
import type { SpringProject } from "../project/detect-project.ts";
import type { EnvironmentAnswer } from "../environment/environment-answer.ts";
import type { BuiltArchive } from "../project/find-archive.ts";
import type { ClassFile } from "../image/plan-content.ts";
import type { BuildPlan } from "../plan/plan-build.ts";
import type { ApplicationFacts } from "../plan/plan-image.ts";
import type { Manifest } from "../objects/manifest.ts";
import type { Contents } from "../project/read-contents.ts";
import type { MavenTool } from "../build/read-build-output.ts";
import type { ApplicationAnswer, ObjectsBefore, UpContext } from "./up-context.ts";
import type { FileHashes } from "../build/written-by-builds.ts";

/** A step of `up`: what it needs, and the stage that it comes to. */
export type UpTask<Needs, Gives> = Task<UpContext, Needs, Gives>;

/** The sources of what is built. */
export interface Sources {
  readonly fingerprint: string;
  /** Of each file of them, where they were read here. */
  readonly hashes?: FileHashes | undefined;
}

/** What the project says of itself; read before the build. */
export interface Looked {
  readonly project: SpringProject;
  readonly name: string;
  readonly contents: Contents;
  readonly imageBuilder: ImageBuilder;
  /** The project's own Dockerfile needs the archive, or there is none. */
  readonly needsArchive: boolean;
  readonly sources: Sources;
}

/** An image of these sources that is at hand. */
export interface PresentImage {
  readonly facts: ApplicationFacts;
  readonly imageId: string;
  /** The image where it was assembled here; undefined where the engine has it. */
  readonly localImage: LocalImage | undefined;
}

/** What is to be done: data, decided before anything is. */
export interface ApplicationPlan extends Looked {
  /** Undefined: only the built archive says which one, or the image is made on another. */
  readonly baseImage: string | undefined;
  readonly image: string;
  /** Undefined: nothing has to be built. */
  readonly build: BuildPlan | undefined;
  /** Undefined: it has to be built. */
  readonly present: PresentImage | undefined;
}

/** What the programs say that build. */
export interface Tools {
  /** Undefined for Gradle, and while nothing is built. */
  readonly maven: MavenTool | undefined;
}

export interface Checked extends ApplicationPlan, Tools {}

export interface Built extends Checked {
  /** Undefined: none was built, or the image needs none. */
  readonly archive: BuiltArchive | undefined;
  /** Newer than the archive's own. */
  readonly classes: readonly ClassFile[] | undefined;
}

/** There is an image. */
export interface Imaged extends Built, PresentImage {}

export interface Asked extends Imaged {
  /** Spring Boot's own word on its configuration; undefined where it could not be asked. */
  readonly environment: EnvironmentAnswer | undefined;
}

/** The cluster has the objects. */
export interface Applied extends Asked {
  readonly properties: ApplicationProperties;
  /** The application's objects as they were before. */
  readonly before: ObjectsBefore;
  /** What was planned for the cluster. */
  readonly manifests: readonly Manifest[];
  /** It runs exactly like this already. */
  readonly isUnchanged: boolean;
  /** How many pods it has is not the config's to say. */
  readonly isAutoscaled: boolean;
}

/** For what follows a roll-out, looks into it, or undoes it. */
export type RolloutContext = UpContext & { readonly applied: Applied };

export interface RolledOut extends Applied {
  /** The pods that it runs as. */
  readonly replicas: number;
  /** How long a job has worked; undefined: it is a service, or Kubernetes does not know. */
  readonly jobSeconds: number | undefined;
}

export interface Published extends RolledOut {
  /** Undefined: it listens on no port, or nothing is published. */
  readonly url: string | undefined;
  /** Command that makes it reachable, where nothing is published. */
  readonly access: string | undefined;
}

export interface Answered extends Published {
  readonly answer: ApplicationAnswer | undefined;
}
