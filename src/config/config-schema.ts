import * as z from "zod";
import { imageBuilders } from "./cluster-config.ts";
import { faultOfClusterName } from "./cluster-name.ts";
import { defaultClusterName, defaultNetworking } from "./default-config.ts";
import * as rules from "./field-rules.ts";

/** Which file this is: ours, or one written for kind. */
export type Dialect = "airfield" | "kind";

export const apiVersionOf: Readonly<Record<Dialect, string>> = {
  airfield: "airfield.dev/v1",
  kind: "kind.x-k8s.io/v1alpha4",
};

/** More would not fit into a cluster's network, nor on a machine. */
const maximumNodes = 100;

/** Marks texts that a file may also give as a number or a truth value; they are taken as they are written. */
export const asWritten = "x-as-written";

export const airfieldSchema = z
  .strictObject({
    ...typeMeta("airfield"),
    ...clusterFields("airfield"),
    registry: z
      .strictObject({
        enabled: z
          .boolean()
          .default(true)
          .describe("Run a registry that the host and the nodes reach as localhost:PORT."),
        port: hostPortField().describe("Port on 127.0.0.1. 0: a free one is chosen."),
        name: text(rules.registryName)
          .exactOptional()
          .describe("A shared registry (`airfield create registry`) in place of an own one."),
        keepData: z
          .boolean()
          .default(false)
          .describe("Its images stay when the cluster goes, for the next one of the name."),
      })
      .prefault({})
      .describe("The image registry of the cluster."),
    registries: registriesSchema()
      .prefault({})
      .describe("Other registries: caches, mirrors, logins, certificates."),
    proxy: proxySchema()
      .prefault({})
      .describe("Proxies by which nodes and caches reach registries."),
    applications: z
      .array(applicationSchema())
      .default([])
      .describe("The Spring Boot applications that `airfield up` runs."),
    dependencies: z
      .array(dependencySchema())
      .default([])
      .describe("The databases and brokers that the applications depend on."),
  })
  .describe("A cluster and the applications that run on it.");

export const kindSchema = z.strictObject({ ...typeMeta("kind"), ...clusterFields("kind") });

export type AirfieldFile = z.output<typeof airfieldSchema>;
export type KindFile = z.output<typeof kindSchema>;

function typeMeta(dialect: Dialect) {
  return {
    apiVersion: z.literal(apiVersionOf[dialect]).describe("Format of this file."),
    kind: z.literal("Cluster").describe("What this file describes."),
  };
}

function clusterFields(dialect: Dialect) {
  return {
    name: text(faultOfClusterName)
      .default(defaultClusterName)
      .describe("Name of the cluster. --name and AIRFIELD_CLUSTER go before it."),
    nodes: z
      .array(nodeSchema(dialect))
      .max(maximumNodes, `there are more than ${maximumNodes} nodes`)
      .default([])
      .describe("The nodes, in order. One control plane when there are none."),
    networking: networkingSchema(dialect)
      .prefault({})
      .describe("Addresses and networking of the whole cluster."),
    featureGates: z
      .record(text(rules.featureGate), yesOrNo(dialect))
      .default({})
      .describe("Feature gates of all Kubernetes components."),
    runtimeConfig: z
      .record(text(rules.runtimeConfigKey), written(rules.runtimeConfigValue))
      .default({})
      .describe(
        'API groups and versions to switch on or off (--runtime-config), as "api/alpha": "false".',
      ),
    ...kubeadmPatches(),
    containerdConfigPatches: z
      .array(z.string())
      .default([])
      .describe(
        "TOML merged into containerd's config.toml on every node. A patch with another version than the file is passed over.",
      ),
    containerdConfigPatchesJSON6902: z
      .array(z.string())
      .default([])
      .describe("JSON 6902 patches (YAML or JSON) of containerd's config.toml."),
  };
}

function nodeSchema(dialect: Dialect) {
  const schema = z.strictObject({
    role: z
      .enum(["control-plane", "worker"])
      .default("control-plane")
      .describe("What the node is. Without workers the control plane runs everything."),
    image: text(rules.imageReference)
      .exactOptional()
      .describe("Node image, also one of kind's. --image goes before it."),
    labels: z
      .record(text(rules.qualifiedName), written(rules.labelValue))
      .default({})
      .describe("Labels of the Node."),
    taints: taintsSchema(),
    extraMounts: z
      .array(mountSchema(dialect))
      .default([])
      .describe("Folders and files of the host that the node sees."),
    extraPortMappings: z
      .array(portMappingSchema(dialect))
      .default([])
      .describe("Ports of the node that are published on the host."),
    ...kubeadmPatches(),
  });
  // kind has no such field. Typed as ours all the same, so that one code reads both; it allows for its absence.
  const kinds = schema.omit({ taints: true }) as unknown as typeof schema;
  return dialect === "kind" ? kinds : schema;
}

