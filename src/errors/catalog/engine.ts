import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";

/** Failures of the container engine (Docker) and of what it manages. */
export const engineErrors = {
  "engine-not-running": entry<{ address: string }>({
    message: ({ address }) => `No container engine answers at ${address}.`,
    hint: () =>
      "Start Docker (for example: sudo systemctl start docker), or point DOCKER_HOST at a running engine. `airfield doctor` checks the rest.",
    examples: [{ address: "unix:///var/run/docker.sock" }],
    exitCode: ExitCode.Environment,
  }),
  "engine-permission-denied": entry<{ address: string }>({
    message: ({ address }) => `You are not allowed to use the container engine at ${address}.`,
    hint: () =>
      "Add yourself to the docker group (sudo usermod -aG docker $USER, then log in again), or run the command as root.",
    examples: [{ address: "unix:///var/run/docker.sock" }],
    exitCode: ExitCode.Environment,
  }),
  "engine-connection-lost": entry<{ address: string }>({
    message: ({ address }) =>
      `The container engine at ${address} went away while it was being used.`,
    hint: () =>
      "Start Docker again, then run `airfield delete cluster NAME` to remove what is left, and run the command again.",
    examples: [{ address: "unix:///var/run/docker.sock" }],
    exitCode: ExitCode.Environment,
  }),
  "engine-not-answering": entry<{ address: string; action: string; waited: string }>({
    message: ({ address, action, waited }) =>
      `The container engine at ${address} is not responding: a request to ${action} has had no answer for ${waited}.`,
    hint: () =>
      "See its log (journalctl -u docker). Restart it (sudo systemctl restart docker), then run the command again.",
    examples: [
      { address: "unix:///var/run/docker.sock", action: "list containers", waited: "180 s" },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "engine-request-failed": entry<{ action: string; status: number; reason: string }>({
    message: ({ action, status, reason }) =>
      `The container engine refused to ${action}: ${reason}${status === 0 ? "" : ` (HTTP ${status})`}.`,
    hint: () => "`airfield doctor` checks the engine; see also its log (journalctl -u docker).",
    examples: [{ action: "create container shop-worker", status: 500, reason: "out of memory" }],
    exitCode: ExitCode.Failure,
  }),
  "engine-address-invalid": entry<{ address: string; reason: string }>({
    message: ({ address, reason }) => `${address} does not lead to a container engine: ${reason}.`,
    hint: () =>
      "Set DOCKER_HOST to unix:///var/run/docker.sock or tcp://host:port, unset it, or choose a context (docker context use default).",
    examples: [{ address: "ssh://build-host", reason: "engines behind SSH are not supported" }],
    exitCode: ExitCode.Usage,
  }),
  /** `images`: all that are missing, where several were asked for at once; `image` is the first of them. */
  "image-not-found": entry<{ image: string; reason: string; images?: readonly string[] }>({
    message: ({ image, reason, images = [image] }) =>
      images.length === 1
        ? `Image "${image}" is not available: ${reason}.`
        : `${images.length} images are not available: ${reason}.\n` +
          images.map((each) => `  ${each}`).join("\n"),
    hint: ({ image, images = [image] }) =>
      images.length === 1
        ? `Check the name, or bring it to the engine first (docker pull ${image}, or docker build -t ${image} .).`
        : `Check the names, or bring them to the engine first: ${images.map((each) => `docker pull ${each}`).join(" && ")}`,
    examples: [
      { image: "shop:1", reason: "the engine does not have it" },
      { image: "shop:1", reason: "the engine does not have them", images: ["shop:1", "users:1"] },
    ],
    exitCode: ExitCode.NotFound,
    mayBeMendedBy: "edit-taken-back",
  }),
  "image-platform-mismatch": entry<{ image: string; platform: string; needed: string }>({
    message: ({ image, platform, needed }) =>
      `Image "${image}" is built for ${platform}, but the nodes run ${needed}.`,
    hint: ({ image, needed }) =>
      `Build or pull it for the nodes: docker pull --platform ${needed} ${image}`,
    examples: [{ image: "shop:1", platform: "linux/arm64", needed: "linux/amd64" }],
    exitCode: ExitCode.Usage,
  }),
  "container-name-taken": entry<{ container: string }>({
    message: ({ container }) => `A container named "${container}" already exists.`,
    hint: ({ container }) =>
      `Choose another cluster name, or remove that container if it is yours: docker rm -f -v ${container}`,
    examples: [{ container: "shop-control-plane" }],
    exitCode: ExitCode.Conflict,
  }),
  "container-not-found": entry<{ container: string }>({
    message: ({ container }) => `There is no container "${container}".`,
    hint: () => "List what there is with `airfield get nodes --all-clusters`.",
    examples: [{ container: "shop-worker" }],
    exitCode: ExitCode.NotFound,
  }),
  "container-not-running": entry<{ container: string; state?: "paused" }>({
    message: ({ container, state }) =>
      `Container "${container}" ${state === "paused" ? "is paused" : "is not running"}.`,
    hint: ({ container, state }) =>
      state === "paused"
        ? `Resume it: docker unpause ${container}`
        : `Start it (docker start ${container}), or see why it stopped: docker logs --tail 50 ${container}`,
    examples: [{ container: "shop-worker" }, { container: "shop-worker", state: "paused" }],
    exitCode: ExitCode.Failure,
  }),
  "port-taken": entry<{ port: number; owner: string }>({
    message: ({ port, owner }) => `Port ${port} is already used by ${owner}.`,
    hint: ({ port }) =>
      `Stop what uses it (ss -ltnp 'sport = :${port}'), or choose another port; 0 picks a free one.`,
    examples: [{ port: 8080, owner: "container web-1" }],
    exitCode: ExitCode.Conflict,
    mayBeMendedBy: "edit-taken-back",
  }),
  "port-not-forwarded": entry<{ container: string; output: string; waited?: string }>({
    message: ({ container, output, waited }) =>
      `The container "${container}", which forwards a port of this host into the cluster, ${waited === undefined ? "has stopped" : `is not forwarding after ${waited}`}${output === "" ? "." : `:\n${output}`}`,
    hint: () => "It needs iptables in the host's kernel; `airfield doctor` checks for it.",
    examples: [
      { container: "shop-port-8080", output: "iptables: Permission denied" },
      { container: "shop-port-8080", output: "", waited: "60 s" },
    ],
    exitCode: ExitCode.Failure,
  }),
  "subnet-taken": entry<{ subnet: string }>({
    message: ({ subnet }) => `Subnet ${subnet} overlaps with an existing network.`,
    hint: () =>
      "Remove unused networks (docker network prune), or name a free one with networking.nodeSubnet in the config.",
    examples: [{ subnet: "10.213.4.0/24" }],
    exitCode: ExitCode.Conflict,
  }),
  "network-name-taken": entry<{ network: string }>({
    message: ({ network }) => `A network named "${network}" already exists.`,
    hint: ({ network }) =>
      `Choose another cluster name, or remove that network if it is yours: docker network rm ${network}`,
    examples: [{ network: "airfield-shop" }],
    exitCode: ExitCode.Conflict,
  }),
  "disk-full": entry<{ action: string }>({
    message: ({ action }) => `No space is left on the device: the engine could not ${action}.`,
    hint: () => "See what takes the space (docker system df) and free some (docker system prune).",
    examples: [{ action: "pull the node image" }],
    exitCode: ExitCode.Environment,
  }),
} as const;
