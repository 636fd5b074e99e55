import { warning } from "../catalog-entry.ts";

/** What a user should know while the work goes on, by its permanent code. */
export const warnings = {
  "proxy-taken-over": warning<object>({
    message: () => "The nodes reach registries through the proxy in this machine's environment.",
    hint: () => "To turn this off, set proxy.fromHost: false in the config.",
    examples: [{}],
  }),
  "proxy-unreachable": warning<object>({
    message: () =>
      "This machine's proxy listens on its loopback address, which nodes cannot reach; they use no proxy.",
    hint: () =>
      "Set one that they can reach with proxy.httpProxy and proxy.httpsProxy in the config.",
    examples: [{}],
  }),
  "kept-after-failure": warning<{ command: string }>({
    message: () => "What was made so far is kept because of --retain.",
    hint: ({ command }) => `Remove it with: ${command}`,
    examples: [{ command: "airfield delete cluster shop" }],
  }),
  "left-after-rollback": warning<{ what: string; command: string }>({
    message: ({ what }) => `Could not remove ${what}.`,
    hint: ({ command }) => `Remove it with: ${command}`,
    examples: [{ what: "container shop-worker", command: "docker rm -f -v shop-worker" }],
  }),
  "image-always-pulled": warning<{ image: string }>({
    message: ({ image }) =>
      `Pods pull "${image}" from its registry at each start, because its tag is latest; the loaded image is not used.`,
    hint: () => "Give it another tag, or set imagePullPolicy: IfNotPresent on the container.",
    examples: [{ image: "shop:latest" }],
  }),
  "image-gone-from-engine": warning<{ image: string }>({
    message: ({ image }) =>
      `"${image}" was loaded before, but the engine no longer has it; it is not loaded onto other nodes.`,
    hint: ({ image }) => `Build or pull it again, then: airfield load image ${image}`,
    examples: [{ image: "shop:1" }],
  }),
  "storage-unchanged": warning<{ name: string; storage: string }>({
    message: ({ name, storage }) =>
      `The volume of ${name} stays at ${storage}; a volume cannot be resized.`,
    hint: ({ name }) =>
      `airfield down ${name} --data removes it with all its data; the next up makes a new one.`,
    examples: [{ name: "postgres", storage: "1Gi" }],
  }),
  "application-killed": warning<{ name: string; graceSeconds: number }>({
    message: ({ name, graceSeconds }) =>
      `${name} did not stop within ${graceSeconds} s of SIGTERM and was killed.`,
    hint: () =>
      "Find out what keeps it running (a shutdown hook, non-daemon threads, a shell that starts java without exec), or shorten spring.lifecycle.timeout-per-shutdown-phase.",
    examples: [{ name: "users", graceSeconds: 30 }],
  }),
  "application-name-changed": warning<{ name: string; changedFrom: string }>({
    message: ({ name, changedFrom }) =>
      `"${changedFrom}" cannot be the name of a Service; "${name}" is used instead.`,
    hint: () => "Choose another with --app-name, or with name in airfield.yaml.",
    examples: [{ name: "user-service", changedFrom: "User Service" }],
  }),
  "application-replaced": warning<{ name: string; before: string; now: string }>({
    message: ({ name, before, now }) =>
      `${name} was brought up from ${before} before; now ${now} takes its place.`,
    hint: () => "If these are two applications, give one of them another name (--app-name).",
    examples: [{ name: "users", before: "/home/ada/old/users", now: "/home/ada/users" }],
  }),
  "no-health-endpoint": warning<{ name: string; hasActuator: boolean }>({
    message: ({ name, hasActuator }) =>
      `${name} has no health endpoint (${hasActuator ? "its configuration turns it off" : "it has no actuator"}): ` +
      "Kubernetes can only check whether its port accepts connections.",
    hint: ({ hasActuator }) =>
      hasActuator
        ? "Expose the endpoint: management.endpoints.web.exposure.include=health"
        : "Add the dependency org.springframework.boot:spring-boot-starter-actuator",
    examples: [
      { name: "users", hasActuator: false },
      { name: "users", hasActuator: true },
    ],
  }),
  "job-becomes-service": warning<{ name: string }>({
    message: ({ name }) => `${name} ran as a job until now, and now runs as a service.`,
    hint: () =>
      "To run it as a job again: airfield up --run job. To always run it as a job, in airfield.yaml at the application:\n    run: job",
    examples: [{ name: "import" }],
  }),
  "no-permissions": warning<{ name: string; client: string }>({
    message: ({ name, client }) =>
      `${name} has a client of the Kubernetes API in its build (${client}), but no permissions: the API server will refuse what it asks (403).`,
    hint: () =>
      "Say what it may do, in airfield.yaml at the application:\n    permissions:\n      - resources: [pods]\n        verbs: [get, list, watch]",
    examples: [{ name: "users", client: "io.fabric8:kubernetes-client" }],
  }),
  "patch-without-target": warning<{
    patch: string;
    kind: string;
    apiVersion: string;
    known: readonly string[];
  }>({
    message: ({ patch, kind, apiVersion, known }) =>
      known.length > 0
        ? `${patch} changes nothing: it is for ${kind} of ${apiVersion}, and this cluster's is of ${known.join(", ")}.`
        : `${patch} changes nothing: kubeadm reads no ${kind} there.`,
    hint: ({ known }) =>
      known.length > 0
        ? "Leave apiVersion out of the patch: it fits every version then."
        : "Kubelets and kube-proxies are configured for the whole cluster, InitConfiguration is for the first control plane, JoinConfiguration for all other nodes.",
    examples: [
      {
        patch: "kubeadmConfigPatches[0] (kind.yaml:5)",
        kind: "ClusterConfiguration",
        apiVersion: "kubeadm.k8s.io/v1beta2",
        known: ["kubeadm.k8s.io/v1beta4"],
      },
      {
        patch: "nodes[1].kubeadmConfigPatches[0] (kind.yaml:9)",
        kind: "InitConfiguration",
        apiVersion: "kubeadm.k8s.io/v1beta4",
        known: [],
      },
    ],
  }),
  "config-taken-literally": warning<{ place: string; reason: string; remedy: string }>({
    message: ({ place, reason }) => `${place}: ${reason}.`,
    hint: ({ remedy }) => remedy,
    examples: [
      {
        place: "kind.yaml:12",
        reason: "~ is not your home folder here, as in kind: the folder is taken as written",
        remedy: "Write the whole path.",
      },
    ],
  }),
  "environment-not-read": warning<{ name: string; reason: string }>({
    message: ({ name, reason }) =>
      `The ports and paths of ${name} could not be read from Spring Boot: ${reason}. Airfield uses what the configuration files say.`,
    hint: () =>
      "If they are wrong, set them: -e SERVER_PORT=8080, or env of the application in airfield.yaml.",
    examples: [{ name: "users", reason: "its main method ended before Spring Boot had begun" }],
  }),
} as const;

export type WarningCode = keyof typeof warnings;