function taintsSchema() {
  return z
    .array(
      z.strictObject({
        key: text(rules.qualifiedName).describe("Key of the taint."),
        value: written(rules.labelValue).default("").describe("Value of the taint."),
        effect: z
          .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
          .describe("What happens to pods that do not tolerate it."),
      }),
    )
    .default([])
    .describe("Taints of the Node, beside the one that control planes with workers have.");
}

function mountSchema(dialect: Dialect) {
  return z.strictObject({
    hostPath: text(dialect === "kind" ? rules.hostPathOfKind : rules.hostPath).describe(
      "Path on the host. A relative one is resolved against the folder of this file.",
    ),
    containerPath: text(rules.containerPath).describe("Path in the node."),
    readOnly: yesOrNo(dialect).default(false).describe("The node may not write to it."),
    selinuxRelabel: yesOrNo(dialect).default(false).describe("Relabel it for SELinux."),
    propagation: z
      .enum(["None", "HostToContainer", "Bidirectional"])
      .default("None")
      .describe("Whether later mounts below it are seen on the other side."),
  });
}

function portMappingSchema(dialect: Dialect) {
  return z.strictObject({
    containerPort: z
      .int()
      .min(1)
      .max(65535)
      .describe("Port in the node, as of a NodePort Service."),
    hostPort: hostPortField(dialect).describe("Port on the host. 0: a free one is chosen."),
    listenAddress: text(listenAddress)
      .default(dialect === "kind" ? "0.0.0.0" : "127.0.0.1")
      .describe("Address on the host. 0.0.0.0 opens the port to the network."),
    protocol: z.enum(["TCP", "UDP", "SCTP"]).default("TCP").describe("Protocol of the port."),
  });
}

function networkingSchema(dialect: Dialect) {
  const schema = z.strictObject({
    ipFamily: z
      .literal("ipv4", "only ipv4 clusters are supported so far; leave it out")
      .default("ipv4")
      .describe("Address family of the cluster."),
    podSubnet: text(
      rules.ipv4Subnet(8, 24, {
        tooLarge: "kubeadm takes /8 at most",
        tooSmall: "every node takes a /24 of it",
      }),
    )
      .default(defaultNetworking.podSubnet)
      .describe("Addresses of pods; every node takes a /24 of it."),
    serviceSubnet: text(
      rules.ipv4Subnet(12, 28, {
        tooLarge: "the API server takes /12 at most",
        tooSmall: "the cluster's DNS has its tenth address",
      }),
    )
      .default(defaultNetworking.serviceSubnet)
      .describe("Addresses of Services."),
    nodeSubnet: text(
      rules.ipv4Subnet(8, 24, {
        tooLarge: "/8 is the largest private network",
        tooSmall: "nodes have fixed addresses in its lower half; /24 at least",
      }),
    )
      .exactOptional()
      .describe("The cluster's own container network. A free /24 is chosen when it is absent."),
    apiServerAddress: text(rules.ipv4Address)
      .default(defaultNetworking.apiServerAddress)
      .describe("Address on the host where the API server is published."),
    apiServerPort: hostPortField(dialect).describe(
      "Port on the host where the API server is published. 0: a free one is chosen.",
    ),
    kubeProxyMode: z
      .enum(["iptables", "nftables", "ipvs", "none"])
      .default(defaultNetworking.kubeProxyMode)
      .describe("How kube-proxy works; none leaves it out."),
    disableDefaultCNI: yesOrNo(dialect)
      .default(false)
      .describe("Install no CNI; nodes become Ready once you have installed one."),
    dnsSearch: z
      .array(text(rules.searchDomain))
      .exactOptional()
      .describe("DNS search domains of the nodes. Absent: the host's; []: none."),
  });
  const kinds = schema.omit({ nodeSubnet: true }) as unknown as typeof schema;
  return dialect === "kind" ? kinds : schema;
}

function kubeadmPatches() {
  return {
    kubeadmConfigPatches: z
      .array(z.string())
      .default([])
      .describe(
        "Merge patches (RFC 7386) of the kubeadm configuration, matched by kind and apiVersion.",
      ),
    kubeadmConfigPatchesJSON6902: z
      .array(
        z.strictObject({
          group: z.string().default("").describe("API group, as kubeadm.k8s.io."),
          version: z
            .string()
            .default("")
            .describe("API version, as v1beta4. Empty with an empty group: any."),
          kind: z.string().describe("Kind of the document, as ClusterConfiguration."),
          patch: z.string().describe("List of operations, in YAML or JSON."),
        }),
      )
      .default([])
      .describe("JSON 6902 patches of the kubeadm configuration."),
  };
}

