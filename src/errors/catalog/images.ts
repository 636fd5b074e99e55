import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";
import { indent } from "./indent.ts";

/** Failures of image delivery. */
export const imageErrors = {
  "invalid-image-reference": entry<{ image: string; reason: string }>({
    message: ({ image, reason }) => `"${image}" is not an image's name: ${reason}.`,
    hint: () =>
      "Write it as docker image ls shows it: repository:tag, in lower case (for example user-service:1.0).",
    examples: [{ image: "Shop:1", reason: "it has upper-case letters" }],
    exitCode: ExitCode.Usage,
  }),
  "image-named-by-id": entry<{ image: string; names: readonly string[] }>({
    message: ({ image, names: [name] }) =>
      `"${image}" is an image's id${name === undefined ? "" : `, that of ${name}`}, and pods name images by repository and tag.`,
    hint: ({ image, names: [name] }) =>
      name === undefined
        ? `Give it a name, and use that: docker tag ${image} my-image:1`
        : `Use its name: ${name}`,
    examples: [
      { image: "c9274486c27d", names: ["shop:1.0"] },
      { image: "c9274486c27d", names: [] },
    ],
    exitCode: ExitCode.Usage,
  }),
  "image-load-failed": entry<{ failures: readonly { node: string; reason: string }[] }>({
    message: ({ failures }) =>
      `The images could not be loaded onto ${failures.length === 1 ? "a node" : `${failures.length} nodes`}:\n` +
      failures.map(({ node, reason }) => `  ${node}: ${reason}`).join("\n"),
    hint: () => "Run the command again; nodes that already have the image are skipped.",
    examples: [
      { failures: [{ node: "shop-worker", reason: "no space left on device" }] },
      {
        failures: [
          { node: "shop-control-plane", reason: "no space left on device" },
          { node: "shop-worker", reason: "the node does not run" },
        ],
      },
    ],
    exitCode: ExitCode.Failure,
  }),
  "image-load-timed-out": entry<{ nodes: readonly string[]; waited: string; details: string }>({
    message: ({ nodes, waited, details }) =>
      `After ${waited} these nodes still lack some of the images: ${nodes.join(", ")}.` +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: ({ nodes: [node = "NODE"] }) =>
      `Run the command again: what a node already has is not sent again. To allow more time: --timeout 30m. The node's log: docker exec ${node} journalctl -u containerd`,
    examples: [
      {
        nodes: ["shop-worker"],
        waited: "10 min",
        details: 'containerd is active\ncontainerd: level=error msg="no space left on device"',
      },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "containerd-not-answering": entry<{ node: string; waited: string; details: string }>({
    message: ({ node, waited, details }) =>
      `On node "${node}" containerd has not answered for ${waited}.` +
      (details === "" ? "" : `\n${indent(details)}`),
    hint: ({ node }) =>
      `Restart it (docker exec ${node} systemctl restart containerd, or docker restart ${node}), then run the command again. Its log: docker exec ${node} journalctl -u containerd`,
    examples: [
      {
        node: "shop-worker",
        waited: "60 s",
        details: "containerd is failed\ncontainerd: containerd: invalid plugin config",
      },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "image-archive-invalid": entry<{ archive: string; reason: string }>({
    message: ({ archive, reason }) => `${archive} is not a usable image archive: ${reason}.`,
    hint: () =>
      "Make it again with docker save (or as an OCI layout). Nothing was changed on the nodes.",
    examples: [{ archive: "shop.tar", reason: "it has no manifest.json and no index.json" }],
    exitCode: ExitCode.Usage,
  }),
  "not-an-image-archive": entry<{ archive: string; kind: "java" | "zip" }>({
    message: ({ archive, kind }) =>
      `${archive} is a ${kind === "java" ? "Java" : "zip"} archive, not an image archive. Nothing was changed on the nodes.`,
    hint: ({ kind }) =>
      kind === "java"
        ? "airfield up makes an image of a Spring Boot project and runs it: airfield up FOLDER. `load archive` takes what docker save writes, and OCI layouts in a tar."
        : "If the image's archive is inside, unpack it first. `load archive` takes what docker save writes, and OCI layouts in a tar.",
    examples: [
      { archive: "orders.jar", kind: "java" },
      { archive: "images.zip", kind: "zip" },
    ],
    exitCode: ExitCode.Usage,
  }),
} as const;
