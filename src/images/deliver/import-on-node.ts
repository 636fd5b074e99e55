import type { ContainerEngine } from "../../ports/container-engine.ts";
import type { Ports } from "../../ports/ports.ts";
import importScript from "./import-images.sh";
import type { Arrival, ArrivingImages } from "./arriving-images.ts";
import { findImage, nodeLayout } from "./node-layout.ts";
import { readNodeImages } from "../node-store/node-facts.ts";
import {
  criNamespace,
  loadedLabel,
  parseImageList,
  sourceLabel,
  sourceLabelOf,
} from "../node-store/node-records.ts";
import type { OciImage } from "../oci.ts";
import type { HostImage } from "../host-image.ts";
import type { ImagePlan, LoadPlan } from "./plan-load.ts";
import tagScript from "./tag-image.sh";
import { writeTar, type TarMember } from "../../formats/write-tar.ts";

export type ImportOutcome =
  /** Bytes sent, by the image's full name. */
  | { readonly kind: "imported"; readonly bytes: ReadonlyMap<string, number> }
  /** The node lacks a layer that it was thought to have; nothing of the images is left on it. */
  | { readonly kind: "incomplete"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

type ImportPorts = Pick<Ports, "engine" | "clock">;

/** Sends what the plan says and checks that the node has it. */
export async function importOnNode(
  plan: LoadPlan,
  arriving: ArrivingImages,
  ports: ImportPorts,
  signal?: AbortSignal,
): Promise<ImportOutcome> {
  const { engine } = ports;
  const options = signal === undefined ? {} : { signal };
  const counted = new Map<string, number>();
  const sent = plan.images.flatMap(({ image, action }) => (action === "send" ? [image] : []));
  const { exitCode, stdout, stderr } = await engine.exec(
    plan.node,
    [
      ...["sh", "-c", importScript, "sh"],
      ...[plan.snapshotter, plan.platform, plan.importFlags.join(" "), loadedLabel, sourceLabel],
    ],
    {
      ...options,
      stdin: afterLabels(
        () => labelLinesOf(plan, sent, arriving),
        writeTar(counting(nodeLayout(plan, arriving), counted)),
      ),
    },
  );
  const names = sent.map(({ name }) => name);
  if (exitCode !== 0) {
    const reason = lastLine(stderr) || `ctr images import ended with exit code ${exitCode}`;
    await removeBroken(plan.node, names, arriving, ports, signal);
    return { kind: /not found/.test(stderr) ? "incomplete" : "failed", reason };
  }
  const absent = await findAbsent(sent, stdout, plan.node, engine, signal);
  if (absent.length > 0)
    return { kind: "failed", reason: `after the import it has no ${absent.join(", ")}` };
  return { kind: "imported", bytes: bytesByImage(sent, await arriving.images, arriving, counted) };
}

/** The first two lines that the script reads. */
async function labelLinesOf(
  plan: LoadPlan,
  sent: readonly HostImage[],
  arriving: ArrivingImages,
): Promise<string> {
  const arrival = await arriving.arrival;
  if (canLabelAtOnce(plan, sent, arrival)) {
    const labels = await labelsOf(sent, arrival, arriving);
    return `${labels.map((label) => `--label ${label}`).join(" ")}\n\n`;
  }
  const later = sent.flatMap(({ name, id }) => [name, arrival.areIdsKept ? "-" : id]);
  return `\n${later.join(" ")}\n`;
}

/**
 * One program less to start on the node. All that is imported at once gets the same labels, so an image that is not
 * known by itself must be the only one, and must be known before its bytes come.
 */
function canLabelAtOnce(
  { labelsImports }: LoadPlan,
  sent: readonly HostImage[],
  { areIdsKept, areImagesFirst }: Arrival,
): boolean {
  return labelsImports && (areIdsKept || (sent.length === 1 && areImagesFirst));
}

async function* afterLabels(
  lines: () => Promise<string>,
  bytes: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield Buffer.from(await lines());
  yield* bytes;
}

async function labelsOf(
  [image]: readonly HostImage[],
  { areIdsKept }: Arrival,
  { images, title }: ArrivingImages,
): Promise<readonly string[]> {
  const loaded = `${loadedLabel}=true`;
  if (areIdsKept || image === undefined) return [loaded];
  const { manifest } = findImage(await images, image, title);
  return [loaded, sourceLabelOf(image.id, manifest.digest)];
}

/** Which of them the import did not name, and the node does not have. */
async function findAbsent(
  sent: readonly HostImage[],
  printed: string,
  node: string,
  engine: Ports["engine"],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const unnamed = sent.filter(({ name }) => !printed.includes(` ${name} `));
  if (unnamed.length === 0) return [];
  const records = await readNodeImages(node, unnamed, engine, signal);
  return unnamed.flatMap(({ name }) => (records.some((each) => each.name === name) ? [] : [name]));
}

/** CRI adds its own records a moment after ours, so several looks are needed. */
const looks = 4;
const betweenLooksMs = 250;

/**
 * `ctr` makes the image's record before it unpacks, and the kubelet would start pods from what could not be
 * unpacked; a next load would take it for present. Records of other images under these names stay.
 */
async function removeBroken(
  node: string,
  names: readonly string[],
  { images }: ArrivingImages,
  { engine, clock }: ImportPorts,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  const sent = await images.catch((): readonly OciImage[] => []);
  const targets = new Set(sent.map(({ manifest }) => manifest.digest));
  const ctrImages = ["ctr", "-n", criNamespace, "images"];
  const filters = [
    ...names.map((name) => `name==${name}`),
    ...[...targets].map((target) => `target.digest==${target}`),
  ];
  for (let look = 0; look < looks; look++) {
    if (look > 0) await clock.sleep(betweenLooksMs, signal);
    const { stdout } = await engine.exec(node, [...ctrImages, "ls", ...filters], options);
    const found = parseImageList(stdout).filter(({ target }) => targets.has(target));
    const broken = found.filter(({ name }) => names.includes(name) || name.startsWith("sha256:"));
    // Another name of the same image: it is whole.
    if (broken.length < found.length) return;
    if (broken.length > 0)
      await engine.exec(node, [...ctrImages, "rm", ...broken.map(({ name }) => name)], options);
  }
}

/**
 * Gives images the node has under another name the wanted one. Resolves with what is left to do: an
 * image whose other name has gone since we looked is sent in full.
 */
export async function tagOnNode(
  plan: LoadPlan,
  engine: Pick<ContainerEngine, "exec">,
  signal?: AbortSignal,
): Promise<LoadPlan> {
  const images: ImagePlan[] = [];
  for (const entry of plan.images) {
    if (entry.action !== "tag" || (await tag(plan.node, entry, engine, signal))) images.push(entry);
    else images.push({ image: entry.image, action: "send", missing: entry.image.layers });
  }
  return { ...plan, images };
}

async function tag(
  node: string,
  {
    from,
    image,
    target,
  }: { readonly from: string; readonly image: HostImage; readonly target: string },
  engine: Pick<ContainerEngine, "exec">,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const label = sourceLabelOf(image.id, target);
  const { exitCode } = await engine.exec(
    node,
    ["sh", "-c", tagScript, "sh", from, image.name, label, `${loadedLabel}=true`],
    signal === undefined ? {} : { signal },
  );
  return exitCode === 0;
}

function bytesByImage(
  sent: readonly HostImage[],
  images: readonly OciImage[],
  { title }: ArrivingImages,
  counted: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  const seen = new Set<string>();
  for (const host of sent) {
    const { manifest, config, layers } = findImage(images, host, title);
    let sum = 0;
    for (const { digest } of [manifest, config, ...layers]) {
      if (!seen.has(digest)) sum += counted.get(digest) ?? 0;
      seen.add(digest);
    }
    bytes.set(host.name, sum);
  }
  return bytes;
}

async function* counting(
  entries: AsyncIterable<TarMember>,
  counted: Map<string, number>,
): AsyncIterable<TarMember> {
  for await (const entry of entries) {
    counted.set(entry.name.replace("blobs/sha256/", "sha256:"), entry.sizeBytes);
    yield entry;
  }
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^ctr: /, "") ?? ""
  );
}
