import { PLACEHOLDER_DOMAIN, PLACEHOLDER_REGISTRY, PLACEHOLDER_SECRET } from "./placeholders.ts";
import type { PortableDependency } from "./portable-dependencies.ts";
import { isRecord, type PortableApplication } from "./portable-objects.ts";
import type { Manifest } from "../objects/manifest.ts";
import { isWorkload } from "../objects/user-kustomization.ts";
import { fileNameOf, yamlText, type TextFile } from "./text-file.ts";
import { splitReference } from "../../formats/image-reference.ts";

const KUSTOMIZATION = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };

export interface KustomizeOptions {
  /** Image of each application in production, by its name. */
  readonly images: Readonly<Record<string, string>>;
  /** What the applications depend on. */
  readonly dependencies: readonly PortableDependency[];
}

/**
 * A Kustomize base with the objects of `up`, an overlay that gives what runs on an Airfield cluster, and one
 * that shows what production needs. Pure: the same applications give the same files.
 */
export function planKustomize(
  portable: readonly PortableApplication[],
  options: KustomizeOptions,
): readonly TextFile[] {
  const applications = inTheirNamespaces(portable);
  return [
    ...baseFiles(applications),
    ...localOverlay(applications, options),
    ...productionOverlay(applications, options),
    { path: "README.md", text: readme(applications, options) },
  ];
}

function baseFiles(applications: readonly PortableApplication[]): readonly TextFile[] {
  const resources = applications.flatMap((application) =>
    application.objects.map((object) => ({
      path: `base/${fileNameOf(object)}`,
      text: yamlText(withPlainImage(object, application)),
    })),
  );
  const kustomization = {
    ...KUSTOMIZATION,
    resources: resources.map(({ path }) => path.slice("base/".length)),
  };
  return [
    {
      path: "base/kustomization.yaml",
      text: yamlText(kustomization, "The objects that `airfield up` applies, for any cluster."),
    },
    ...resources,
  ];
}

/** The image by the application's name alone; each overlay says what that stands for. */
function withPlainImage(value: unknown, application: PortableApplication): unknown {
  if (Array.isArray(value)) return value.map((item) => withPlainImage(item, application));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "image" && inner === application.localImage
        ? application.name
        : withPlainImage(inner, application),
    ]),
  );
}

/** A namespace is the overlay's to say, unless the applications have several. */
function inTheirNamespaces(
  applications: readonly PortableApplication[],
): readonly PortableApplication[] {
  if (namespacesOf(applications).length === 1) return applications;
  return applications.map((application) => ({
    ...application,
    objects: application.objects.map((object) =>
      /^Cluster/.test(object.kind)
        ? object
        : { ...object, metadata: { ...object.metadata, namespace: application.namespace } },
    ),
  }));
}

function localOverlay(
  applications: readonly PortableApplication[],
  { dependencies }: KustomizeOptions,
): readonly TextFile[] {
  const hasSeveralNamespaces = namespacesOf(applications).length > 1;
  const running = dependencies.flatMap((dependency) =>
    dependency.objects.map((object) =>
      hasSeveralNamespaces ? inNamespace(object, dependency.namespace) : object,
    ),
  );
  const namespaces = namespacesOf(applications).filter((namespace) => namespace !== "default");
  const secrets = secretFiles("overlays/local", applications);
  const kustomization = {
    ...KUSTOMIZATION,
    ...(namespacesOf(applications).length === 1
      ? { namespace: namespacesOf(applications)[0] }
      : {}),
    resources: [
      "../../base",
      ...(namespaces.length === 0 ? [] : ["namespaces.yaml"]),
      ...running.map(fileNameOf),
    ],
    images: applications.map(({ name, localImage }) => imageEntry(name, localImage)),
    patches: applications.flatMap(({ services }) =>
      services.map(({ name }) => ({
        target: { kind: "Service", name },
        patch: yamlText([{ op: "replace", path: "/spec/type", value: "NodePort" }]),
      })),
    ),
    ...secretGenerators(applications.flatMap((application) => application.secrets)),
  };
  return [
    {
      path: "overlays/local/kustomization.yaml",
      text: yamlText(
        kustomization,
        "What `airfield up` runs: the image that it brought to the nodes, reached by a NodePort.",
      ),
    },
    ...(namespaces.length === 0
      ? []
      : [
          {
            path: "overlays/local/namespaces.yaml",
            text: namespaces
              .map((name) => yamlText({ apiVersion: "v1", kind: "Namespace", metadata: { name } }))
              .join("---\n"),
          },
        ]),
    ...running.map((object) => ({
      path: `overlays/local/${fileNameOf(object)}`,
      text: yamlText(object),
    })),
    ...secrets,
  ];
}

