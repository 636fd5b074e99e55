import type { engineErrors } from "../catalog/engine.ts";
import type { Explanation } from "./explanation.ts";

export const engineExplanations = {
  "engine-not-running": {
    means: "No container engine answers",
    why: "Nodes are containers, so nearly every command needs Docker or an engine with its API. The engine is looked for where the docker command looks: DOCKER_HOST, DOCKER_CONTEXT, the current context, then the usual sockets, those of rootless Docker and of Docker Desktop, too.",
  },
  "engine-permission-denied": {
    means: "The engine's socket may not be used by this user",
    why: "The socket of Docker belongs to root and to the group docker. A membership that was just given holds for new logins only: `newgrp docker` opens a shell that has it.",
  },
  "engine-connection-lost": {
    means: "The engine stopped answering in the middle of the work",
    why: "The connection ended before its answer was complete: the engine was stopped, restarted or updated, or its machine slept. What was begun cannot be removed while it is away.",
  },
  "engine-request-failed": {
    means: "The engine refused a request",
    why: "The engine answered with a failure for which Airfield has no more exact error. The text after the colon is the engine's own.",
  },
  "engine-address-invalid": {
    means: "The engine's address cannot be used",
    why: "DOCKER_HOST or a Docker context names a place that is no engine's, or one that clusters cannot work with: behind SSH, the ports of a cluster would be those of the other machine.",
  },
  "image-not-found": {
    means: "An image is neither in the engine nor to be pulled",
    why: "Images are looked for in the local engine first. Where they are to be pulled, the registry does not know the name, wants a login, or cannot be reached from here.",
  },
  "image-platform-mismatch": {
    means: "An image is built for another kind of processor",
    why: 'Nodes run on the engine\'s processors. An image that was pulled or built with --platform, or comes from a machine of another kind, would fail in the pod with "exec format error"; so it is refused before it is sent.',
  },
  "container-name-taken": {
    means: "A container has the name that a node needs",
    why: "Nodes are named after their cluster (NAME-control-plane, NAME-worker), and an engine has each name once. The container there does not carry Airfield's labels, so it is left alone.",
  },
  "container-not-found": {
    means: "A container that the work needs is gone",
    why: "It was there when the command began, or the cluster's labels say that it should be: somebody removed it meanwhile, with docker rm or docker system prune.",
  },
  "container-not-running": {
    means: "A container that the work needs does not run",
    why: "Nodes and registries are containers, which can be stopped or paused, and which do not all start again with the engine. Nothing can be run in one that stands still.",
  },
  "port-taken": {
    means: "A port of this machine is in use",
    why: "A cluster's API server, its registry and its applications are published on ports of this machine, and a port has one listener. It is found out before anything is built or created where it can be; another program may still take the port meanwhile.",
  },
  "port-not-forwarded": {
    means: "A port of this machine could not be led into the cluster",
    why: "Docker cannot add a port to a container that runs, so a small container publishes the port and forwards it with iptables. It needs NET_ADMIN in its own network namespace and the kernel's NAT modules.",
  },
  "subnet-taken": {
    means: "The cluster's network overlaps with another",
    why: "Each cluster has a network of its own. The addresses that the config asks for belong to a network of the engine, or were taken by another command at the same moment.",
  },
  "network-name-taken": {
    means: "A network has the name that the cluster's needs",
    why: "The network of a cluster is named after it, and the one there does not carry Airfield's labels, so it is left alone.",
  },
  "disk-full": {
    means: "The engine has no space left",
    why: "Images, layers and the volumes of nodes lie where the engine keeps its data (docker info tells its root directory), which may be another disk than that of your home folder.",
  },
  "engine-not-answering": {
    means: "The container engine took a request and does not answer",
    why: "Requests that an engine answers at once on a healthy machine have a limit. An engine that hangs often waits for its storage, or for a container that cannot be stopped.",
  },
} as const satisfies Record<keyof typeof engineErrors, Explanation>;
