import type { warnings } from "../catalog/warnings.ts";
import type { Explanation } from "./explanation.ts";

export const warningExplanations = {
  "proxy-taken-over": {
    means: "Nodes use this machine's proxy",
    why: "HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment are given to containerd on the nodes, as kind does, so that images can be pulled where there is no direct way.",
  },
  "proxy-unreachable": {
    means: "This machine's proxy cannot be reached from nodes",
    why: "127.0.0.1 in a node is the node itself. A proxy that listens on the loopback address of this machine is out of its reach.",
  },
  "kept-after-failure": {
    means: "What a failed creation made is kept",
    why: "--retain keeps it, so that it can be looked at. Its name and its ports stay taken until it is removed.",
  },
  "left-after-rollback": {
    means: "A part of what was undone could not be removed",
    why: "The engine refused, or does not answer any more. The command is what would remove it by hand.",
  },
  "image-always-pulled": {
    means: "Pods will not use the image that was loaded",
    why: "For images with the tag latest, or without a tag, Kubernetes sets imagePullPolicy to Always, and asks the registry at each start of a pod, although the image is on the node.",
  },
  "image-gone-from-engine": {
    means: "An image that nodes have is no longer in the engine",
    why: "`load image` without names brings to all nodes what any of them has had loaded. The image was removed from the engine, or its tag was moved.",
  },
  "storage-unchanged": {
    means: "The size of a dependency's volume was not changed",
    why: "The storage class of the cluster (local-path) cannot resize volumes, and Kubernetes does not let a StatefulSet's template be changed. The data and the size stay.",
  },
  "application-killed": {
    means: "An application did not end when it was asked to",
    why: "Kubernetes sends SIGTERM, waits for the grace period and kills what is left. Requests that were being answered are cut off then.",
  },
  "application-name-changed": {
    means: "An application has another name in the cluster",
    why: "The name becomes that of a Service, and so of a host: lower-case letters, digits and dashes, 63 at most.",
  },
  "application-replaced": {
    means: "A project took the place of another of the same name",
    why: "Applications are told apart by name and namespace only. This folder is another than the one that the running version came from: a second checkout, or another application of that name.",
  },
  "no-health-endpoint": {
    means: "The application does not tell whether it is well",
    why: "With Spring Boot's actuator, Kubernetes asks liveness and readiness. Without, it can only see whether the port takes connections, which may be before the application can answer.",
  },
  "no-permissions": {
    means: "The application may ask the Kubernetes API for nothing",
    why: "Its build has a client of the API, but no starter of Spring Cloud Kubernetes, from which its needs would be known. Its ServiceAccount therefore has no rights.",
  },
  "patch-without-target": {
    means: "A patch of the config fits no document",
    why: "Patches are matched by kind and apiVersion, and kubeadm's documents differ between versions and between nodes. kind ignores such a patch without a word.",
  },
  "config-taken-literally": {
    means: "A value of a kind file is used as it is written",
    why: "It looks like something that a shell would replace, and neither kind nor Airfield does: ~ and variables stay as they are.",
  },
  "environment-not-read": {
    means: "Spring Boot could not be asked for its settings",
    why: "The application is started in a container without a network, and ended when its environment is prepared, which tells its ports and paths for certain. Where that fails, the configuration files are read, which cannot know what code sets.",
  },
  "job-becomes-service": {
    means: "An application that ran as a job is rolled out as a service",
    why: "--run job counts for one command. Without it, and without run: job in airfield.yaml, an application is a service; the Job of before is removed.",
  },
} as const satisfies Record<keyof typeof warnings, Explanation>;