function applicationSchema() {
  const resources = (what: string) =>
    z.record(text(rules.qualifiedName), written(rules.quantity)).default({}).describe(what);
  return z.strictObject({
    name: text(rules.serviceName)
      .exactOptional()
      .describe("Name of its Deployment and Service. The project's own name when it is absent."),
    path: text(rules.hostPath).describe(
      "Folder of the project, relative to the folder of this file.",
    ),
    module: text(rules.moduleName)
      .exactOptional()
      .describe("Maven module or Gradle project, where the project has several."),
    namespace: text(rules.dnsLabel).default("default").describe("Namespace it runs in."),
    run: z
      .enum(["service", "job"])
      .default("service")
      .describe(
        "service: it goes on until it is taken down. job: it does its work and ends; `airfield up` waits for that.",
      ),
    profiles: z
      .array(text(rules.springProfile))
      .exactOptional()
      .describe(
        "Spring profiles (SPRING_PROFILES_ACTIVE), in place of the project's own. When it is absent: the project's own spring.profiles.active, and k8s.",
      ),
    replicas: z
      .int()
      .min(1)
      .max(100)
      .exactOptional()
      .describe(
        "Number of pods. When it is absent: 1 to begin with, and what `kubectl scale` makes of it.",
      ),
    env: z
      .record(
        text(rules.environmentName),
        written(() => undefined),
      )
      .default({})
      .describe("Environment variables."),
    resources: z
      .strictObject({
        requests: resources(
          "What is set aside for each pod: cpu 100m and memory 256Mi unless said.",
        ),
        limits: resources("What a pod may use at most: memory 512Mi unless said."),
      })
      .prefault({})
      .describe("CPU and memory of a pod."),
    hostPort: hostPortField().describe(
      "Port on 127.0.0.1 that leads to it. 0: a free one is chosen.",
    ),
    build: z
      .strictObject({
        with: z
          .enum(imageBuilders)
          .default("auto")
          .describe(
            "Who makes its image. auto: the project's Dockerfile or Jib plugin, else it is assembled from the archive.",
          ),
        baseImage: text(rules.imageReference)
          .exactOptional()
          .describe("Image with a JRE to put it on; one that fits its Java version unless said."),
        startupArchive: z
          .enum(["auto", "on", "off"])
          .default("auto")
          .describe(
            "Class data sharing: the application is started once, and each pod starts sooner. auto: where the image is pushed, or has 6 pods and more.",
          ),
        toEngine: z
          .boolean()
          .default(false)
          .describe("Whether the local container engine gets the image, too."),
        pushTo: text(rules.imageRepository)
          .exactOptional()
          .describe("Registry it is pushed to once it answers, as HOST[:PORT]/PATH."),
      })
      .prefault({})
      .describe("How its image is made."),
    checkPath: text(rules.checkPath)
      .default("/")
      .describe("Path that `airfield up` asks once the application is ready."),
    kustomize: text(rules.hostPath)
      .exactOptional()
      .describe(
        "Folder of a kustomization that is applied over its objects, relative to the folder of this file.",
      ),
    dependsOn: z
      .array(text(rules.serviceName))
      .default([])
      .describe("Names of applications and dependencies that must be up before it is rolled out."),
    connection: z
      .enum(["environment", "binding"])
      .exactOptional()
      .describe(
        "How it learns of its dependencies: Spring's environment variables, or files of service bindings. The latter, where its build has spring-cloud-bindings, when it is absent.",
      ),
    config: z
      .strictObject({
        files: z
          .array(text(rules.hostPath))
          .default([])
          .describe("Files that become a ConfigMap, relative to the folder of this file."),
      })
      .prefault({})
      .describe("Configuration that Spring Boot reads beside that in the archive."),
    secrets: z
      .record(text(rules.secretKey), written(rules.secretValue))
      .default({})
      .describe("Properties that become a Secret; values may hold ${env:NAME} and ${file:PATH}."),
    secretsAs: z
      .enum(["configtree", "environment"])
      .default("configtree")
      .describe("Secrets as files that Spring Boot imports, or as environment variables."),
    permissions: z
      .array(permissionSchema())
      .default([])
      .describe("What it may do with the Kubernetes API."),
  });
}

