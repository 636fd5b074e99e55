import { isToolError, ToolError } from "../errors/tool-error.ts";
import { withDeadline } from "../steps/wait-until.ts";
import type { ContainerSpec } from "../ports/container-engine.ts";
import { loadOnNodes, type LoadPorts } from "../images/load-images.ts";
import { loadedLabel } from "../images/node-store/node-records.ts";
import { apiServerPort } from "../kubernetes/api-server-port.ts";
import renderAddons from "../kubernetes/render-addons.sh";
import prepareObjectsScript from "./prepare-objects.sh";
import {
  placeholder,
  preparationFiles,
  preparationFolder,
  preparedObjectsFolder,
} from "./prepared-objects.ts";
import { readNodeImageManifests } from "./read-node-image-manifests.ts";
import warmImageScript from "./warm-image.sh";

/** Part of the tag: raised when the way warm images are made changes. */
const format = 5;

/** systemd's line once containerd runs. */
const bootedLine = /Reached target .*Multi-User System/;

/** Unpacking takes seconds; a disk that is busy with other things may take far longer. */
const deadlineMs = 300_000;

/** Label of a warm image: the id of the node image it was made of. Of its maker: "building". */
export const warmLabel = "dev.airfield.warm";

/** Label of a warm image: the ids of the images it holds beside the node image's own. */
const preloadedLabel = "dev.airfield.preloaded";

export const warmImagePrefix = "airfield/warm-node:";

/**
 * The name of the warm image of a node image: the same node, with the images of the control plane already
 * unpacked. It is named after the content it was made from.
 *
 * @param sourceId "sha256:…" of the plain image
 */
export function warmImageTag(sourceId: string): string {
  return `${warmImagePrefix}${sourceId.replace(/^sha256:/, "").slice(0, 16)}-${format}`;
}

/** The warm image of a node image, if the engine has one. */
export async function findWarmImage(
  image: string,
  { engine }: Pick<LoadPorts, "engine">,
): Promise<string | undefined> {
  const source = await engine.inspectImage(image);
  if (source === undefined) return undefined;
  const tag = warmImageTag(source.id);
  return (await engine.inspectImage(tag)) === undefined ? undefined : tag;
}

/**
 * Makes the warm image of a node image, of ours or of kindest/node. Idempotent: one that is there is made anew
 * only to hold other images than it does.
 *
 * @param preloaded images of the engine that every node is to have from its start
 * @returns its name; or undefined when the image cannot be made warm or another command is making it:
 *   the plain image serves as well then, only slower
 */
export async function makeWarmImage(
  image: string,
  preloaded: readonly string[],
  ports: LoadPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { engine } = ports;
  const [source, ...found] = await Promise.all(
    [image, ...preloaded].map((name) => engine.inspectImage(name)),
  );
  if (source === undefined)
    throw new ToolError("image-not-found", { image, reason: "the engine does not have it" });
  const tag = warmImageTag(source.id);
  const preloadedIds = found.flatMap((each) => each?.id ?? []).sort();
  const labels = { [warmLabel]: source.id, [preloadedLabel]: preloadedIds.join(",") };
  const made = await engine.inspectImage(tag);
  if (made?.labels[preloadedLabel] === labels[preloadedLabel]) return tag;
  // An image that cannot be kept unpacked, or not be loaded, must not cost the node its warmth.
  for (const attempt of preloaded.length === 0 ? [[]] : [preloaded, []]) {
    const spec = builderContainer(image, source.id);
    const outcome = await withDeadline(
      (until) => makeIn(spec, { tag, labels, preloaded: attempt }, ports, until),
      {
        clock: ports.clock,
        withinMs: deadlineMs,
        signal,
        onDeadline: () => new ToolError("warm-image-late", { image, waited: "5 minutes" }),
      },
    );
    if (outcome === "made") return tag;
    if (outcome === "another is at it") return undefined;
  }
  return undefined;
}

/** Makes the warm image in a container that is gone afterwards. */
async function makeIn(
  spec: ContainerSpec,
  made: {
    readonly tag: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly preloaded: readonly string[];
  },
  ports: LoadPorts,
  signal: AbortSignal,
): Promise<"made" | "not possible" | "another is at it"> {
  const { engine } = ports;
  const { tag, labels, preloaded } = made;
  try {
    await engine.createContainer(spec, { signal });
  } catch (error) {
    if (isToolError(error, "container-name-taken")) return "another is at it";
    throw error;
  }
  try {
    if (!(await unpackImages(spec, preloaded, ports, signal))) return "not possible";
    await prepareObjects(spec.name, engine, signal);
    await engine.commitContainer(spec.name, { tag, labels }, { signal });
    return "made";
  } finally {
    await engine.removeContainer(spec.name);
  }
}

/** False when the container's images cannot be kept unpacked in an image. */
async function unpackImages(
  { name }: ContainerSpec,
  preloaded: readonly string[],
  ports: LoadPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const { engine } = ports;
  await engine.startContainer(name, { signal });
  await untilBooted(name, engine, signal);
  try {
    if (preloaded.length > 0)
      await loadOnNodes({ images: preloaded, nodes: [name] }, ports, signal);
  } catch (error) {
    if (isToolError(error, "image-load-failed")) return false;
    throw error;
  }
  const command = ["bash", "-c", warmImageScript, "warm-image", loadedLabel];
  const { exitCode } = await engine.exec(name, command, { signal });
  return exitCode === 0;
}

/** Without prepared objects the image is warm all the same: a cluster then makes them at its start. */
async function prepareObjects(
  node: string,
  engine: LoadPorts["engine"],
  signal: AbortSignal,
): Promise<void> {
  const image = await readNodeImageManifests(node, { engine }, signal);
  const { kubernetesVersion, defaultCni, defaultStorage } = image;
  if (kubernetesVersion === undefined || defaultCni === undefined) return;
  const files = preparationFiles({
    ...{ kubernetesVersion, defaultCni },
    ...(defaultStorage === undefined ? {} : { defaultStorage }),
  });
  await engine.putFiles(node, files, { signal });
  const preparing = [
    ...["timeout", "90", "bash", "-c", `${renderAddons}${prepareObjectsScript}`, "prepare-objects"],
    ...[preparationFolder, preparedObjectsFolder, String(apiServerPort)],
    ...[placeholder.node, placeholder.address, placeholder.time, placeholder.uidTail],
    placeholder.certificateAuthority,
  ];
  const { exitCode } = await engine.exec(node, preparing, { signal });
  if (exitCode !== 0)
    await engine.exec(node, ["rm", "-rf", preparedObjectsFolder, preparationFolder]);
}

function builderContainer(image: string, sourceId: string): ContainerSpec {
  const name = `airfield-warm-${sourceId.replace(/^sha256:/, "").slice(0, 12)}`;
  return {
    name,
    hostname: name,
    image,
    // The image inherits the labels of the container it is made of, and nodes those of their image.
    labels: { [warmLabel]: "building" },
    env: {},
    privileged: true,
    securityOptions: ["seccomp=unconfined", "apparmor=unconfined"],
    tmpfs: ["/tmp", "/run"],
    anonymousVolumes: ["/var"],
    network: { name: "none" },
    tty: true,
    init: false,
    privateCgroupNamespace: true,
    restart: "no",
  };
}

async function untilBooted(
  node: string,
  engine: LoadPorts["engine"],
  signal: AbortSignal,
): Promise<void> {
  for await (const line of engine.logs(node, { follow: true, signal }))
    if (bootedLine.test(line)) return;
  throw new ToolError("container-not-running", { container: node });
}
