import { createHash } from "node:crypto";
import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import type { ApplicationProperties } from "../project/application-properties.ts";
import {
  connectDependencies,
  type ContainerVariable,
} from "../dependencies/connect-dependencies.ts";
import { toContainerText } from "./container-text.ts";
import type { Manifest } from "./manifest.ts";
import { planAccess } from "./plan-access.ts";
import { planContents, readInPod } from "./plan-contents.ts";
import { APPLICATION_USER, type ApplicationFacts } from "../plan/plan-image.ts";
import { mayCallKubernetes, planPermissions, usesCloudConfig } from "./plan-permissions.ts";
import { FALLBACK_PORT, HTTP_PORT, planProbes, probeKindOf } from "./plan-probes.ts";
import type { Contents } from "../project/read-contents.ts";

export interface ManifestInputs {
  readonly name: string;
  readonly config: Pick<
    ApplicationConfig,
    | "namespace"
    | "run"
    | "profiles"
    | "replicas"
    | "env"
    | "resources"
    | "connection"
    | "secretsAs"
    | "permissions"
  >;
  readonly image: string;
  /**
   * The engine's id of the image: a rebuilt image of the same name is rolled out too. Undefined: it is not
   * built yet, the objects are only looked at.
   */
  readonly imageId: string | undefined;
  /** From a Dockerfile of the project's own: its user and its options are the project's business. */
  readonly isOwnImage: boolean;
  readonly facts: ApplicationFacts;
  readonly properties: ApplicationProperties;
  /** For the application's start to be noticed at once; the image has bash. */
  readonly waitsForStart?: boolean;
  readonly projectDir: string;
  readonly version: string | undefined;
  readonly contents: Contents;
  /** Artifact ids of the build that talk to Kubernetes. */
  readonly libraries: readonly string[];
  /** The build has spring-cloud-bindings. */
  readonly readsBindings: boolean;
  /** Those that the application depends on. */
  readonly dependencies: readonly DependencyConfig[];
}

export const MANAGED_BY = { "app.kubernetes.io/managed-by": "airfield" } as const;
/** Hash of everything applied: the same again means there is nothing to do. */
export const MANIFEST_HASH = "airfield.dev/manifest-hash";
export const PROJECT_FOLDER = "airfield.dev/project";
const IMAGE_ID = "airfield.dev/image-id";

/**
 * How long a pod that is going away keeps answering before it is told to stop. Its removal from the Service
 * reaches the nodes' kube-proxies in parallel to the SIGTERM, usually within a second; until then
 * new connections still arrive. Slept by the kubelet (preStop.sleep, Kubernetes ≥ 1.30), so no `sleep` in
 * the image is needed. https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
 */
const PRE_STOP_SECONDS = 5;
/** For the JVM to end after the last shutdown phase. */
const EXIT_MARGIN_SECONDS = 5;
/** An application without probes must have run this long. */
const UNPROBED_SECONDS = 10;

/**
 * MaxRAMPercentage: the JVM's default of 25 leaves half of a small pod's memory unused.
 * ExitOnOutOfMemoryError: a JVM without heap limps on and still answers probes; its end brings a new pod.
 * Not TieredStopAtLevel=1: it starts a fifth faster but halves the speed of what runs for long, and
 * what is tested here would not be what runs elsewhere. Overridden by JAVA_TOOL_OPTIONS in the config.
 */
const JAVA_TOOL_OPTIONS = "-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError";

/** Labels by which an application's objects are found again. */
export function selectorOf(name: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name };
}

/**
 * Everything of one application, in the order in which it is applied: its ServiceAccount and what that may do, ConfigMap
 * and Secret where it has any, Deployment and, when it listens, Service; or its Job. Each carries the hash of all.
 */
export function planManifests(inputs: ManifestInputs): readonly Manifest[] {
  const metadata = metadataOf(inputs);
  const permissions = permissionsOf(inputs);
  const manifests = [
    ...(permissions.length === 0 ? [] : planAccess(metadata, permissions)),
    ...planContents(metadata, inputs.contents),
    inputs.config.run === "job" ? planJob(inputs) : planDeployment(inputs),
    ...(listens(inputs) ? [planService(inputs)] : []),
  ];
  return withHash(manifests, inputs.projectDir);
}

