import type { DependencyConfig } from "../../config/cluster-config.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { dependencyKinds } from "../dependencies/dependency-catalogue.ts";
import { planDependency } from "../dependencies/plan-dependency.ts";
import type { Manifest } from "../objects/manifest.ts";
import { selectorOf } from "../objects/plan-manifests.ts";
import { PLACEHOLDER_DOMAIN, PLACEHOLDER_SECRET } from "./placeholders.ts";
import { isRecord, toPortableObject } from "./portable-objects.ts";

/** A database or broker that applications depend on, as it is handed over. */
export interface PortableDependency {
  readonly name: string;
  readonly namespace: string;
  readonly title: string;
  /** All that `up` runs of it, with the public image and a placeholder for its password. */
  readonly objects: readonly Manifest[];
  /** In production it is somewhere else: applications go on reaching it by its name. */
  readonly address: Manifest;
  /** What applications read of its Secret. */
  readonly binding: Readonly<Record<string, string>>;
}

export function toPortableDependency(
  config: DependencyConfig,
  cluster: Pick<SpringCluster, "publicDependencyImage">,
): PortableDependency {
  const { name, namespace, type, version } = config;
  const { title, repository, username = "" } = dependencyKinds[type];
  const objects = planDependency({
    config,
    image: version === undefined ? cluster.publicDependencyImage(type) : `${repository}:${version}`,
    credentials: { username, password: PLACEHOLDER_SECRET },
  }).map(toPortableObject);
  const secret = objects.find(({ kind }) => kind === "Secret");
  const texts = decoded(secret?.data ?? {});
  const { provider: _provider, ...all } = texts;
  return {
    ...{ name, namespace, title },
    objects: objects.map((object) =>
      object === secret ? (withTexts(object, texts) as Manifest) : object,
    ),
    address: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, labels: selectorOf(name) },
      // https://kubernetes.io/docs/concepts/services-networking/service/#externalname
      spec: { type: "ExternalName", externalName: `${name}.${PLACEHOLDER_DOMAIN}` },
    },
    // Not the files of its own pod.
    binding: Object.fromEntries(Object.entries(all).filter(([key]) => !key.includes("."))),
  };
}

/** Readable, so that a placeholder can be found and filled in. */
function withTexts(secret: Manifest, texts: Readonly<Record<string, string>>): unknown {
  const { data: _data, ...rest } = secret;
  return { ...rest, stringData: texts };
}

function decoded(data: unknown): Readonly<Record<string, string>> {
  if (!isRecord(data)) return {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(String(value), "base64").toString(),
    ]),
  );
}
