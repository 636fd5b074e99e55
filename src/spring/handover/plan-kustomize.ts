import { isRecord, type PortableApplication } from "./portable-objects.ts";
import { fileNameOf, yamlText, type TextFile } from "./text-file.ts";
import { splitReference } from "./split-reference.ts";

const KUSTOMIZATION = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };

/** Stands where only the user knows the value; RFC 2606 keeps it from being anybody's. */
export const PLACEHOLDER_REGISTRY = "registry.example.com";
export const PLACEHOLDER_DOMAIN = "example.com";
export const PLACEHOLDER_SECRET = "CHANGE_ME";

export interface KustomizeOptions {
  /** Image of each application in production, by its name. */
  readonly images: Readonly<Record<string, string>>;
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
    ...localOverlay(applications),
    ...productionOverlay(applications, options),
    { path: "README.md", text: readme(applications) },
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

function localOverlay(applications: readonly PortableApplication[]): readonly TextFile[] {
  const namespaces = namespacesOf(applications).filter((namespace) => namespace !== "default");
  const secrets = secretFiles("overlays/local", applications);
  const kustomization = {
    ...KUSTOMIZATION,
    ...(namespacesOf(applications).length === 1
      ? { namespace: namespacesOf(applications)[0] }
      : {}),
    resources: ["../../base", ...(namespaces.length === 0 ? [] : ["namespaces.yaml"])],
    images: applications.map(({ name, localImage }) => imageEntry(name, localImage)),
    patches: applications.flatMap(({ services }) =>
      services.map(({ name }) => ({
        target: { kind: "Service", name },
        patch: yamlText([{ op: "replace", path: "/spec/type", value: "NodePort" }]),
      })),
    ),
    ...secretGenerators(applications),
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
    ...secrets,
  ];
}

function productionOverlay(
  applications: readonly PortableApplication[],
  { images }: KustomizeOptions,
): readonly TextFile[] {
  const hasSeveralNamespaces = namespacesOf(applications).length > 1;
  const ingresses = applications.flatMap((application) =>
    ingressesOf(application, hasSeveralNamespaces ? { namespace: application.namespace } : {}),
  );
  const deployments = applications.flatMap(({ objects }) =>
    objects.filter(({ kind }) => kind === "Deployment"),
  );
  const kustomization = {
    ...KUSTOMIZATION,
    resources: ["../../base", ...ingresses.map(fileNameOf)],
    images: applications.map((application) =>
      imageEntry(application.name, images[application.name] ?? placeholderImage(application)),
    ),
    replicas: deployments.map(({ metadata, spec }) => ({
      name: metadata.name,
      // One pod that goes away must not be all there is.
      count: Math.max(2, Number(spec?.["replicas"] ?? 1)),
    })),
    patches: deployments.map(({ metadata: { name } }) => ({ path: `${name}-resources.yaml` })),
    ...secretGenerators(applications),
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
    ...deployments.map((deployment) => ({
      path: `overlays/production/${deployment.metadata.name}-resources.yaml`,
      text: yamlText(
        resourcesPatch(deployment),
        "CPU and memory as they are here; measure in production and adjust.",
      ),
    })),
    ...secretFiles("overlays/production", applications),
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

export function placeholderImage({ name, version }: PortableApplication): string {
  return `${PLACEHOLDER_REGISTRY}/${name}:${version ?? "latest"}`;
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
function secretGenerators(applications: readonly PortableApplication[]) {
  const secrets = applications.flatMap((application) => application.secrets);
  if (secrets.length === 0) return {};
  return {
    secretGenerator: secrets.map(({ name }) => ({ name, envs: [`${name}.env`] })),
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

function readme(applications: readonly PortableApplication[]): string {
  const names = applications.map(({ name }) => name).join(", ");
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
${hasSecrets ? "\nSecrets are not handed over: each overlay has an .env file whose values you fill in.\n" : ""}`;
}
