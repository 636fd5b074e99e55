import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";
import { indent } from "./indent.ts";

/** Failures of registries and of what nodes need to use them. */
export const registryErrors = {
  "invalid-registry-name": entry<{ name: string; reason: string }>({
    message: ({ name, reason }) => `"${name}" cannot be a registry's name: ${reason}.`,
    hint: () => "Choose another name: airfield create registry NAME",
    examples: [
      {
        name: "My_Images",
        reason: "it has other characters than lower-case letters, digits and dashes",
      },
    ],
    exitCode: ExitCode.Usage,
  }),
  "registry-exists": entry<{ name: string; address: string }>({
    message: ({ name, address }) => `A registry named "${name}" already exists (${address}).`,
    hint: ({ name }) =>
      `Use it (airfield create cluster --registry ${name}), remove it (airfield delete registry ${name}), or choose another name.`,
    examples: [{ name: "images", address: "localhost:5005" }],
    exitCode: ExitCode.Conflict,
  }),
  "registry-name-taken": entry<{ name: string; container: string }>({
    message: ({ name, container }) =>
      `The registry "${name}" cannot be created: there is a container ${container} that Airfield did not make.`,
    hint: ({ container }) =>
      `Choose another name, or remove that container if it is yours: docker rm -f -v ${container}`,
    examples: [{ name: "images", container: "airfield-registry-images" }],
    exitCode: ExitCode.Conflict,
  }),
  "registry-not-found": entry<{ name: string; known: readonly string[] }>({
    message: ({ name, known }) =>
      `There is no registry "${name}".` +
      (known.length > 0 ? ` Available: ${known.join(", ")}.` : ""),
    hint: ({ name }) =>
      `List them with \`airfield get registries\`; create one that clusters can share with: airfield create registry ${name}`,
    examples: [{ name: "images", known: ["shop", "ci"] }],
    exitCode: ExitCode.NotFound,
  }),
  "registry-in-use": entry<{ name: string; clusters: readonly string[] }>({
    message: ({ name, clusters }) =>
      `The registry "${name}" is used by ${clusters.length === 1 ? "the cluster" : "the clusters"} ${clusters.join(", ")}; nothing was removed.`,
    hint: ({ name }) =>
      `Delete the clusters first, or remove it anyway: airfield delete registry ${name} --force`,
    examples: [{ name: "images", clusters: ["shop", "ci"] }],
    exitCode: ExitCode.Conflict,
  }),
  "secret-missing": entry<{ source: string }>({
    message: ({ source }) => `A password is expected in ${source}, which is unset or empty.`,
    hint: () =>
      "Set it for this command, or name another place with password or passwordFile in the config.",
    examples: [{ source: "the variable REGISTRY_PASSWORD" }],
    exitCode: ExitCode.Usage,
  }),
  "certificate-invalid": entry<{ path: string; reason: string }>({
    message: ({ path, reason }) => `${path} cannot be used: ${reason}.`,
    hint: ({ path }) =>
      `Certificates and keys must be in PEM format. Inspect it with: openssl x509 -in ${path} -noout -text`,
    examples: [{ path: "ca.pem", reason: "it holds no certificate" }],
    exitCode: ExitCode.Usage,
  }),
  "proxy-invalid": entry<{ field: string }>({
    message: ({ field }) => `The variable that ${field} names does not hold a proxy's URL.`,
    hint: () =>
      "Write it as http://proxy.example:3128, with USER:PASSWORD@ before the host if it requires a login.",
    examples: [{ field: "proxy.httpProxyFrom" }],
    exitCode: ExitCode.Usage,
  }),
  "config-not-applicable": entry<{ cluster: string; fields: readonly string[] }>({
    message: ({ cluster, fields }) =>
      `The config differs from the one that the cluster "${cluster}" was created with, in fields that an update cannot change: ${fields.join(", ")}. Nothing was changed.`,
    hint: ({ cluster }) =>
      `Leave these fields as they were (an update applies registries and proxy), or recreate the cluster: airfield delete cluster ${cluster}`,
    examples: [{ cluster: "shop", fields: ["nodes", "networking.podSubnet"] }],
    exitCode: ExitCode.Usage,
  }),
  "update-timed-out": entry<{
    name: string;
    waited: string;
    nodes: readonly string[];
    details: string;
  }>({
    message: ({ name, waited, nodes, details }) =>
      `After ${waited} the cluster "${name}" is not up to date.` +
      (nodes.length === 0
        ? " Its caches did not start, or the container engine does not answer."
        : ` These nodes are not finished: ${nodes.join(", ")}.`) +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: ({ nodes: [node] }) =>
      `Run the command again; it continues where it stopped. To allow more time: --timeout 10m.${node === undefined ? "" : ` The node's log: docker exec ${node} journalctl -u containerd -u kubelet`}`,
    examples: [
      {
        name: "shop",
        waited: "5 min",
        nodes: ["shop-worker"],
        details: "kubelet: level=error msg=stuck",
      },
      { name: "shop", waited: "5 min", nodes: [], details: "" },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "nodes-not-running": entry<{ cluster: string; nodes: readonly string[] }>({
    message: ({ cluster, nodes }) =>
      `Some nodes of the cluster "${cluster}" are not running: ${nodes.join(", ")}. Nothing was changed.`,
    hint: ({ nodes }) =>
      `Start them first: docker start ${nodes.map((node) => node.split(" ")[0]).join(" ")}`,
    examples: [{ cluster: "shop", nodes: ["shop-worker (exited)"] }],
    exitCode: ExitCode.Conflict,
  }),
  "registry-being-pruned": entry<{ name: string; container: string }>({
    message: ({ name }) => `The registry "${name}" is being pruned by another command.`,
    hint: ({ container }) =>
      `Run it again when that command has finished. If it was killed, remove its container: docker rm -f ${container}`,
    examples: [{ name: "images", container: "airfield-registry-images-prune" }],
    exitCode: ExitCode.Conflict,
  }),
  "registry-not-pruned": entry<{ name: string; output: string }>({
    message: ({ name, output }) =>
      `The garbage collection of the registry "${name}" failed; the registry runs again as before.` +
      (output === "" ? "" : `\n${output}`),
    hint: ({ name }) =>
      `Try again with: airfield prune registry ${name}. To start over, delete it with its data: airfield delete registry ${name}`,
    examples: [{ name: "images", output: "failed to garbage collect: no space left on device" }],
    exitCode: ExitCode.Failure,
  }),
  "registry-prune-timed-out": entry<{ name?: string; waited: string; output: string }>({
    message: ({ name, waited, output }) =>
      (name === undefined
        ? `The container engine did not list what the registries hold within ${waited}.`
        : `The garbage collection of the registry "${name}" did not finish within ${waited}; the registry runs again as before.`) +
      (output === "" ? "" : `\n${indent(output)}`),
    hint: () =>
      "To allow more time: --timeout 1h. A collection reads all that the registry holds. What it has freed stays freed.",
    examples: [
      { name: "images", waited: "10 min", output: "marking manifest sha256:5f70bf18a086" },
      { waited: "10 min", output: "" },
    ],
    exitCode: ExitCode.Timeout,
  }),
} as const;
