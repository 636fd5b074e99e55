import { collectBytes } from "../fakes/collect-bytes.ts";
import { fakePorts, type FakePorts } from "../fakes/fake-ports.ts";
import type { ApplicationConfig, BuildConfig } from "../../src/config/cluster-config.ts";
import type { UpRequest } from "../../src/spring/up/up-context.ts";
import { up, type UpResult } from "../../src/spring/up/up.ts";
import type { MavenModule } from "../../src/spring/build/maven-report.ts";
import { mavenProject } from "../fakes/spring/a-spring-project.ts";
import { putBaseImage } from "../fakes/spring/a-base-image.ts";
import { bootArchive } from "../fakes/spring/a-boot-archive.ts";
import { FakeSpringCluster } from "../fakes/spring/fake-spring-cluster.ts";

export function anApplication(changes: Partial<ApplicationConfig> = {}): ApplicationConfig {
  return {
    path: "/app",
    namespace: "default",
    run: "service",
    profiles: [],
    addsProfiles: false,
    env: {},
    resources: { requests: {}, limits: {} },
    hostPort: 0,
    build: aBuild(),
    checkPath: "/",
    dependsOn: [],
    config: { files: [] },
    secrets: {},
    secretsAs: "configtree",
    permissions: [],
    ...changes,
  };
}

export function aBuild(changes: Partial<BuildConfig> = {}): BuildConfig {
  return { with: "auto", startupArchive: "auto", toEngine: false, ...changes };
}

export const MAVEN_REPORT_FILE = "/airfield/MavenReport.java";

/** A machine with Maven, a JDK, Docker and one project in /app, and a cluster that may be made. */
export class SpringScene {
  readonly cluster = new FakeSpringCluster();
  readonly ports: FakePorts;
  readonly abort = new AbortController();
  /** What Maven answers instead of building. */
  mavenFailure: { readonly exitCode: number; readonly stdout: string } | undefined;
  /** The build tool's plug-in gives the engine the image, under the name that it is told. */
  makesImage = false;
  dockerFailure: { readonly exitCode: number; readonly stdout: string } | undefined;
  /** Projects that do not build. */
  readonly brokenFolders = new Set<string>();
  /** Programs that are not installed. */
  readonly missing = new Set<string>();
  archive = bootArchive();
  /** The archive that the JVM writes when an application is started once for it; undefined: it cannot be. */
  trained: "application.jsa" | "libraries.jsa" | undefined;
  /** What `mvn -X` tells. */
  mavenDebug = "";
  /** What Maven tells of itself when it is asked; undefined: it cannot be. */
  mavenModule: MavenModule | undefined;
  java = "17.0.15";
  /** Where Maven writes. */
  mavenFolder: string | undefined;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.ports = fakePorts();
    for (const [file, content] of Object.entries(mavenProject(files))) {
      this.ports.files.put(file, content);
    }
    this.ports.files.put(MAVEN_REPORT_FILE, "class MavenReport {}");
    this.ports.http.answer("http://127.0.0.1:8080/", { status: 200, body: "hello" });
    this.ports.commands.on((command, { cwd }) => this.#play(command, cwd));
    this.ports.engine.onStart((container) => {
      if (!container.name.startsWith("airfield-training-")) return;
      const { mounts = [] } = container.spec;
      const output = mounts.find(({ containerPath }) => containerPath === "/output")?.hostPath;
      if (this.trained !== undefined) {
        this.ports.files.put(`${output ?? ""}/${this.trained}`, "classes");
      }
      container.log(this.trained ?? "no database");
      container.state = "exited";
      container.notify();
    });
    // The fake reads archives of its own kind only.
    this.ports.engine.loadImages = async (archive) => {
      const text = Buffer.from(await collectBytes(archive)).toString("latin1");
      const name = /"RepoTags":\["([^"]+)"\]/.exec(text)?.[1] ?? "";
      this.ports.engine.images.add(name);
      return [name];
    };
  }

  async up(changes: Partial<UpRequest> = {}): Promise<UpResult> {
    for (const version of [17, 21, 25]) {
      await putBaseImage(this.ports.engine, `airfield/jre-${version}:1`);
    }
    const request: UpRequest = {
      application: anApplication(),
      rebuild: false,
      offline: false,
      runTests: false,
      rolloutTimeoutMs: 60_000,
      dependencies: [],
      environment: {},
      mavenReportFile: MAVEN_REPORT_FILE,
      ...changes,
    };
    const { cluster, ports, abort } = this;
    return up(request, { cluster, ports, signal: abort.signal });
  }

  /** The programs run, without the questions for versions and what is compiled once to ask Maven. */
  get work(): readonly string[] {
    return this.ports.commands.lines.filter(
      (line) => !/[- ]version$|^\/jdk\/bin\/javac /.test(line),
    );
  }

  #play(
    command: readonly string[],
    cwd = "/app",
  ): { exitCode?: number; stdout?: string } | undefined {
    const line = command.join(" ");
    if (this.missing.has(command[0] ?? "")) return undefined;
    if (line === "docker --version") return { stdout: "Docker version 28.2.2, build x" };
    if (line === "docker buildx version") return {};
    if (line.endsWith("mvn --version") || line.endsWith("mvnw --version")) {
      return {
        stdout: `Apache Maven 3.9.9 (x)\nMaven home: /maven\nJava version: ${this.java}, vendor: x, runtime: /jdk\n`,
      };
    }
    if (line.startsWith("/jdk/bin/javac ")) return {};
    if (/mvn|gradle/.test(command[0] ?? "")) {
      if (this.mavenFailure !== undefined) return this.mavenFailure;
      if (this.brokenFolders.has(cwd)) return { exitCode: 1, stdout: "[ERROR] broken\n" };
      const made = /-Djib\.to\.image=(\S+)/.exec(line)?.[1];
      if (this.makesImage && made !== undefined) this.ports.engine.images.add(made);
      const isGradle = line.includes("gradle");
      const folder = isGradle ? `${cwd}/build/libs` : (this.mavenFolder ?? `${cwd}/target`);
      const artifact = cwd === "/app" ? "user-service" : cwd.split("/").at(-1);
      this.ports.files.put(`${folder}/${artifact}-1.0.0.jar`, this.archive);
      const report = /-Dairfield\.report=(\S+)/.exec(line)?.[1];
      if (report !== undefined && this.mavenModule !== undefined)
        this.ports.files.put(report, JSON.stringify({ modules: [this.mavenModule] }));
      if (command.includes("-X")) return { stdout: this.mavenDebug };
      return { stdout: "[INFO] --- compiler:3.14.1:compile (default-compile) @ a ---\n" };
    }
    if (line.startsWith("docker push ")) return {};
    if (line.startsWith("docker buildx build")) {
      if (this.dockerFailure !== undefined) return this.dockerFailure;
      const labels = command.flatMap((word, at) =>
        command[at - 1] === "--label" ? [word.split("=") as [string, string]] : [],
      );
      const name = command[command.indexOf("--tag") + 1] ?? "";
      this.ports.engine.images.add(name, { labels: Object.fromEntries(labels) });
      return {};
    }
    return undefined;
  }
}
