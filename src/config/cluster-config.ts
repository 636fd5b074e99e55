/** A cluster as the user wants it, with every default filled in. Made by load-config.ts, never by hand. */
export interface ClusterConfig {
  readonly name: string;
  /** In the order of the file; at least one control plane. */
  readonly nodes: readonly NodeConfig[];
  readonly networking: NetworkingConfig;
  readonly registry: RegistryConfig;
  readonly registries: RegistriesConfig;
  readonly proxy: ProxyConfig;
  readonly featureGates: Readonly<Record<string, boolean>>;
  /** kube-apiserver --runtime-config. */
  readonly runtimeConfig: Readonly<Record<string, string>>;
  /** Merge patches (RFC 7386, YAML text) of the kubeadm documents, as in kind's v1alpha4. */
  readonly kubeadmConfigPatches: readonly string[];
  readonly kubeadmConfigPatchesJSON6902: readonly Json6902Patch[];
  /** TOML merge patches of containerd's config.toml. */
  readonly containerdConfigPatches: readonly string[];
  /** JSON 6902 patches (YAML or JSON text) of containerd's config.toml. */
  readonly containerdConfigPatchesJSON6902: readonly string[];
}

export type NodeRole = "control-plane" | "worker";

export interface NodeConfig {
  readonly role: NodeRole;
  /** Node image; the cluster's default when absent. */
  readonly image?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly extraMounts: readonly ExtraMount[];
  readonly extraPortMappings: readonly PortMapping[];
  readonly kubeadmConfigPatches: readonly string[];
  readonly kubeadmConfigPatchesJSON6902: readonly Json6902Patch[];
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface ExtraMount {
  /** Absolute; relative paths of a file are resolved against the file's folder. */
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
  readonly selinuxRelabel: boolean;
  readonly propagation: "None" | "HostToContainer" | "Bidirectional";
}

export interface PortMapping {
  readonly containerPort: number;
  /** 0: a free one is chosen. */
  readonly hostPort: number;
  /** 127.0.0.1 by default; kind's files keep kind's default, 0.0.0.0. */
  readonly listenAddress: string;
  readonly protocol: "TCP" | "UDP" | "SCTP";
}

export interface NetworkingConfig {
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  /** Subnet of the cluster's own container network; a free one is chosen when absent. */
  readonly nodeSubnet?: string;
  readonly apiServerAddress: string;
  /** 0: a free one is chosen. */
  readonly apiServerPort: number;
  readonly kubeProxyMode: "iptables" | "nftables" | "ipvs" | "none";
  readonly disableDefaultCNI: boolean;
  /** Absent: the node's own search list. Empty: none. */
  readonly dnsSearch?: readonly string[];
}

export interface RegistryConfig {
  readonly enabled: boolean;
  /** Host port on 127.0.0.1; 0: a free one is chosen. */
  readonly port: number;
  /** A shared registry that is there already, in place of one of the cluster's own. */
  readonly name?: string;
  /** Its images stay on this machine when the cluster goes, for the next cluster of the name. */
  readonly keepData: boolean;
}

/** Registries beside the cluster's own, and how its nodes reach them. */
export interface RegistriesConfig {
  /** Hosts of registries ("docker.io") that nodes ask by way of a cache on this machine. */
  readonly caches: readonly string[];
  /** Certificates (PEM, absolute paths) of authorities that nodes trust in all registries. */
  readonly caFiles: readonly string[];
  readonly hosts: readonly RegistryHostConfig[];
}

export interface RegistryHostConfig extends RegistryEndpointConfig {
  /** As images name it: "registry.example:5000". */
  readonly host: string;
  /** Where it answers; https://HOST when absent. */
  readonly url?: string;
  /** Asked before it, in order. */
  readonly mirrors: readonly RegistryMirrorConfig[];
}

export interface RegistryMirrorConfig extends RegistryEndpointConfig {
  readonly url: string;
}

export interface RegistryEndpointConfig {
  /** Takes any certificate. */
  readonly skipVerify: boolean;
  /** Absolute paths of PEM files. */
  readonly caFile?: string;
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
  readonly username?: string;
  /** Never the password itself: "${env:NAME}". */
  readonly password?: string;
  /** Absolute path of a file that holds it. */
  readonly passwordFile?: string;
}

/** The proxies by which nodes and caches reach registries. */
export interface ProxyConfig {
  /** A URL without a password, or "${env:NAME}". */
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  /** Reached directly, beside all that is the cluster's own. */
  readonly noProxy: readonly string[];
  /** Without any proxy here, those of the environment (HTTP_PROXY …) are taken. */
  readonly fromHost: boolean;
}

export interface Json6902Patch {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** YAML or JSON text of the list of operations. */
  readonly patch: string;
}

/** One Spring Boot application, as far as the user says something of it. */
export interface ApplicationConfig {
  /** Defaults to the project's own name. */
  readonly name?: string;
  /** Folder of the project, absolute. */
  readonly path: string;
  /** Maven module or Gradle project path, in a multi-module project. */
  readonly module?: string;
  readonly namespace: string;
  /** A service goes on until it is taken down; a job does its work and ends. */
  readonly run: "service" | "job";
  /** SPRING_PROFILES_ACTIVE. */
  readonly profiles: readonly string[];
  /** They are a default, beside which the profiles stay that the project activates by itself. */
  readonly addsProfiles: boolean;
  /** Undefined: one to begin with, and as many as the user scales it to. */
  readonly replicas?: number;
  readonly env: Readonly<Record<string, string>>;
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  /** Port on 127.0.0.1 that leads to the application; 0: a free one is chosen. */
  readonly hostPort: number;
  readonly build: BuildConfig;
  /** Path asked once the application is ready; "/" by default. */
  readonly checkPath: string;
  /** Folder of the user's own kustomization, absolute; that beside the project when absent. */
  readonly kustomize?: string;
  /** Names of applications and dependencies that must be up before this one is rolled out. */
  readonly dependsOn: readonly string[];
  /**
   * How the addresses and credentials of dependencies reach it: as Spring's variables, or as files of service bindings.
   * Absent: as bindings where its build has spring-cloud-bindings, which reads them.
   */
  readonly connection?: "environment" | "binding";
  readonly config: {
    /** Files that Spring Boot reads beside those in the archive; absolute. They become a ConfigMap. */
    readonly files: readonly string[];
  };
  /** Property (or variable) to value; a value may hold `${env:NAME}` and `${file:PATH}`, which are not resolved here. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Whether it sees its secrets as files that Spring Boot imports, or as environment variables. */
  readonly secretsAs: "configtree" | "environment";
  /** What its ServiceAccount may do beside what Spring Cloud Kubernetes needs. */
  readonly permissions: readonly PermissionConfig[];
  /** Where it is described; undefined when no file does. */
  readonly origin?: ConfigOrigin;
}

export const imageBuilders = ["auto", "assemble", "dockerfile", "jib", "buildpacks"] as const;

/** How an application's image is made. */
export interface BuildConfig {
  /** `auto`: as the project says (its own Dockerfile, its Jib plugin), else assembled from the archive. */
  readonly with: (typeof imageBuilders)[number];
  /** Image with a JRE that the layers are put on, in place of the one that fits the Java version. */
  readonly baseImage?: string;
  /** An archive of the classes loaded at the start, for which the application is started once; `assemble` only. */
  readonly startupArchive: "auto" | "on" | "off";
  /** Also give the image to the local container engine, where an assembled one otherwise never is. */
  readonly toEngine: boolean;
  /** Registry (HOST[:PORT]/PATH) that the image is pushed to once it has proved to work. */
  readonly pushTo?: string;
}

/** A rule of RBAC, within the application's namespace or the whole cluster. */
export interface PermissionConfig {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly clusterWide: boolean;
}

/** A place in a config file, for the errors that show only when more than the file is known. */
export interface ConfigOrigin {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** As `applications[1]`. */
  readonly path: string;
}

export type DependencyType = "postgresql" | "redis" | "rabbitmq";

/** A database or broker that applications depend on; it runs in the cluster beside them. */
export interface DependencyConfig {
  /** Of its StatefulSet, Service and Secret. */
  readonly name: string;
  readonly type: DependencyType;
  readonly namespace: string;
  /** Tag of the official image; the catalogue's when absent. */
  readonly version?: string;
  /** Size of its volume. */
  readonly storage: string;
  /** Name of the database (PostgreSQL only); "app" unless said. */
  readonly database: string;
  readonly origin?: ConfigOrigin;
}

/** What a config file says of itself, for what shows only when more than the file is known. */
export interface ClusterOrigin {
  readonly file: string;
  /** 1-based line of each patch's text, by its path: "nodes[0].kubeadmConfigPatches[1]". */
  readonly patchLines: Readonly<Record<string, number>>;
  /** What is taken, but perhaps not as it was meant. */
  readonly doubts: readonly {
    readonly line: number;
    readonly message: string;
    readonly hint: string;
  }[];
}

export interface AirfieldConfig {
  /** Absent without a file. */
  readonly origin?: ClusterOrigin;
  readonly cluster: ClusterConfig;
  readonly applications: readonly ApplicationConfig[];
  readonly dependencies: readonly DependencyConfig[];
}
