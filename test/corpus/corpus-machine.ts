import { join } from "node:path";
import type { CorpusCase } from "./read-corpus.ts";
import { inMemory } from "./read-corpus.ts";
import { previewSeveral } from "../../src/spring/handover/preview-several.ts";
import { putBaseImage } from "../fakes/spring/a-base-image.ts";
import { bootArchive } from "../fakes/spring/a-boot-archive.ts";
import { FakeSpringCluster } from "../fakes/spring/fake-spring-cluster.ts";
import { upSeveral } from "../../src/spring/up/up-several.ts";
import { listModules } from "../../src/spring/project/detect-project.ts";
import { runCli, type CliRun } from "../fakes/fake-cli.ts";
import { fakePorts } from "../fakes/fake-ports.ts";

/** Where a case's files are on the machine. */
const PROJECT = "/home/dev/project";

/** What the project's build leaves. */
export interface BuildOutput {
  /** The executable archive, relative to the project; undefined where the build makes none. */
  readonly archive?: string | undefined;
  /** Other files that the build writes. */
  readonly beside?: readonly string[] | undefined;
  /** Version of Spring Boot. */
  readonly boot?: string | undefined;
  readonly libraries?: readonly string[] | undefined;
  readonly hasLayers?: boolean | undefined;
}

/**
 * A machine with one project of the corpus, Maven, Gradle and Docker, none of which does anything but leave what the
 * case says that the real one leaves; its JDK is of Java 17. Commands run from their words to their output.
 */
export class CorpusMachine {
  readonly cluster = new JavaOfCluster();
  readonly ports;
  readonly #output: BuildOutput;

  constructor({ folder }: Pick<CorpusCase<unknown>, "folder">, output: BuildOutput = {}) {
    this.#output = output;
    this.ports = fakePorts({ files: inMemory(folder, PROJECT) });
    this.ports.commands.on((command) => this.#run(command));
    this.ports.http.get = () =>
      Promise.resolve({ status: 200, contentType: "text/plain", body: "hello" });
  }

  /** Programs that were run, as one line each, without questions for a version. */
  get work(): readonly string[] {
    return this.ports.commands.lines.filter((line) => !/[- ]version$/.test(line));
  }

  get warnings(): readonly string[] {
    return this.ports.reporter.of("warning").map(({ code }) => code);
  }

  /** `airfield up` in a folder of the project. */
  async up(folder: string, words: readonly string[]): Promise<CliRun> {
    for (const version of [8, 17, 21, 25])
      await putBaseImage(this.ports.engine, `airfield/jre-${version}:1`);
    const { ports, cluster } = this;
    const reach = { cluster, ports, signal: new AbortController().signal };
    return runCli(["up", join(PROJECT, folder), ...words], {
      ports,
      useCases: {
        up: ({ request: { settings, ...request } }) => {
          // Only a real JVM can answer; test/docker/spring-environment.docker.test.ts asks it.
          const { environmentReader: _, ...unasked } = settings;
          return upSeveral({ ...request, settings: unasked }, reach);
        },
        previewUp: ({ request }) => previewSeveral(request, reach),
        listModules: (dir) => listModules(dir, ports.files),
      },
    });
  }

  #run(command: readonly string[]): { exitCode?: number; stdout?: string } | undefined {
    const line = command.join(" ");
    if (line === "docker --version") return { stdout: "Docker version 28.2.2, build x" };
    if (line === "docker buildx version") return {};
    if (line.endsWith(" --version"))
      return { stdout: "Java version: 17.0.15, vendor: x, runtime: /jdk\n" };
    if (line.startsWith("docker buildx build")) {
      const labels = command.flatMap((word, at) =>
        command[at - 1] === "--label" ? [word.split("=") as [string, string]] : [],
      );
      const name = command[command.indexOf("--tag") + 1] ?? "";
      this.ports.engine.images.add(name, { labels: Object.fromEntries(labels) });
      return {};
    }
    const isBuild = /\bpackage\b|bootJar|bootWar/.test(line);
    // Questions to Maven that are no build are not answered.
    if (!isBuild) return { exitCode: 1 };
    this.#build();
    const made = /-Djib\.to\.image=(\S+)/.exec(line)?.[1];
    if (made !== undefined) this.ports.engine.images.add(made);
    return {};
  }

  #build(): void {
    const { archive, beside = [], boot, libraries, hasLayers = true } = this.#output;
    const { files } = this.ports;
    const plain = bootArchive({ version: "" });
    for (const file of beside) files.put(join(PROJECT, file), plain);
    if (archive === undefined) return;
    const made = bootArchive({
      ...(boot === undefined ? {} : { version: boot }),
      ...(libraries === undefined ? {} : { libraries }),
      ...(hasLayers ? {} : { layers: "" }),
    });
    files.put(join(PROJECT, archive), made);
  }
}

/** Remembers which Java was asked for. */
class JavaOfCluster extends FakeSpringCluster {
  readonly java: number[] = [];

  override async jreImage(version: number): Promise<string> {
    this.java.push(version);
    return super.jreImage(version);
  }
}