function inNamespace(object: Manifest, namespace: string): Manifest {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

function productionOverlay(
  applications: readonly PortableApplication[],
  { images, dependencies }: KustomizeOptions,
): readonly TextFile[] {
  const hasSeveralNamespaces = namespacesOf(applications).length > 1;
  const addresses = dependencies.map(({ address, namespace }) =>
    hasSeveralNamespaces ? inNamespace(address, namespace) : address,
  );
  const ingresses = applications.flatMap((application) =>
    ingressesOf(application, hasSeveralNamespaces ? { namespace: application.namespace } : {}),
  );
  const workloads = applications.flatMap(({ objects }) => objects.filter(isWorkload));
  const deployments = workloads.filter(({ kind }) => kind === "Deployment");
  const kustomization = {
    ...KUSTOMIZATION,
    resources: ["../../base", ...[...ingresses, ...addresses].map(fileNameOf)],
    images: applications.map((application) =>
      imageEntry(application.name, images[application.name] ?? placeholderImage(application)),
    ),
    ...(deployments.length === 0
      ? {}
      : {
          replicas: deployments.map(({ metadata, spec }) => ({
            name: metadata.name,
            // One pod that goes away must not be all there is.
            count: Math.max(2, Number(spec?.["replicas"] ?? 1)),
          })),
        }),
    patches: workloads.map(({ metadata: { name } }) => ({ path: `${name}-resources.yaml` })),
    ...secretGenerators([
      ...applications.flatMap(({ secrets }) => secrets),
      ...dependencies.map(({ name, namespace }) => ({
        name,
        ...(hasSeveralNamespaces ? { namespace } : {}),
      })),
    ]),
  };
  return [
    {
      path: "overlays/production/kustomization.yaml",
      text: yamlText(
        kustomization,
        `To be made yours: the image (${PLACEHOLDER_REGISTRY}), the hosts of the Ingresses (${PLACEHOLDER_DOMAIN}), replicas,\nresources and secrets. A namespace for all of it: kustomize edit set namespace NAME`,
      ),
    },
    ...ingresses.map((ingress) => ({
      path: `overlays/production/${fileNameOf(ingress)}`,
      text: yamlText(
        ingress,
        "The host is a placeholder; add ingressClassName and tls as your cluster has them.",
      ),
    })),
    ...workloads.map((workload) => ({
      path: `overlays/production/${workload.metadata.name}-resources.yaml`,
      text: yamlText(
        resourcesPatch(workload),
        "CPU and memory as they are here; measure in production and adjust.",
      ),
    })),
    ...addresses.map((address) => ({
      path: `overlays/production/${fileNameOf(address)}`,
      text: yamlText(
        address,
        "Production brings its own: externalName is where it is. The port is the usual one.",
      ),
    })),
    ...secretFiles("overlays/production", applications),
    ...dependencies.map(({ name, title, binding }) => ({
      path: `overlays/production/${name}.env`,
      text: [
        `# How the ${title} of production is reached; keep this file out of version control.`,
        ...Object.entries(binding).map(([key, value]) => `${key}=${value}`),
        "",
      ].join("\n"),
    })),
  ];
}

function ingressesOf({ services }: PortableApplication, place: { readonly namespace?: string }) {
  return services.map(({ name }) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, ...place, labels: { "app.kubernetes.io/name": name } },
    spec: {
      rules: [
        {
          host: `${name}.${PLACEHOLDER_DOMAIN}`,
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name, port: { name: "http" } } },
              },
            ],
          },
        },
      ],
    },
  }));
}

interface PodTemplate {
  readonly template?: {
    readonly spec?: {
      readonly containers?: readonly { readonly name: string; readonly resources?: unknown }[];
    };
  };
}

