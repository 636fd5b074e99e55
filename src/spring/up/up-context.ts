import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import type { Ports } from "../../ports/ports.ts";
import type { BuildLock, BuildLocks } from "../build/build-locks.ts";
import type { SpringCluster } from "../cluster-access.ts";
import type { LibraryArchive } from "../image/startup-archive.ts";
import type { Manifest } from "../objects/manifest.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { Rollouts } from "../rollout/rollouts.ts";
import type { SharedBuilds } from "../build/shared-builds.ts";

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
  readonly underWay: UnderWay;
  /** Absent: it is brought up alone. */
  readonly together?: Together;
  /** Those of this command. Absent: nothing else of it builds. */
  readonly buildLocks?: BuildLocks;
  /** For an image whose starts are to be quick although its classes change. */
  readonly libraryArchive?: LibraryArchive;
}

/** What applications that are brought up together have in common. */
export interface Together {
  readonly builds: SharedBuilds;
  readonly buildLocks: BuildLocks;
  readonly rollouts: Rollouts;
  /** Resolves when all that the application depends on is up. Throws `prerequisites-missing`. */
  readonly prerequisites: () => Promise<void>;
}

/** What is under way, and has to be ended or taken back when the work is cut short. */
export interface UnderWay {
  /** From the build until what it leaves has been read. */
  buildLock?: BuildLock;
  /** New objects were applied, and it is not settled yet whether they work. */
  rollout?: BegunRollout;
}

/** What a roll-out is undone by. */
export interface BegunRollout {
  readonly name: string;
  readonly before: ObjectsBefore;
  readonly manifests: readonly Manifest[];
  readonly isAutoscaled: boolean;
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
