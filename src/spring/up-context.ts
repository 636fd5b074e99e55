import type { Step } from "../steps/step.ts";
import type { ApplicationConfig, DependencyConfig } from "../config/cluster-config.ts";
import type { LocalImage } from "../images/local-image.ts";
import type { Ports } from "../ports/ports.ts";
import type { ApplicationProperties } from "./application-properties.ts";
import type { BuildLock, BuildLocks } from "./build-locks.ts";
import type { ImageBuilder } from "./choose-builder.ts";
import type { SpringCluster } from "./cluster-access.ts";
import type { EnvironmentAnswer } from "./environment/environment-answer.ts";
import type { SpringProject } from "./detect-project.ts";
import type { Contents } from "./read-contents.ts";
import type { BuiltArchive } from "./find-archive.ts";
import type { ClassFile } from "./image/plan-content.ts";
import type { LibraryArchive } from "./image/startup-archive.ts";
import type { BuildPlan } from "./plan-build.ts";
import type { Manifest } from "./plan-manifests.ts";
import type { MavenTool } from "./read-build-output.ts";
import type { ApplicationFacts } from "./plan-image.ts";
import type { KubernetesObject } from "../ports/cluster-api.ts";
import type { FileHashes } from "./written-by-builds.ts";
import type { Rollouts } from "./rollouts.ts";
import type { SharedBuilds } from "./shared-builds.ts";

export type UpPorts = Pick<
  Ports,
  "files" | "commands" | "clock" | "random" | "engine" | "engineCli" | "http" | "reporter"
>;

export interface UpRequest {
  readonly application: ApplicationConfig;
  /** Build even when nothing seems to have changed (a SNAPSHOT dependency, say). */
  readonly rebuild: boolean;
  readonly offline: boolean;
  readonly runTests: boolean;
  /** Have a program in the pod wait for the start, which the kubelet looks for once a second only. */
  readonly waitsForStart?: boolean;
  /** How long the application may take to become ready. */
  readonly rolloutTimeoutMs: number;
  /** Those of the config; the application says by `dependsOn` which of them it needs. */
  readonly dependencies: readonly DependencyConfig[];
  /** Files that some application of the config reads beside its archive: no archive is made of them. */
  readonly contentFiles?: readonly string[];
  /** MavenReport.java, by which a build's Maven tells what it knows; absent: what is read of the poms has to do. */
  readonly mavenReportFile?: string;
  /** Folder of EnvironmentReader.java; absent: Spring Boot is not asked for its settings. */
  readonly environmentReader?: string;
  /** Variables that secrets may be taken from; absent: the values are of no interest, references stay as they are. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface UpContext {
  readonly request: UpRequest;
  readonly cluster: SpringCluster;
  readonly ports: UpPorts;
  readonly found: Found;
  /** Absent: it is brought up alone. */
  readonly together?: Together;
  /** Those of this command. Absent: nothing else of it builds. */
  readonly buildLocks?: BuildLocks;
}

/** What applications that are brought up together have in common. */
export interface Together {
  readonly builds: SharedBuilds;
  readonly buildLocks: BuildLocks;
  readonly rollouts: Rollouts;
  /** Resolves when all that the application depends on is up. Throws `prerequisites-missing`. */
  readonly prerequisites: () => Promise<void>;
}

/** What the steps learn, each for those after it. */
export interface Found {
  project?: SpringProject;
  name?: string;
  contents?: Contents;
  imageBuilder?: ImageBuilder;
  /** Of what is built; read before the build. */
  sourceFingerprint?: string;
  /** Of each file of them, where they were read here. */
  sourceHashes?: FileHashes;
  /** The project's own Dockerfile needs the archive, or there is none. */
  needsArchive?: boolean;
  baseImage?: string;
  image?: string;
  /** Undefined: the image is there already, nothing has to be built. */
  build?: BuildPlan;
  /** What `mvn --version` tells; undefined for Gradle, and while nothing is built. */
  maven?: MavenTool | undefined;
  /** From the build until what it leaves has been read. */
  buildLock?: BuildLock;
  archive?: BuiltArchive;
  /** Newer than the archive's own. */
  classes?: readonly ClassFile[];
  facts?: ApplicationFacts;
  /** For an image whose starts are to be quick although its classes change. */
  libraryArchive?: LibraryArchive;
  /** The image where it was assembled here; undefined where the engine has it. */
  localImage?: LocalImage;
  imageId?: string;
  /** Spring Boot's own word on its configuration; undefined where it could not be asked. */
  environment?: EnvironmentAnswer;
  clusterCreated?: boolean;
  properties?: ApplicationProperties;
  /** The application's objects as they were before. */
  before?: ObjectsBefore;
  /** What was planned for the cluster. */
  manifests?: readonly Manifest[];
  isUnchanged?: boolean;
  /** How many pods it has is not the config's to say. */
  isAutoscaled?: boolean;
  /** The pods that it runs as. */
  replicas?: number;
  /** How long a job has worked; undefined: it is a service, or Kubernetes does not know. */
  jobSeconds?: number | undefined;
  /** New objects were applied, and it is not settled yet whether they work. */
  isRollingOut?: boolean;
  /** It was told that pods had to be killed. */
  hasKilled?: boolean;
  nodePort?: number;
  url?: string;
  /** Command that makes it reachable, where nothing is published. */
  access?: string;
  answer?: ApplicationAnswer;
}

export interface ObjectsBefore {
  readonly deployment?: KubernetesObject;
  /** Of an application that runs as a job. */
  readonly job?: KubernetesObject;
  /** All of the application's kinds that there were, the Deployment among them. */
  readonly all: readonly KubernetesObject[];
}

export interface ApplicationAnswer {
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type UpStep = Step<UpContext>;

/** What an earlier step must have found; its absence is a mistake in the order of the steps. */
export function known<Key extends keyof Found>(
  found: Found,
  key: Key,
): Exclude<Found[Key], undefined> {
  const value = found[key];
  if (value === undefined) throw new Error(`No step has found "${key}" yet.`);
  return value as Exclude<Found[Key], undefined>;
}

/**
 * Profiles that the application will run with. Those that it activates by itself (spring.profiles.active) give way to
 * those that the user names, as Spring Boot has it for the variable, and stay beside our own default, which comes last.
 */
export function profilesOf(
  { profiles, addsProfiles }: Pick<ApplicationConfig, "profiles" | "addsProfiles">,
  activeByItself: readonly string[],
): readonly string[] {
  if (profiles.length === 0) return activeByItself;
  return addsProfiles ? [...new Set([...activeByItself, ...profiles])] : profiles;
}
