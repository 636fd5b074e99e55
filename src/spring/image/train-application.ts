import { AnyToolError, isToolError } from "../../errors/tool-error.ts";
import type { ContainerSpec } from "../../ports/container-engine.ts";
import type { Ports } from "../../ports/ports.ts";
import { readApplicationLog } from "../rollout/read-application-log.ts";
import type { LibraryPath } from "./library-path.ts";
import trainingScript from "./train-application.sh";
import libraryScript from "./train-libraries.sh";

export interface TrainingRequest {
  /** Names the run; the same for the same layers on the same base. */
  readonly key: string;
  readonly baseImage: string;
  /** Folder of the host that holds the layers. */
  readonly layersFolder: string;
  /** File names of the application's layers in it (plain tars), bottom first. */
  readonly layers: readonly string[];
  /** Folder of the host that the archive is written to. */
  readonly outputFolder: string;
  readonly applicationFolder: string;
  /** The archive is to hold the classes of libraries alone, for this class path. Absent: all that is loaded. */
  readonly libraryPath?: LibraryPath;
}

/** The JVM's archive of the classes that an application loads at its start, or why there is none. */
export type TrainingResult =
  { readonly file: StartupArchiveFile } | { readonly reason: string; readonly mayPass: boolean };

/** Class data sharing since Java 13, the AOT cache since Java 25; and the one of libraries alone. */
export const startupArchiveFiles = ["application.jsa", "application.aot", "libraries.jsa"] as const;
export type StartupArchiveFile = (typeof startupArchiveFiles)[number];

/** An application that starts at all does so in this time; one that waits for a database does not. */
const DEADLINE_MS = 90_000;
/** With few shares of the processor. */
const DEADLINE_ASIDE_MS = 240_000;

/**
 * Starts the application once, up to the point where all its beans are made, and has the JVM write what it has loaded.
 * In a container of the very base that it will run on, since an archive is only good for the JVM that made it, with the
 * layers unpacked by tar, since it remembers the dates of all jars. Without a network: a database that is there by
 * chance must not be written to.
 * https://docs.spring.io/spring-boot/reference/packaging/class-data-sharing.html
 */
export async function trainApplication(
  request: TrainingRequest,
  { engine, clock }: Pick<Ports, "engine" | "clock">,
  signal?: AbortSignal,
): Promise<TrainingResult> {
  const spec = trainingContainer(request);
  const deadlineMs = request.libraryPath === undefined ? DEADLINE_MS : DEADLINE_ASIDE_MS;
  const deadline = clock.deadline(deadlineMs);
  const until = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const lines: string[] = [];
  // Of a command that was killed.
  if ((await engine.inspectContainer(spec.name))?.state === "exited") {
    await engine.removeContainer(spec.name);
  }
  try {
    await engine.createContainer(spec, { signal: until });
  } catch (error) {
    if (!isToolError(error, "container-name-taken")) throw error;
    return { reason: "another command is at it", mayPass: true };
  }
  try {
    await engine.startContainer(spec.name, { signal: until });
    for await (const line of engine.logs(spec.name, { follow: true, signal: until })) {
      lines.push(line);
    }
    // Only the script's end says it: what the application itself returns may be anything.
    const file = startupArchiveFiles.find((name) => lines.at(-1) === name);
    if (file !== undefined) return { file };
    return { reason: reasonOf(lines), mayPass: false };
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline.aborted) {
      return { reason: `it was not up within ${deadlineMs / 1000} seconds`, mayPass: true };
    }
    // An engine on a machine that has not our folders, say.
    if (!(error instanceof AnyToolError)) throw error;
    return { reason: error.message.replace(/\.$/, ""), mayPass: true };
  } finally {
    await engine.removeContainer(spec.name);
  }
}

function trainingContainer(request: TrainingRequest): ContainerSpec {
  const { key, baseImage, layersFolder, outputFolder } = request;
  const name = `airfield-training-${key.slice(0, 12)}`;
  const mount = (hostPath: string, containerPath: string, readOnly: boolean) =>
    ({ hostPath, containerPath, readOnly, propagation: "none", selinuxRelabel: true }) as const;
  return {
    name,
    image: baseImage,
    hostname: name,
    labels: { "dev.airfield.training": key },
    env: {},
    entrypoint: ["sh", "-c", ...scriptOf(request)],
    command: request.layers,
    // Unpacks files of another owner, and writes into a folder of the host's user.
    user: "0",
    mounts: [mount(layersFolder, "/layers", true), mount(outputFolder, "/output", false)],
    network: { name: "none" },
    restart: "no",
    // Nobody waits for it as for what they have just saved.
    ...(request.libraryPath === undefined ? {} : { cpuShares: FEW_CPU_SHARES }),
  };
}

function scriptOf({ applicationFolder, libraryPath }: TrainingRequest): readonly string[] {
  if (libraryPath === undefined) return [trainingScript, "train", applicationFolder];
  const { mainClass, libraries, own } = libraryPath;
  const classPaths = [libraries.join(":"), own.join(":")];
  return [libraryScript, "train", applicationFolder, mainClass, ...classPaths];
}

/** A container has 1024 when nothing is said. */
const FEW_CPU_SHARES = 128;

function reasonOf(lines: readonly string[]): string {
  // The JVM writes its archive also when the application has failed, and tells at length of classes it leaves out.
  const said = lines.filter((line) => !/^\[[\d.]+s\]\[\w+ *\]\[(cds|aot)/.test(line));
  const log = readApplicationLog(said.join("\n"));
  const at = log.findIndex((line) => /^(Description|Reason):/.test(line));
  return (log[at + 1] ?? log.at(-1) ?? "it said nothing").trim().replace(/\.$/, "");
}
