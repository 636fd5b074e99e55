import { createHash } from "node:crypto";
import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import type { ContainerSpec } from "../../ports/container-engine.ts";
import { askedProperties } from "../project/application-properties.ts";
import { connectDependencies } from "../dependencies/connect-dependencies.ts";
import type { SpringProject } from "../project/detect-project.ts";
import { APPLICATION_FOLDER } from "../image/plan-content.ts";
import { checksum, CONFIG_FOLDER, readInPod, SECRETS_FOLDER } from "../objects/plan-contents.ts";
import type { Contents } from "../project/read-contents.ts";
import { systemPropertiesIn } from "../project/read-properties-files.ts";
import askScript from "./ask-spring.sh";

/** Part of every key: raised when Spring is asked in another way, or for other properties. */
const RECIPE_VERSION = 2;

/** What the environment of the pod is made of, beside the application's image. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly contents: Contents;
}

/** Set in every pod, and by which Spring Boot knows that it runs in Kubernetes. */
const KUBERNETES_ENV = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };
/** A JVM's options may name agents and files that only the pod has; system properties are what Spring reads. */
const JVM_OPTIONS = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"];

/**
 * The variables that the pod will have, as far as its manifest says them. Not those that follow from Spring's answer, and
 * not those with a dependency's random password.
 */
export function planSurroundings(
  {
    application,
    project,
    contents,
    dependencies,
  }: {
    readonly application: Pick<ApplicationConfig, "env" | "secretsAs" | "connection" | "dependsOn">;
    readonly project: Pick<SpringProject, "readsBindings">;
    readonly contents: Contents;
    readonly dependencies: readonly DependencyConfig[];
  },
  profiles: readonly string[],
): Surroundings {
  const { secretsAs, env, dependsOn } = application;
  const connection =
    application.connection ?? (project.readsBindings === true ? "binding" : "environment");
  const wanted = dependencies.filter(({ name }) => dependsOn.includes(name));
  // Also what Spring Cloud Kubernetes reads through the API is a file here, where no API server answers.
  const reading = readInPod(contents, {
    ...{ name: "", secretsAs, readsConfigByApi: false, reloads: false },
  });
  const given = [...connectDependencies(wanted, connection).env, ...reading.env].flatMap(
    ({ name, value }) => (value === undefined ? [] : [[name, value] as const]),
  );
  const all: Record<string, string> = {
    ...KUBERNETES_ENV,
    ...(profiles.length === 0 ? {} : { SPRING_PROFILES_ACTIVE: profiles.join(",") }),
    ...Object.fromEntries(given),
    ...(secretsAs === "environment" ? contents.secrets : {}),
    ...env,
  };
  for (const name of JVM_OPTIONS) {
    const options = systemPropertiesIn(all[name] ?? "").map(
      ([key, value]) => `"-D${key}=${value}"`,
    );
    if (options.length > 0) all[name] = options.join(" ");
    else delete all[name];
  }
  return { env: all, contents };
}

/** Names all that an answer depends on. */
export function keyOf(application: readonly string[], { env, contents }: Surroundings): string {
  const variables = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = [
    ...[RECIPE_VERSION, application, askedProperties, variables],
    ...[checksum(contents.config), checksum(contents.secrets)],
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Of the containers in which Spring Boot is asked. */
export const QUESTION_LABEL = "dev.airfield.environment";

/** Where an application in its layers lies on the host. */
export interface LayeredApplication {
  readonly baseImage: string;
  /** Folder of the host that holds the layers. */
  readonly layersFolder: string;
  /** File names of the application's layers in it (plain tars), bottom first. */
  readonly layers: readonly string[];
  /** As the image has it: `java -jar application.jar`, or Spring Boot's launcher. */
  readonly entrypoint: readonly string[];
}

/**
 * A container of the very JRE that the pod will have, without a network: neither a config server, nor a database that is
 * there by chance, nor the cluster of the user's kubeconfig can be reached by what runs in it.
 */
export function questionContainer(
  { baseImage, layersFolder, layers, entrypoint }: LayeredApplication,
  {
    name,
    readerFolder,
    contentsFolder,
    env,
  }: {
    readonly name: string;
    /** With environment.jar. */
    readonly readerFolder: string;
    /** With the folders config and secrets. */
    readonly contentsFolder: string;
    readonly env: Readonly<Record<string, string>>;
  },
): ContainerSpec {
  const mount = (hostPath: string, containerPath: string) =>
    ({
      hostPath,
      containerPath,
      readOnly: true,
      propagation: "none",
      selinuxRelabel: true,
    }) as const;
  const last = entrypoint.at(-1) ?? "";
  const isExploded = /\.(Jar|War|Properties)Launcher$/.test(last);
  return {
    name,
    image: baseImage,
    hostname: name,
    labels: { [QUESTION_LABEL]: name },
    env,
    entrypoint: ["bash", "-c", askScript, "ask"],
    command: [
      ...[APPLICATION_FOLDER, askedProperties.join(","), isExploded ? last : "", LATE],
      ...layers,
    ],
    // Unpacks files of another owner.
    user: "0",
    mounts: [
      mount(layersFolder, "/layers"),
      mount(readerFolder, "/reader"),
      mount(`${contentsFolder}/config`, CONFIG_FOLDER),
      mount(`${contentsFolder}/secrets`, SECRETS_FOLDER),
    ],
    network: { name: "none" },
    restart: "no",
  };
}

/** Its last line where the JVM was stopped because it took too long. */
export const LATE = "airfield-late";
