import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import { dependencyKinds } from "./dependency-catalogue.ts";

/** Environment variable of a container: a text, or a key of a Secret. */
export interface ContainerVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef: { readonly name: string; readonly key: string };
  };
}

/** What a pod has to have to reach its dependencies. */
export interface Connections {
  readonly env: readonly ContainerVariable[];
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  readonly volumeMounts: readonly Readonly<Record<string, unknown>>[];
}

const BINDINGS_FOLDER = "/bindings";

/** Addresses as plain text, credentials as references to the dependency's Secret: no password is in a Deployment. */
export function connectDependencies(
  dependencies: readonly DependencyConfig[],
  connection: NonNullable<ApplicationConfig["connection"]>,
): Connections {
  if (dependencies.length === 0) return { env: [], volumes: [], volumeMounts: [] };
  return connection === "binding"
    ? bindingsOf(dependencies)
    : { env: dependencies.flatMap(variablesOf), volumes: [], volumeMounts: [] };
}

function bindingsOf(dependencies: readonly DependencyConfig[]): Connections {
  return {
    env: [
      { name: "SERVICE_BINDING_ROOT", value: BINDINGS_FOLDER },
      // spring-cloud-bindings is asleep unless it is told.
      { name: "ORG_SPRINGFRAMEWORK_CLOUD_BINDINGS_BOOT_ENABLE", value: "true" },
    ],
    volumes: dependencies.map(({ name }) => ({
      name: `binding-${name}`,
      secret: { secretName: name },
    })),
    volumeMounts: dependencies.map(({ name }) => ({
      name: `binding-${name}`,
      mountPath: `${BINDINGS_FOLDER}/${name}`,
      readOnly: true,
    })),
  };
}

function variablesOf(dependency: DependencyConfig): readonly ContainerVariable[] {
  const { name, type, database } = dependency;
  const { port } = dependencyKinds[type];
  const secret = (key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  const address = (prefix: string): readonly ContainerVariable[] => [
    { name: `${prefix}_HOST`, value: name },
    { name: `${prefix}_PORT`, value: String(port) },
  ];
  switch (type) {
    case "postgresql":
      return [
        { name: "SPRING_DATASOURCE_URL", value: `jdbc:postgresql://${name}:${port}/${database}` },
        { name: "SPRING_DATASOURCE_USERNAME", ...secret("username") },
        { name: "SPRING_DATASOURCE_PASSWORD", ...secret("password") },
      ];
    case "redis":
      return [
        ...address("SPRING_DATA_REDIS"),
        { name: "SPRING_DATA_REDIS_PASSWORD", ...secret("password") },
      ];
    case "rabbitmq":
      return [
        ...address("SPRING_RABBITMQ"),
        { name: "SPRING_RABBITMQ_USERNAME", ...secret("username") },
        { name: "SPRING_RABBITMQ_PASSWORD", ...secret("password") },
      ];
  }
}