function permissionSchema() {
  return z.strictObject({
    apiGroups: z.array(z.string()).default([""]).describe('API groups; "" is the core group.'),
    resources: z.array(z.string().min(1)).min(1).describe("Resources, as pods."),
    verbs: z
      .array(z.enum(["get", "list", "watch", "create", "update", "patch", "delete"]))
      .min(1)
      .describe("What may be done with them."),
    clusterWide: z
      .boolean()
      .default(false)
      .describe("In all namespaces and for cluster-wide resources, not only in its own namespace."),
  });
}

function dependencySchema() {
  return z.strictObject({
    name: text(rules.dependencyName).describe("Name of its StatefulSet, Service and Secret."),
    type: z.enum(["postgresql", "redis", "rabbitmq"]).describe("What it is."),
    namespace: text(rules.dnsLabel).default("default").describe("Namespace it runs in."),
    version: text(rules.imageTag)
      .exactOptional()
      .describe("Tag of the official image. The release's when it is absent."),
    storage: written(rules.quantity).default("1Gi").describe("Size of its volume."),
    database: text(rules.databaseName)
      .default("app")
      .describe("Name of the database that is made in it (postgresql)."),
  });
}

function registriesSchema() {
  return z.strictObject({
    caches: z
      .array(text(rules.registryHost))
      .default([])
      .describe("Registries that nodes ask by way of a cache on this machine, as docker.io."),
    caFiles: z
      .array(text(rules.hostPath))
      .default([])
      .describe("Files (PEM) with authorities that nodes trust in every registry."),
    hosts: z
      .array(
        z.strictObject({
          host: text(rules.registryHost).describe("The registry as images name it."),
          url: text(rules.registryUrl)
            .exactOptional()
            .describe("Where it answers, if not at https://HOST. http:// is possible."),
          ...endpointFields(),
          mirrors: z
            .array(
              z.strictObject({
                url: text(rules.registryUrl).describe("Where the mirror answers."),
                ...endpointFields(),
              }),
            )
            .default([])
            .describe("Asked before the registry itself, in order."),
        }),
      )
      .default([])
      .describe("Registries that need something said of them."),
  });
}

function endpointFields() {
  return {
    skipVerify: z.boolean().default(false).describe("Take any certificate."),
    caFile: text(rules.hostPath)
      .exactOptional()
      .describe("File (PEM) with the authority of its certificate."),
    clientCertFile: text(rules.hostPath)
      .exactOptional()
      .describe("File (PEM) with the certificate to show."),
    clientKeyFile: text(rules.hostPath).exactOptional().describe("File (PEM) with its key."),
    username: text(rules.userName).exactOptional().describe("Name to log in with."),
    password: text(rules.environmentReference)
      .exactOptional()
      .describe("Password to log in with, never itself: ${env:NAME}."),
    passwordFile: text(rules.hostPath).exactOptional().describe("File that holds the password."),
  };
}

function proxySchema() {
  const url = (what: string) => text(rules.proxyUrl).exactOptional().describe(what);
  return z.strictObject({
    httpProxy: url("Proxy for http:// addresses, a URL or ${env:NAME}."),
    httpsProxy: url("Proxy for https:// addresses, a URL or ${env:NAME}."),
    noProxy: z
      .array(text(rules.noProxyEntry))
      .default([])
      .describe("Hosts, domains and networks reached directly, beside the cluster's own."),
    fromHost: z
      .boolean()
      .default(true)
      .describe("Without a proxy here, take HTTP_PROXY, HTTPS_PROXY and NO_PROXY of this machine."),
  });
}

function text(rule: rules.FieldRule) {
  return z.string().superRefine((value, context) => {
    const reason = rule(value);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });
}

function written(rule: rules.FieldRule) {
  return text(rule).meta({ [asWritten]: true });
}

/** kind's parser takes YAML 1.1's words for a truth value where one is expected. */
function yesOrNo(dialect: Dialect): z.ZodType<boolean> {
  if (dialect === "airfield") return z.boolean();
  return z.preprocess((value) => {
    if (typeof value !== "string") return value;
    if (/^(y|yes|on)$/i.test(value)) return true;
    return /^(n|no|off)$/i.test(value) ? false : value;
  }, z.boolean());
}

/** kind takes -1 for a port that the container engine chooses; we choose one as for 0, so that it outlives a restart. */
function hostPortField(dialect: Dialect = "airfield") {
  const port = z
    .int()
    .min(dialect === "kind" ? -1 : 0)
    .max(65535);
  return port.default(0);
}

function listenAddress(value: string): string | undefined {
  return z.union([z.ipv4(), z.ipv6()]).safeParse(value).success
    ? undefined
    : "it is no IP address, as 127.0.0.1";
}
