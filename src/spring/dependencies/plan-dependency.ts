import { createHash } from "node:crypto";
import type { DependencyConfig } from "../../config/cluster-config.ts";
import { toContainerText } from "../objects/container-text.ts";
import type { Manifest } from "../objects/manifest.ts";
import { MANAGED_BY, MANIFEST_HASH, selectorOf } from "../objects/plan-manifests.ts";
import {
  CREDENTIALS_FOLDER,
  dependencyKinds,
  type Credentials,
  type DependencyKind,
} from "./dependency-catalogue.ts";

export interface DependencyInputs {
  readonly config: DependencyConfig;
  /** Reference of the image, as the nodes have it. */
  readonly image: string;
  readonly credentials: Credentials;
}

/** Says that an object is of a dependency, and of which type. */
export const DEPENDENCY_TYPE = "airfield.dev/dependency";

/** The user of the official images and of ours. */
const SERVICE_USER = 999;

/** Labels of all its objects. */
export function dependencyLabels({
  name,
  type,
}: Pick<DependencyConfig, "name" | "type">): Readonly<Record<string, string>> {
  return { ...selectorOf(name), ...MANAGED_BY, [DEPENDENCY_TYPE]: type };
}

/** Secret, Service and StatefulSet; the latter carries the hash of all. */
export function planDependency(inputs: DependencyInputs): readonly Manifest[] {
  const manifests = [planSecret(inputs), planService(inputs), planStatefulSet(inputs)];
  const hash = createHash("sha256").update(JSON.stringify(manifests)).digest("hex").slice(0, 16);
  return manifests.map((manifest) => ({
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { [MANIFEST_HASH]: hash } },
  }));
}

/**
 * The entries of a service binding (https://servicebinding.io/spec/core/1.1.0/), and the files of its own pod.
 * Applications mount it as it is.
 */
function planSecret(inputs: DependencyInputs): Manifest {
  const { config, credentials } = inputs;
  const { type, name, database } = config;
  const kind = dependencyKinds[type];
  const binding: Readonly<Record<string, string>> = {
    type,
    provider: "airfield",
    host: name,
    port: String(kind.port),
    ...(kind.username === undefined ? {} : { username: credentials.username }),
    password: credentials.password,
    ...(type === "postgresql" ? { database } : {}),
  };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadataOf(inputs),
    type: `servicebinding.io/${type}`,
    data: encoded({ ...binding, ...kind.files(credentials) }),
  };
}

function planService(inputs: DependencyInputs): Manifest {
  const { name, type } = inputs.config;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(inputs),
    spec: {
      selector: selectorOf(name),
      ports: [{ name: "main", port: dependencyKinds[type].port, targetPort: "main" }],
    },
  };
}

function planStatefulSet(inputs: DependencyInputs): Manifest {
  const { config, image } = inputs;
  const { name, type, storage } = config;
  const kind = dependencyKinds[type];
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadataOf(inputs),
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: selectorOf(name) },
      template: {
        metadata: { labels: dependencyLabels(config) },
        spec: {
          enableServiceLinks: false,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 30,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: SERVICE_USER,
            runAsGroup: SERVICE_USER,
            fsGroup: SERVICE_USER,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [containerOf(kind, config, image)],
          volumes: [
            {
              name: "credentials",
              secret: { secretName: name, defaultMode: 0o440, items: itemsOf(kind) },
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: dependencyLabels(config) },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
        },
      ],
    },
  };
}

function containerOf(kind: DependencyKind, config: DependencyConfig, image: string) {
  const readiness = kind.readiness(config);
  return {
    name: config.type,
    image,
    imagePullPolicy: "IfNotPresent",
    ...(kind.command.length === 0 ? {} : { args: kind.command.map(toContainerText) }),
    ports: [{ name: "main", containerPort: kind.port }],
    env: Object.entries(kind.env(config)).map(([name, value]) => ({
      name,
      value: toContainerText(value),
    })),
    resources: {
      requests: { cpu: "50m", memory: kind.memory.request },
      limits: { memory: kind.memory.limit },
    },
    startupProbe: { ...readiness, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 300 },
    readinessProbe: { ...readiness, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    livenessProbe: {
      tcpSocket: { port: "main" },
      periodSeconds: 10,
      timeoutSeconds: 3,
      failureThreshold: 6,
    },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    volumeMounts: [
      { name: "data", mountPath: kind.dataFolder },
      { name: "credentials", mountPath: CREDENTIALS_FOLDER, readOnly: true },
    ],
  };
}

/** Only its own files: RabbitMQ reads every file of the folder. */
function itemsOf(kind: DependencyKind): readonly { readonly key: string; readonly path: string }[] {
  return Object.keys(kind.files({ username: "", password: "" })).map((key) => ({ key, path: key }));
}

function metadataOf({ config }: DependencyInputs): Manifest["metadata"] {
  return { name: config.name, namespace: config.namespace, labels: dependencyLabels(config) };
}

function encoded(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
}
