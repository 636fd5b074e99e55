import { ToolError } from "../errors/tool-error.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { findImage, nodeLayout, type ArrivingImages } from "./node-layout.ts";
import { criNamespace, sourceLabelOf } from "./node-facts.ts";
import type { NodePlan } from "./plan-load.ts";
import { writeTar, type TarFile } from "./tar.ts";

export type ImportOutcome =
  /** Bytes sent, by the image's full name. */
  | { readonly kind: "imported"; readonly bytes: ReadonlyMap<string, number> }
  /** The node lacks a layer that it was thought to have; nothing of the images is left on it. */
  | { readonly kind: "incomplete"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * `--platform` and not `--all-platforms`, which fails on images whose other platforms are not there;
 * no `--digests`, which leaves records named "import-DATE@sha256:…" (kubernetes-sigs/kind#4028).
 * At the end the names that the node has now, to check by.
 */
const importScript = [
  "set -e",
  `ctr -n ${criNamespace} images import --snapshotter "$1" --platform "$2" - >&2`,
  `ctr -n ${criNamespace} images ls -q`,
].join("\n");

/** Sends what the plan says and checks that the node has it. */
export async function importOnNode(
  plan: NodePlan,
  arriving: ArrivingImages,
  { engine, files }: Pick<Ports, "engine" | "files">,
  signal?: AbortSignal,
): Promise<ImportOutcome> {
  const options = signal === undefined ? {} : { signal };
  const counted = new Map<string, number>();
  const { exitCode, stdout, stderr } = await engine.exec(
    plan.node,
    ["sh", "-c", importScript, "sh", plan.snapshotter, plan.platform],
    { ...options, stdin: writeTar(counting(nodeLayout(plan, arriving, files), counted)) },
  );
  const names = plan.images.flatMap(({ image, action }) => (action === "send" ? [image.name] : []));
  if (exitCode !== 0) {
    const reason = lastLine(stderr) || `ctr images import ended with exit code ${exitCode}`;
    if (!/not found/.test(stderr)) return { kind: "failed", reason };
    // containerd 1.6 leaves the image's record behind, and the kubelet would start pods from it.
    await engine.exec(plan.node, ["ctr", "-n", criNamespace, "images", "rm", ...names], options);
    return { kind: "incomplete", reason };
  }
  const present = new Set(stdout.split("\n").map((line) => line.trim()));
  const absent = names.filter((name) => !present.has(name));
  if (absent.length > 0)
    return { kind: "failed", reason: `after the import it has no ${absent.join(", ")}` };
  return { kind: "imported", bytes: await labelAndCount(plan, arriving, counted, engine, signal) };
}

/** Gives images the node has under another name the wanted one. */
export async function tagOnNode(
  plan: NodePlan,
  engine: Pick<ContainerEngine, "exec">,
  signal?: AbortSignal,
): Promise<void> {
  for (const entry of plan.images) {
    if (entry.action !== "tag") continue;
    const command = [
      ...["ctr", "-n", criNamespace, "images", "tag"],
      ...["--force", entry.from, entry.image.name],
    ];
    await runOnNode(plan.node, command, engine, signal);
  }
}

/** Labels the images whose id on the host cannot be told from what is on the node. */
async function labelAndCount(
  plan: NodePlan,
  arriving: ArrivingImages,
  counted: ReadonlyMap<string, number>,
  engine: Pick<ContainerEngine, "exec">,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const bytes = new Map<string, number>();
  const seen = new Set<string>();
  const images = await arriving.images;
  for (const entry of plan.images) {
    if (entry.action !== "send") continue;
    const { name, id } = entry.image;
    const { manifest, config, layers } = findImage(images, entry.image, arriving.title);
    const digests = [manifest.digest, config.digest, ...layers.map(({ digest }) => digest)];
    const own = digests.filter((digest) => !seen.has(digest));
    bytes.set(
      name,
      own.reduce((sum, digest) => sum + (counted.get(digest) ?? 0), 0),
    );
    for (const digest of own) seen.add(digest);
    if (id === manifest.digest || id === config.digest) continue;
    const label = sourceLabelOf(id, manifest.digest);
    const command = ["ctr", "-n", criNamespace, "images", "label", name, label];
    await runOnNode(plan.node, command, engine, signal);
  }
  return bytes;
}

async function* counting(
  entries: AsyncIterable<TarFile>,
  counted: Map<string, number>,
): AsyncIterable<TarFile> {
  for await (const entry of entries) {
    counted.set(entry.name.replace("blobs/sha256/", "sha256:"), entry.sizeBytes);
    yield entry;
  }
}

async function runOnNode(
  node: string,
  command: readonly string[],
  engine: Pick<ContainerEngine, "exec">,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  const { exitCode, stderr } = await engine.exec(node, command, options);
  if (exitCode !== 0)
    throw new ToolError("node-command-failed", {
      node,
      command: command.join(" "),
      exitCode,
      output: stderr.trim(),
    });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.replace(/^ctr: /, "") ?? "";
}
