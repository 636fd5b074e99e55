import { AnyToolError } from "../../errors/tool-error.ts";
import { findArchive } from "../project/find-archive.ts";
import { whileHoldingBuild } from "../build/hold-build.ts";
import { trainLibraries } from "../image/assemble-image.ts";
import type { LibraryArchive } from "../image/startup-archive.ts";
import { planBuild } from "../plan/plan-build.ts";
import type { UpContext } from "../up/up-context.ts";
import type { Imaged } from "../up/up-stages.ts";
import { faultOfTraining } from "../plan/wants-startup-archive.ts";

/** Sees to an archive of the libraries' classes for what is started again after every save. */
export class FastStarts {
  readonly #signal: AbortSignal;
  #ending = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #archive: LibraryArchive | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Undefined before it is made, and where there can be none. */
  get archive(): LibraryArchive | undefined {
    return this.#archive;
  }

  /** Makes the archive for this application, beside whatever its caller does; resolves when that is over. */
  async begin(context: UpContext, made: Imaged): Promise<void> {
    await this.close();
    this.#archive = undefined;
    const ending = (this.#ending = new AbortController());
    const signal = AbortSignal.any([this.#signal, ending.signal]);
    this.#work = ensureArchive(context, made, signal).then(
      (archive) => {
        this.#archive = archive;
      },
      (error: unknown) => {
        if (!signal.aborted) throw error;
      },
    );
    return this.#work;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#work;
  }
}

async function ensureArchive(
  context: UpContext,
  { project, baseImage, localImage, facts }: Imaged,
  signal: AbortSignal,
): Promise<LibraryArchive | undefined> {
  const { request, ports } = context;
  if (localImage === undefined || baseImage === undefined) return undefined;
  const { springBootVersion } = facts;
  const result = await train();
  ports.reporter.report({
    type: "output",
    source: "dev",
    line:
      "reason" in result
        ? `There is no archive of the libraries' classes, so starts take as long as without: ${result.reason}.`
        : "From now on the JVM takes the libraries' classes from an archive, which halves its start.",
  });
  return "reason" in result ? undefined : result;

  async function train(): Promise<LibraryArchive | { readonly reason: string }> {
    const fault = faultOfTraining(springBootVersion);
    if (fault !== undefined) return { reason: fault };
    const build = planBuild(project, { runTests: false, offline: request.offline });
    try {
      return await whileHoldingBuild(context, { folder: build.cwd, signal }, async (onRead) => {
        const { path: archive } = await findArchive(build, ports.files);
        return trainLibraries({ archive, baseImage: baseImage ?? "", onRead }, ports, signal);
      });
    } catch (error) {
      signal.throwIfAborted();
      // A full disk, a build that left no archive: the loop goes on without.
      if (!(error instanceof AnyToolError)) throw error;
      return { reason: error.message.replace(/\.$/, "") };
    }
  }
}