/** The objects with the hash of all of them on each. */
export function withHash(manifests: readonly Manifest[], projectDir: string): readonly Manifest[] {
  const hash = createHash("sha256").update(JSON.stringify(manifests)).digest("hex").slice(0, 16);
  return manifests.map((manifest) => ({
    ...manifest,
    metadata: {
      ...manifest.metadata,
      // Told, but not part of the hash: the same application from another folder is unchanged.
      annotations: {
        ...manifest.metadata.annotations,
        [MANIFEST_HASH]: hash,
        [PROJECT_FOLDER]: projectDir,
      },
    },
  }));
}

function permissionsOf({ libraries, properties, config }: ManifestInputs) {
  return planPermissions({
    libraries,
    properties: properties.cloudKubernetes,
    permissions: config.permissions,
  });
}

function listens({ facts }: ManifestInputs): boolean {
  return facts.web !== "none";
}

function planDeployment(inputs: ManifestInputs): Manifest {
  const { name, config } = inputs;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(inputs),
    spec: {
      // Absent, `kubectl apply` leaves alone what `kubectl scale` or an autoscaler has set.
      ...(config.replicas === undefined ? {} : { replicas: config.replicas }),
      // The version before, to go back to by hand; not ten.
      revisionHistoryLimit: 2,
      // Without probes a pod counts as ready once its JVM runs; a crash at the start must still be seen.
      ...(listens(inputs) ? {} : { minReadySeconds: UNPROBED_SECONDS }),
      selector: { matchLabels: selectorOf(name) },
      // A new pod must be ready before an old one goes.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: planPod(inputs),
    },
  };
}

/** One pod that runs once: a failure is told, not tried again. https://kubernetes.io/docs/concepts/workloads/controllers/job/ */
function planJob(inputs: ManifestInputs): Manifest {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: metadataOf(inputs),
    spec: { backoffLimit: 0, template: planPod(inputs) },
  };
}

function planPod(inputs: ManifestInputs): Readonly<Record<string, unknown>> {
  const { name, config, image, imageId, isOwnImage, properties } = inputs;
  const isJob = config.run === "job";
  const reading = readContentsInPod(inputs);
  const connections = connectDependencies(
    inputs.dependencies,
    config.connection ?? (inputs.readsBindings ? "binding" : "environment"),
  );
  const volumes = [...reading.volumes, ...connections.volumes];
  const volumeMounts = [...reading.volumeMounts, ...connections.volumeMounts];
  const annotations = {
    ...(imageId === undefined ? {} : { [IMAGE_ID]: imageId }),
    ...reading.annotations,
  };
  const ports = portsOf(inputs);
  const isWeb = listens(inputs);
  return {
    metadata: {
      labels: { ...selectorOf(name), ...MANAGED_BY },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      terminationGracePeriodSeconds:
        PRE_STOP_SECONDS + properties.shutdownPhaseSeconds + EXIT_MARGIN_SECONDS,
      ...(isJob
        ? { restartPolicy: "Never" }
        : { topologySpreadConstraints: [spreadOverNodes(name)] }),
      ...(permissionsOf(inputs).length === 0 ? {} : { serviceAccountName: name }),
      ...(permissionsOf(inputs).length > 0 || mayCallKubernetes(inputs.libraries)
        ? {}
        : { automountServiceAccountToken: false }),
      ...podSecurity(isOwnImage, ports.http),
      // A Service named "server" would otherwise put SERVER_PORT=tcp://… into every pod, which Spring Boot
      // takes for server.port. Names are found by DNS; KUBERNETES_SERVICE_* are set in any case.
      enableServiceLinks: false,
      containers: [
        {
          name: "application",
          image,
          imagePullPolicy: "IfNotPresent",
          ...(isWeb
            ? {
                ports: [
                  { name: HTTP_PORT, containerPort: ports.http },
                  ...(ports.management === undefined
                    ? []
                    : [{ name: "management", containerPort: ports.management }]),
                ],
              }
            : {}),
          env: withUsersLast(
            [...variables(envOf(inputs, ports.http)), ...reading.env, ...connections.env],
            config.env,
          ).map(asGiven),
          ...(reading.envFrom.length === 0 ? {} : { envFrom: reading.envFrom }),
          resources: resourcesOf(config.resources),
          ...planProbes(inputs),
          // Nobody asks a job.
          ...(isJob ? {} : { lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } } }),
          ...(volumeMounts.length === 0 ? {} : { volumeMounts }),
          ...(isOwnImage
            ? {}
            : {
                securityContext: {
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ["ALL"] },
                },
              }),
        },
      ],
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  };
}

