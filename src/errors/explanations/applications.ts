import type { applicationErrors } from "../catalog/applications.ts";
import type { Explanation } from "./explanation.ts";

export const applicationExplanations = {
  "config-file-missing": {
    means: "A file that an application's config names is not there",
    why: "The files under `config` of an application become a ConfigMap that is mounted into its pods. They are read before anything is built.",
  },
  "config-too-large": {
    means: "An application's config files are too large for Kubernetes",
    why: "They become a ConfigMap, and Kubernetes keeps objects of up to 1 MiB. Nothing was changed in the cluster.",
  },
  "secret-unresolved": {
    means: "A secret of an application has no value",
    why: "airfield.yaml only says where the value of a secret is: a variable or a file of this machine. An application that starts without it would fail later, and less clearly.",
  },
  "application-name-duplicate": {
    means: "Two applications have one name",
    why: "The name is that of the Deployment and of the Service, and a namespace has each once. Without `name` in airfield.yaml it is the project's own (artifactId, spring.application.name, or the folder).",
  },
  "host-port-duplicate": {
    means: "Two applications want one port of this machine",
    why: "A port leads to one application. --port on the command line holds for all that it brings up.",
  },
  "application-unknown": {
    means: "The config has no application of this name",
    why: "A word is taken as a folder when there is one, else as the name of an application or dependency of the config.",
  },
  "dependency-unknown": {
    means: "An application depends on something that is not described",
    why: "`dependsOn` names applications and dependencies of the same airfield.yaml.",
  },
  "dependencies-circular": {
    means: "Applications wait for each other in a circle",
    why: "Each is started when all that it depends on is up, so none of these would ever begin.",
  },
  "prerequisites-missing": {
    means: "An application was not started, because another is missing",
    why: "It depends on something that failed; the failure itself is told above it.",
  },
  "applications-not-up": {
    means: "Some of several applications did not come up",
    why: "One that fails stops only those that depend on it. This is the summary; each failure is told with its own error.",
  },
  "dependency-not-ready": {
    means: "A database or broker did not become ready",
    why: "Dependencies run as a StatefulSet with a volume that outlives them. The events of the pod and its last log lines say what it waits for; data of another version is a frequent reason.",
  },
} as const satisfies Record<keyof typeof applicationErrors, Explanation>;
