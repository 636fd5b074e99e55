import { ToolError } from "../../src/errors/tool-error.ts";
import type { ProgressEvent } from "../../src/ports/events.ts";
import { dev, type DevRequest, type DevResult } from "../../src/spring/dev/dev.ts";
import { putBaseImage } from "../fakes/spring/a-base-image.ts";
import { mavenDebug } from "../fakes/spring/maven-debug.ts";
import { mavenModule } from "../fakes/spring/maven-report.ts";
import { anApplication, MAVEN_REPORT_FILE, SpringScene } from "./spring-scene.ts";

/** What the warm compiler answers to the next compilation. */
export interface Compiled {
  readonly written?: readonly string[];
  readonly deleted?: readonly string[];
  readonly error?: string;
}

export const CONTROLLER = "/app/src/main/java/com/example/UserController.java";

/** A project that is worked on. */
export class DevScene extends SpringScene {
  /** Answers of the compiler, one for each compilation; after them: nothing new. */
  readonly compilations: Compiled[] = [];
  #edits = 0;

  constructor(files: Readonly<Record<string, string>> = {}) {
    super({ [CONTROLLER]: "class UserController {}", ...files });
    this.mavenDebug = mavenDebug();
    this.mavenModule = mavenModule();
    this.ports.files.put("/app/target/classes/com/example/Application.class", "1");
    this.ports.commands.talk((command) => {
      if (!command.includes("/airfield/CompileServer.java")) return undefined;
      let hasWarmedUp = false;
      return (line) => {
        if (line !== "go" && line !== "try") return [];
        const compiled = hasWarmedUp ? this.compilations.shift() : undefined;
        hasWarmedUp = true;
        return this.#answer(compiled ?? {});
      };
    });
  }

  /** Starts the loop; resolves when it waits for changes, or has ended. */
  async dev(changes: Partial<DevRequest> = {}): Promise<{ readonly ended: Promise<DevResult> }> {
    const up = {
      ...{ application: anApplication(), rebuild: false, offline: false, runTests: false },
      rolloutTimeoutMs: 60_000,
      dependencies: [],
      mavenReportFile: MAVEN_REPORT_FILE,
    };
    const request: DevRequest = {
      up,
      readUp: () => Promise.resolve(changes.up ?? up),
      ...{ compileWith: "auto", deliverWith: "auto", takesDown: false },
      compileServerFile: "/airfield/CompileServer.java",
      ...changes,
    };
    const { cluster, ports, abort } = this;
    await putBaseImage(ports.engine, "airfield/jre-17:1");
    const ended = dev(request, { cluster, ports, signal: abort.signal });
    ended.catch(() => undefined);
    await this.until(() => this.said("Watching") || this.hasEnded(ended));
    return { ended };
  }

  /** Changes a file, as an editor does, and waits until that was dealt with. */
  async edit(path: string, content?: string): Promise<void> {
    const before = this.outcomes.length;
    this.ports.files.put(path, content ?? `edit ${++this.#edits}`);
    this.ports.fileWatcher.change(path);
    await this.until(() => this.outcomes.length > before);
  }

  /** Called after each event has been reported. */
  onEvent(hear: (event: ProgressEvent) => void): void {
    const { reporter } = this.ports;
    const report = reporter.report.bind(reporter);
    reporter.report = (event) => {
      report(event);
      hear(event);
    };
  }

  interrupt(): void {
    this.abort.abort(new ToolError("cancelled", { what: "dev" }));
  }

  get outcomes() {
    return [
      ...this.ports.reporter.of("change-delivered"),
      ...this.ports.reporter.of("change-failed"),
    ];
  }

  said(text: string): boolean {
    return this.ports.reporter.of("output").some(({ line }) => line.includes(text));
  }

  async until(isSo: () => boolean): Promise<void> {
    for (let turns = 0; !isSo(); turns += 1) {
      if (turns > 200_000) throw new Error("What the test waits for does not come.");
      await this.ports.clock.sleep(20);
    }
  }

  readonly #done = new WeakMap<Promise<unknown>, boolean>();
  private hasEnded(ended: Promise<unknown>): boolean {
    if (!this.#done.has(ended)) {
      this.#done.set(ended, false);
      ended.finally(() => this.#done.set(ended, true)).catch(() => undefined);
    }
    return this.#done.get(ended) === true;
  }

  #answer({ written = [], deleted = [], error }: Compiled): readonly string[] {
    if (error !== undefined) return [`error\t${CONTROLLER}\t12\t5\t${error}`, "done\tfailed\t90"];
    for (const path of written)
      this.ports.files.put(`/app/target/classes/${path}`, `${this.#edits}`);
    return [
      ...written.map((path) => `written\t${path}`),
      ...deleted.map((path) => `deleted\t${path}`),
      "done\tok\t120",
    ];
  }
}