function readContentsInPod({ name, config, contents, properties, libraries }: ManifestInputs) {
  return readInPod(contents, {
    name,
    secretsAs: config.secretsAs,
    readsConfigByApi: usesCloudConfig(libraries),
    reloads: properties.cloudKubernetes.reloads,
  });
}

function variables(env: Readonly<Record<string, string>>): readonly ContainerVariable[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

function asGiven(variable: ContainerVariable): ContainerVariable {
  const { name, value } = variable;
  return value === undefined ? variable : { name, value: toContainerText(value) };
}

/** The user's environment wins over what Airfield sets, connections of dependencies too. */
function withUsersLast(
  ours: readonly ContainerVariable[],
  users: Readonly<Record<string, string>>,
): readonly ContainerVariable[] {
  return [...ours.filter(({ name }) => !Object.hasOwn(users, name)), ...variables(users)];
}

function planService(inputs: ManifestInputs): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(inputs),
    spec: {
      // NodePort: what is published on 127.0.0.1 leads to it. The number is Kubernetes' to choose.
      type: "NodePort",
      selector: selectorOf(inputs.name),
      // 80, so that others reach it as http://NAME.
      ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
    },
  };
}

function metadataOf({ name, config, version }: ManifestInputs): Manifest["metadata"] {
  const isLabel = version !== undefined && /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(version);
  return {
    name,
    namespace: config.namespace,
    labels: {
      ...selectorOf(name),
      ...MANAGED_BY,
      ...(isLabel ? { "app.kubernetes.io/version": version } : {}),
    },
  };
}

function portsOf({ properties }: ManifestInputs): {
  readonly http: number;
  readonly management: number | undefined;
} {
  return { http: properties.serverPort ?? FALLBACK_PORT, management: properties.management.port };
}

function envOf(inputs: ManifestInputs, port: number): Readonly<Record<string, string>> {
  const { config, facts, properties } = inputs;
  return {
    JAVA_TOOL_OPTIONS,
    ...(config.profiles.length > 0 ? { SPRING_PROFILES_ACTIVE: config.profiles.join(",") } : {}),
    ...(properties.serverPort === undefined ? { SERVER_PORT: String(port) } : {}),
    // On by itself in Spring Boot 4, and in 3 unless spring.main.cloud-platform says otherwise.
    ...(probeKindOf(inputs) === "actuator"
      ? { MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED: "true" }
      : {}),
    ...(probeKindOf(inputs) === "actuator" && properties.management.onServerPort !== undefined
      ? { MANAGEMENT_ENDPOINT_HEALTH_PROBES_ADD_ADDITIONAL_PATHS: "true" }
      : {}),
    // The default since Spring Boot 3.4.
    ...(isBefore(facts.springBootVersion, 3, 4) && !properties.isShutdownGiven
      ? { SERVER_SHUTDOWN: "graceful" }
      : {}),
  };
}

function isBefore(version: string | undefined, major: number, minor: number): boolean {
  const [foundMajor, foundMinor] = (version ?? "").split(".").map(Number);
  if (foundMajor === undefined || Number.isNaN(foundMajor)) return false;
  return foundMajor < major || (foundMajor === major && (foundMinor ?? 0) < minor);
}

function resourcesOf({
  requests,
  limits,
}: ApplicationConfig["resources"]): Readonly<Record<string, unknown>> {
  return {
    ...(Object.keys(requests).length > 0 ? { requests } : {}),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
  };
}

/** What the "restricted" Pod Security Standard asks for, where the image is ours and known to stand it. */
function podSecurity(isOwnImage: boolean, port: number): Readonly<Record<string, unknown>> {
  if (isOwnImage) return {};
  return {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: APPLICATION_USER,
      runAsGroup: APPLICATION_USER,
      seccompProfile: { type: "RuntimeDefault" },
      ...(port < 1024
        ? { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] }
        : {}),
    },
  };
}

/**
 * Asked for, not insisted on: one node must be enough. Old pods of a roll-out do not count. Also with one
 * replica, so that scaling up does not change the pods that run.
 */
function spreadOverNodes(name: string): Readonly<Record<string, unknown>> {
  return {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorOf(name) },
    matchLabelKeys: ["pod-template-hash"],
  };
}
