import { z } from "zod";
import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import type { LocalImage } from "../../images/local-image.ts";
import type { Ports } from "../../ports/ports.ts";
import type { SpringProject } from "../project/detect-project.ts";
import { ImageStore } from "../image/image-store.ts";
import type { ClassFile } from "../image/plan-content.ts";
import { propertiesBeside } from "../project/properties-beside.ts";
import type { Contents } from "../project/read-contents.ts";
import { activeProfiles } from "../project/read-properties-files.ts";
import { profilesOf } from "../up/up-context.ts";
import { AnswerStore, type Remembered } from "./answer-store.ts";
import { askEnvironment } from "./ask-environment.ts";
import type { EnvironmentAnswer } from "./environment-answer.ts";
import { fingerprintArchive, type ArchiveFingerprint } from "./fingerprint-application.ts";
import { keyOf, planSurroundings, type LayeredApplication } from "./plan-question.ts";
import { readJson } from "../read-json.ts";
import { ensureReaderArchive } from "./reader-archive.ts";

export interface EnvironmentInputs {
  readonly application: ApplicationConfig;
  readonly project: SpringProject;
  readonly contents: Contents;
  readonly dependencies: readonly DependencyConfig[];
  readonly imageId: string;
}

/** What is asked, where nothing is remembered. */
export interface AskedImage {
  readonly image: LocalImage;
  readonly baseImage: string;
  /** What the image was just made of. */
  readonly archive?: { readonly path: string; readonly classes: readonly ClassFile[] | undefined };
  /** Digest of a layer that has nothing but an archive of loaded classes. */
  readonly layerLeftOut?: string | undefined;
  /** Folder of EnvironmentReader.java. */
  readonly sources: string;
  readonly javaHome: string | undefined;
}

/** Whose word it is, or why it could not be had. */
export type EnvironmentOutcome =
  { readonly answer: EnvironmentAnswer; readonly isNew: boolean } | { readonly reason: string };

type EnvironmentPorts = Pick<Ports, "engine" | "files" | "commands" | "clock">;

/** The answer that was given for exactly this image, these variables and these files before. */
export async function findEnvironment(
  inputs: EnvironmentInputs,
  { files }: Pick<Ports, "files">,
): Promise<EnvironmentOutcome | undefined> {
  const { key } = questionOf(inputs, guessedProfiles(inputs));
  const remembered = await new AnswerStore(files).find(key(["image", inputs.imageId]));
  return remembered === undefined ? undefined : outcomeOf(remembered);
}

/** The remembered answer, or a new one. */
export async function resolveEnvironment(
  inputs: EnvironmentInputs,
  asked: AskedImage,
  ports: EnvironmentPorts,
  signal: AbortSignal,
): Promise<EnvironmentOutcome> {
  const store = new AnswerStore(ports.files);
  const question = questionOf(inputs, guessedProfiles(inputs));
  const imageKey = question.key(["image", inputs.imageId]);
  const remembered = await store.find(imageKey);
  if (remembered !== undefined) return outcomeOf(remembered);

  const { archive, baseImage } = asked;
  const fingerprint =
    archive === undefined
      ? undefined
      : await fingerprintArchive(archive.path, archive.classes, ports.files);
  const archiveKey =
    fingerprint === undefined
      ? undefined
      : question.key(["archive", baseImage, ...fingerprint.parts]);
  const known = archiveKey === undefined ? undefined : await store.find(archiveKey);
  if (known !== undefined && isOf(fingerprint, known)) {
    await store.save(imageKey, known);
    return outcomeOf(known);
  }

  const told = await ask(inputs, asked, { ports, signal, fingerprint });
  if ("mayPass" in told) {
    if (!told.mayPass) await store.save(imageKey, { reason: told.reason });
    return { reason: told.reason };
  }
  await store.save(imageKey, told);
  if (archiveKey !== undefined && told.classes !== undefined) await store.save(archiveKey, told);
  return { answer: told.answer, isNew: true };
}

async function ask(
  inputs: EnvironmentInputs,
  asked: AskedImage,
  {
    ports,
    signal,
    fingerprint,
  }: {
    readonly ports: EnvironmentPorts;
    readonly signal: AbortSignal;
    readonly fingerprint: ArchiveFingerprint | undefined;
  },
) {
  const { sources, javaHome } = asked;
  const reader = await ensureReaderArchive(sources, ports, { javaHome, signal });
  if ("reason" in reader) return { ...reader, mayPass: true };
  const application = await layersOf(asked, ports);
  const askWith = (profiles: readonly string[]) => {
    const { surroundings, key } = questionOf(inputs, profiles);
    const options = { readerFolder: reader.folder, key: key([inputs.imageId]) };
    return askEnvironment(application, surroundings, options, ports, signal);
  };
  const guessed = guessedProfiles(inputs);
  let read = await askWith(guessed);
  if ("reason" in read) return read;
  // It activates others by itself than its files had us think.
  const profiles = profilesToSet(inputs, read.answer.ownProfiles?.names ?? []);
  if (profiles.join() !== guessed.join()) read = await askWith(profiles);
  if ("reason" in read) return read;
  const { answer, classes } = read;
  const own = classes?.flatMap((name) => {
    const checksum = fingerprint?.classes[name];
    return checksum === undefined ? [] : [[name, checksum] as const];
  });
  return { answer, ...(own === undefined ? {} : { classes: Object.fromEntries(own) }) };
}

/** For SPRING_PROFILES_ACTIVE; none where the application's own are left alone. */
function profilesToSet(
  { application }: Pick<EnvironmentInputs, "application">,
  own: readonly string[],
): readonly string[] {
  return application.profiles.length === 0 ? [] : profilesOf(application, own);
}

function guessedProfiles(inputs: EnvironmentInputs): readonly string[] {
  const files = [...inputs.project.propertiesFiles, ...propertiesBeside(inputs.contents)];
  return profilesToSet(inputs, activeProfiles(files));
}

function questionOf(inputs: EnvironmentInputs, profiles: readonly string[]) {
  const surroundings = planSurroundings(inputs, profiles);
  return { surroundings, key: (subject: readonly string[]) => keyOf(subject, surroundings) };
}

/** Where nothing that was loaded for the answer has changed since. */
function isOf(fingerprint: ArchiveFingerprint | undefined, remembered: Remembered): boolean {
  return (
    "answer" in remembered &&
    fingerprint !== undefined &&
    Object.entries(remembered.classes ?? {}).every(
      ([name, checksum]) => fingerprint.classes[name] === checksum,
    )
  );
}

function outcomeOf(remembered: Remembered): EnvironmentOutcome {
  return "reason" in remembered ? remembered : { answer: remembered.answer, isNew: false };
}

const configSchema = z.object({ config: z.object({ Entrypoint: z.array(z.string()) }) });

async function layersOf(
  { image, baseImage, layerLeftOut }: AskedImage,
  { engine, files }: Pick<Ports, "engine" | "files">,
): Promise<LayeredApplication> {
  const store = new ImageStore(files);
  const below = (await engine.inspectImage(baseImage))?.layers.length ?? 0;
  const config = readJson(Buffer.from(image.config).toString("utf8"), configSchema);
  return {
    baseImage,
    layersFolder: store.layersFolder,
    layers: image.layers
      .slice(below)
      .filter(({ digest }) => digest !== layerLeftOut)
      .map((layer) => store.blobNameOf(layer)),
    entrypoint: config?.config.Entrypoint ?? [],
  };
}
