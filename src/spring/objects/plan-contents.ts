import { createHash } from "node:crypto";
import type { ApplicationConfig } from "../../config/cluster-config.ts";
import type { ContainerVariable } from "../dependencies/connect-dependencies.ts";
import type { Manifest } from "./manifest.ts";
import type { Contents } from "../project/read-contents.ts";

export const CONFIG_FOLDER = "/workspace/config";
export const SECRETS_FOLDER = "/workspace/secrets";
/** On the pods: other content is another checksum, and so a roll-out of this application and no other. */
const CONFIG_CHECKSUM = "airfield.dev/config-checksum";
const SECRETS_CHECKSUM = "airfield.dev/secrets-checksum";

/** What the pods of an application have to have to read its contents. */
export interface Reading {
  readonly env: readonly ContainerVariable[];
  readonly envFrom: readonly unknown[];
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  readonly volumeMounts: readonly Readonly<Record<string, unknown>>[];
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The ConfigMap has the application's own name, which is the one that Spring Cloud Kubernetes looks for; the Secret's is
 * another, since one of that name may be a dependency's.
 */
export function planContents(
  metadata: Manifest["metadata"],
  { config, secrets }: Contents,
): readonly Manifest[] {
  return [
    ...(Object.keys(config).length === 0 ? [] : [configMapOf(metadata, config)]),
    ...(Object.keys(secrets).length === 0
      ? []
      : [
          {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { ...metadata, name: secretNameOf(metadata.name) },
            type: "Opaque",
            data: Object.fromEntries(
              Object.entries(secrets).map(([key, value]) => [key, base64(Buffer.from(value))]),
            ),
          },
        ]),
  ];
}

export function secretNameOf(name: string): string {
  return `${name}-secrets`;
}

export function readInPod(
  { config, secrets }: Contents,
  options: {
    readonly name: string;
    readonly secretsAs: ApplicationConfig["secretsAs"];
    /** By Spring Cloud Kubernetes: a second copy as a file would hide what it reloads. */
    readonly readsConfigByApi: boolean;
    readonly reloads: boolean;
  },
): Reading {
  const { name, secretsAs, readsConfigByApi, reloads } = options;
  const hasConfig = Object.keys(config).length > 0;
  const hasSecrets = Object.keys(secrets).length > 0;
  const isMounted = hasConfig && !readsConfigByApi;
  const isTree = hasSecrets && secretsAs === "configtree";
  const secretName = secretNameOf(name);
  return {
    env: [
      ...(isMounted
        ? [{ name: "SPRING_CONFIG_ADDITIONAL_LOCATION", value: `optional:file:${CONFIG_FOLDER}/` }]
        : []),
      ...(isTree
        ? [{ name: "SPRING_CONFIG_IMPORT", value: `optional:configtree:${SECRETS_FOLDER}/` }]
        : []),
    ],
    envFrom: hasSecrets && !isTree ? [{ secretRef: { name: secretName } }] : [],
    volumes: [
      ...(isMounted ? [{ name: "config", configMap: { name } }] : []),
      ...(isTree ? [{ name: "secrets", secret: { secretName } }] : []),
    ],
    volumeMounts: [
      ...(isMounted ? [{ name: "config", mountPath: CONFIG_FOLDER, readOnly: true }] : []),
      ...(isTree ? [{ name: "secrets", mountPath: SECRETS_FOLDER, readOnly: true }] : []),
    ],
    annotations: {
      ...(hasConfig && !(readsConfigByApi && reloads)
        ? { [CONFIG_CHECKSUM]: checksum(config) }
        : {}),
      ...(hasSecrets ? { [SECRETS_CHECKSUM]: checksum(secrets) } : {}),
    },
  };
}

/** Text stays readable (kubectl get -o yaml, and Spring Cloud Kubernetes reads nothing else); the rest is binary. */
function configMapOf(metadata: Manifest["metadata"], config: Contents["config"]): Manifest {
  const parts = Object.entries(config).map(([key, bytes]) => ({ key, bytes, text: textOf(bytes) }));
  const data = parts.flatMap(({ key, text }) => (text === undefined ? [] : [[key, text] as const]));
  const binary = parts.flatMap(({ key, bytes, text }) =>
    text === undefined ? [[key, base64(bytes)] as const] : [],
  );
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    ...(data.length === 0 ? {} : { data: Object.fromEntries(data) }),
    ...(binary.length === 0 ? {} : { binaryData: Object.fromEntries(binary) }),
  };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function checksum(contents: Readonly<Record<string, Uint8Array | string>>): string {
  const hash = createHash("sha256");
  for (const [key, value] of Object.entries(contents)) {
    hash.update(`${key}\0${Buffer.byteLength(value)}\0`).update(value);
  }
  return hash.digest("hex").slice(0, 16);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