function resourcesPatch({
  apiVersion,
  kind,
  metadata,
  spec,
}: PortableApplication["objects"][number]) {
  const containers = (spec as PodTemplate | undefined)?.template?.spec?.containers ?? [];
  return {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    },
    spec: {
      template: {
        spec: {
          containers: containers.map(({ name, resources }) => ({
            name,
            resources: resources ?? {},
          })),
        },
      },
    },
  };
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests */
const IMAGE_TAG = /^\w[\w.-]{0,127}$/;

/** The version as its tag; build metadata ("1.0.0+5") and other versions that no tag can be take "_" for what is not allowed. */
export function placeholderImage({ name, version = "latest" }: PortableApplication): string {
  const tag = version.replaceAll(/[^\w.-]/g, "_");
  return `${PLACEHOLDER_REGISTRY}/${name}:${IMAGE_TAG.test(tag) ? tag : "latest"}`;
}

function imageEntry(name: string, reference: string) {
  const { repository, tag, digest } = splitReference(reference);
  return {
    name,
    newName: repository,
    ...(digest === undefined ? { newTag: tag ?? "latest" } : { digest }),
  };
}

/** Names stay as they are: what reads a Secret by its name over the API would not follow a hash. */
function secretGenerators(
  secrets: readonly { readonly name: string; readonly namespace?: string }[],
) {
  if (secrets.length === 0) return {};
  return {
    secretGenerator: secrets.map(({ name, namespace }) => ({
      name,
      ...(namespace === undefined ? {} : { namespace }),
      envs: [`${name}.env`],
    })),
    generatorOptions: { disableNameSuffixHash: true },
  };
}

function secretFiles(
  folder: string,
  applications: readonly PortableApplication[],
): readonly TextFile[] {
  return applications.flatMap(({ secrets }) =>
    secrets.map(({ name, keys }) => ({
      path: `${folder}/${name}.env`,
      text: [
        "# Airfield hands over no secrets: fill in the values, and keep this file out of version control.",
        ...keys.map((key) => `${key}=${PLACEHOLDER_SECRET}`),
        "",
      ].join("\n"),
    })),
  );
}

function namespacesOf(applications: readonly PortableApplication[]): readonly string[] {
  return [...new Set(applications.map(({ namespace }) => namespace))];
}

function readme(
  applications: readonly PortableApplication[],
  { dependencies }: KustomizeOptions,
): string {
  const names = applications.map(({ name }) => name).join(", ");
  const jobs = applications.flatMap(({ objects }) => objects.filter(({ kind }) => kind === "Job"));
  const jobNames = jobs.map(({ metadata }) => `job/${metadata.name}`).join(" ");
  const jobText =
    jobs.length === 0
      ? ""
      : `\nA Job cannot be changed. Before it is applied again: \`kubectl delete ${jobNames} --ignore-not-found\`\n`;
  const hasSecrets = applications.some(({ secrets }) => secrets.length > 0);
  return `# ${names} on any cluster

Made by \`airfield export manifests\` from the objects that \`airfield up\` applies.

| folder                | what                                                                         |
| --------------------- | ---------------------------------------------------------------------------- |
| \`base\`                | the objects, for any cluster                                                 |
| \`overlays/local\`      | what \`airfield up\` runs: the image on the nodes, a NodePort                  |
| \`overlays/production\` | replicas, resources, Ingress and image of a registry: placeholders to fill in |

\`\`\`
kubectl kustomize overlays/production     # look at it
kubectl apply -k overlays/production
\`\`\`

Before that, in \`overlays/production\`: \`newName\` and \`newTag\` of the images (${PLACEHOLDER_REGISTRY} is a placeholder; push the
image there), and the hosts of the Ingresses (${PLACEHOLDER_DOMAIN}).
${jobText}${dependencies.length === 0 ? "" : dependencyText(dependencies)}${hasSecrets ? "\nSecrets are not handed over: each overlay has an .env file whose values you fill in.\n" : ""}`;
}

function dependencyText(dependencies: readonly PortableDependency[]): string {
  const names = dependencies.map(({ name, title }) => `${name} (${title})`).join(", ");
  return `
\`overlays/local\` runs ${names} in the cluster, with ${PLACEHOLDER_SECRET} as password. Production brings its own: \`overlays/production\` has a
Service of type ExternalName for each, whose externalName (${PLACEHOLDER_DOMAIN}) you set, and an .env file with its credentials.
`;
}
