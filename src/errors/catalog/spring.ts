import { entry } from "../catalog-entry.ts";
import { ExitCode } from "../exit-codes.ts";

/** What is known of a pod that did not come up, and of what is left in the cluster. */
interface PodTrouble {
  readonly name: string;
  readonly namespace: string;
  readonly pod: string;
  readonly events: readonly string[];
  readonly log: readonly string[];
  /** What the cluster runs now: "The previous version keeps serving; …". */
  readonly left: string;
}

const examplePod: PodTrouble = {
  name: "users",
  namespace: "default",
  pod: "users-b84dd78c8-x8gvz",
  events: ["Back-off restarting failed container"],
  log: ["Web server failed to start. Port 8080 was already in use."],
  left: "The previous version keeps serving.",
};

/** Failures of building and running a Spring Boot application. */
export const springErrors = {
  "project-folder-missing": entry<{ dir: string }>({
    message: ({ dir }) => `There is no folder ${dir}.`,
    hint: () => "Name the folder of a Spring Boot project: airfield up DIR",
    examples: [{ dir: "/home/ada/users" }],
    exitCode: ExitCode.NotFound,
  }),
  "no-spring-project": entry<{ dir: string; reason: string; projects: readonly string[] }>({
    message: ({ dir, reason }) => `${dir} is not a Spring Boot project: ${reason}.`,
    hint: ({ projects }) =>
      projects.length > 0
        ? `There are build files below it; name one of these folders: ${projects.join(", ")}`
        : "Name the folder that holds the pom.xml or build.gradle of a Spring Boot application: airfield up DIR",
    examples: [
      {
        dir: "/home/ada/shop",
        reason: "it has no pom.xml and no build.gradle",
        projects: ["users", "orders"],
      },
      { dir: "/home/ada/notes", reason: "it has no pom.xml and no build.gradle", projects: [] },
    ],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
  "module-not-chosen": entry<{ dir: string; modules: readonly string[] }>({
    message: ({ dir, modules }) =>
      `${dir} holds ${modules.length} Spring Boot applications: ${modules.join(", ")}.`,
    hint: ({ modules }) =>
      `Choose one: airfield up --module ${modules[0] ?? "MODULE"}, or bring up all of them: airfield up --all`,
    examples: [{ dir: "/home/ada/shop", modules: ["users", "orders"] }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
  "module-not-found": entry<{ dir: string; module: string; modules: readonly string[] }>({
    message: ({ dir, module, modules }) =>
      `${dir} has no Spring Boot application in a module "${module}".` +
      (modules.length > 0 ? ` Available: ${modules.join(", ")}.` : ""),
    hint: ({ modules }) =>
      modules.length > 0
        ? `Name one of them: airfield up --module ${modules[0] ?? "MODULE"}`
        : "Leave --module out: this project has a single application.",
    examples: [
      { dir: "/home/ada/shop", module: "user", modules: ["users", "orders"] },
      { dir: "/home/ada/users", module: "user", modules: [] },
    ],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
  "invalid-build-file": entry<{ path: string; line: number; reason: string }>({
    message: ({ path, line, reason }) =>
      `${path}${line > 0 ? `:${line}` : ""} cannot be read: ${reason}.`,
    hint: () => "Correct the file; the build tool itself would refuse it too.",
    examples: [{ path: "pom.xml", line: 12, reason: "the element <dependency> is not closed" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "invalid-application-name": entry<{ name: string; reason: string; suggestion: string }>({
    message: ({ name, reason }) => `"${name}" cannot be an application's name: ${reason}.`,
    hint: ({ suggestion }) =>
      "It becomes the name of a Service: up to 63 lower-case letters, digits and dashes, beginning with a letter." +
      (suggestion === "" ? "" : ` For example: ${suggestion}`),
    examples: [{ name: "Users Service", reason: "it has a blank", suggestion: "users-service" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
  "application-name-taken": entry<{ name: string; namespace: string; kind: string }>({
    message: ({ name, namespace, kind }) =>
      `Namespace "${namespace}" has a ${kind} "${name}" that Airfield did not make; it was left as it is.`,
    hint: () =>
      "Choose another name (--app-name) or another namespace (--namespace) for the application.",
    examples: [{ name: "users", namespace: "default", kind: "Deployment" }],
    exitCode: ExitCode.Conflict,
    mayBeMendedBy: "edit-taken-back",
  }),
  "build-tool-missing": entry<{ tool: string; program: string; dir: string }>({
    message: ({ tool, program, dir }) =>
      `${dir} is built with ${tool}, but it has no wrapper and there is no "${program}" on PATH.`,
    hint: ({ tool }) =>
      tool === "Maven"
        ? "Install Maven (for example: sudo apt install maven), or add the wrapper to the project: mvn wrapper:wrapper"
        : "Install Gradle, or add the wrapper to the project: gradle wrapper",
    examples: [
      { tool: "Maven", program: "mvn", dir: "/home/ada/users" },
      { tool: "Gradle", program: "gradle", dir: "/home/ada/users" },
    ],
    exitCode: ExitCode.Environment,
  }),
  "build-tool-silent": entry<{
    command: string;
    dir: string | undefined;
    waited: string;
    lastLine: string | undefined;
  }>({
    message: ({ command, waited, lastLine }) =>
      `"${command}" has not told its version for ${waited}; ${lastLine === undefined ? "it printed nothing" : `it printed last: ${lastLine}`}.`,
    hint: ({ command, dir }) =>
      `Try it by hand${dir === undefined ? "" : ", since a wrapper fetches its Maven when it has none"}: ${dir === undefined ? "" : `cd ${dir} && `}${command}`,
    examples: [
      {
        ...{ command: "./mvnw --version", dir: "/home/ada/users", waited: "10 min" },
        lastLine: "Downloading apache-maven-3.9.9-bin.zip",
      },
      { command: "docker --version", dir: undefined, waited: "60 s", lastLine: undefined },
    ],
    exitCode: ExitCode.Timeout,
  }),
  "wrapper-broken": entry<{ path: string; reason: string }>({
    message: ({ path, reason }) => `${path} cannot run: ${reason}.`,
    hint: ({ path }) =>
      path.endsWith("mvnw")
        ? `Correct it (sed -i 's/\\r$//' ${path}), make it again (mvn wrapper:wrapper), or remove it and use the mvn on PATH.`
        : `Correct it (sed -i 's/\\r$//' ${path}), make it again (gradle wrapper) and keep gradle/wrapper/gradle-wrapper.jar in version control, or remove it and use the gradle on PATH.`,
    examples: [
      { path: "mvnw", reason: "it has Windows line endings" },
      { path: "gradlew", reason: "gradle/wrapper/gradle-wrapper.jar is not there" },
    ],
    exitCode: ExitCode.Usage,
  }),
  "spring-boot-too-old": entry<{ project: string; found: string; least: string }>({
    message: ({ project, found, least }) =>
      `${project} uses Spring Boot ${found}; Airfield supports ${least} and newer.`,
    hint: ({ least }) =>
      `Raise spring-boot-starter-parent (or the plugin's version) to ${least} or newer; Airfield is tested with 3.5 and 4.x.`,
    examples: [{ project: "users", found: "1.5.22", least: "2.3.0" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
  "jdk-too-old": entry<{ project: string; needed: number; found: number | undefined }>({
    message: ({ project, needed, found }) =>
      `${project} needs Java ${needed}, but it is built with ${found === undefined ? "an older one" : `Java ${found}`}.`,
    hint: ({ needed }) =>
      `Install a JDK ${needed} (for example: sudo apt install openjdk-${needed}-jdk-headless) and point JAVA_HOME at it, or lower the project's Java version.`,
    examples: [{ project: "users", needed: 21, found: 17 }],
    exitCode: ExitCode.Environment,
    mayBeMendedBy: "edit-taken-back",
  }),
  "jdk-missing": entry<{ project: string; reason: string }>({
    message: ({ project, reason }) => `${project} cannot be built: ${reason}.`,
    hint: () =>
      "Install a JDK (for example: sudo apt install openjdk-17-jdk-headless), or point JAVA_HOME at one.",
    examples: [{ project: "users", reason: "there is no java on PATH" }],
    exitCode: ExitCode.Environment,
  }),
  "build-failed": entry<{
    project: string;
    command: string;
    dir: string;
    exitCode: number;
    lines: readonly string[];
  }>({
    message: ({ project, exitCode, lines }) =>
      `${project} does not build (exit code ${exitCode}); nothing was changed in the cluster.\n${indent(lines)}`,
    hint: ({ command, dir }) =>
      `To see the whole output, build it by hand: cd ${dir} && ${command}`,
    examples: [
      {
        project: "users",
        command: "./mvnw package",
        dir: "/home/ada/users",
        exitCode: 1,
        lines: ["[ERROR] User.java:[12,8] cannot find symbol"],
      },
    ],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "archive-missing": entry<{ folder: string; packaging: string; tool: string }>({
    message: ({ folder, packaging }) =>
      `The build succeeded, but there is no executable Spring Boot ${packaging} in ${folder}.`,
    hint: ({ tool }) =>
      tool === "Maven"
        ? "Add the spring-boot-maven-plugin (goal repackage) to the module's pom.xml."
        : "Apply the plugin org.springframework.boot in the project's build file.",
    examples: [
      { folder: "target", packaging: "jar", tool: "Maven" },
      { folder: "build/libs", packaging: "jar", tool: "Gradle" },
    ],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "archive-ambiguous": entry<{ folder: string; archives: readonly string[] }>({
    message: ({ folder, archives }) =>
      `There are several executable Spring Boot archives in ${folder}: ${archives.join(", ")}.`,
    hint: ({ folder }) => `Remove those that are not needed: rm -r ${folder}, then run it again.`,
    examples: [{ folder: "target", archives: ["users-1.0.jar", "users-1.1.jar"] }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "archive-damaged": entry<{ archive: string; reason: string }>({
    message: ({ archive, reason }) => `${archive} cannot be used: ${reason}.`,
    hint: ({ archive }) =>
      `Build it again; nothing was changed in the cluster. To check it: unzip -t ${archive}`,
    examples: [{ archive: "target/users-1.0.jar", reason: "it ends in the middle of an entry" }],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "docker-cli-missing": entry<{ image: string }>({
    message: ({ image }) => `Image ${image} cannot be built: there is no "docker" on PATH.`,
    hint: () => "Install Docker's command-line program (for example: sudo apt install docker-cli).",
    examples: [{ image: "users:66847b5d6d3d" }],
    exitCode: ExitCode.Environment,
    mayBeMendedBy: "edit-taken-back",
  }),
  "image-build-failed": entry<{ image: string; dockerfile: string; lines: readonly string[] }>({
    message: ({ dockerfile, lines }) =>
      `${dockerfile} could not be built; nothing was changed in the cluster.\n${indent(lines)}`,
    hint: ({ dockerfile }) =>
      `To see the whole output, build it by hand: docker build -f ${dockerfile} ${dockerfile.replace(/\/[^/]*$/, "")}`,
    examples: [
      {
        image: "users:66847b5d6d3d",
        dockerfile: "/home/ada/users/Dockerfile",
        lines: ["COPY failed: no source files"],
      },
    ],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "image-builder-unusable": entry<{ project: string; builder: string; reason: string }>({
    message: ({ project, builder, reason }) =>
      `The image of ${project} cannot be made with ${builder}: ${reason}.`,
    hint: () => "Leave build.with out of the config, or set it to assemble.",
    examples: [{ project: "users", builder: "jib", reason: "its build does not have the plug-in" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit-taken-back",
  }),
  "builder-image-unavailable": entry<{ project: string; image: string; reason: string }>({
    message: ({ project, image, reason }) =>
      `The image of ${project} could not be made: its builder ${image} cannot be pulled: ${reason}.`,
    hint: ({ image }) =>
      `Try it by hand: docker pull ${image}. Or let Airfield make the image: --build-with assemble.`,
    examples: [
      {
        project: "users",
        image: "paketobuildpacks/builder-jammy-base:latest",
        reason: "no registry answers",
      },
    ],
    exitCode: ExitCode.Environment,
    mayBeMendedBy: "edit-taken-back",
  }),
  "cluster-request-failed": entry<{ what: string; reason: string }>({
    message: ({ what, reason }) => `Could not ${what}:\n${indent(reason.trim().split("\n"))}`,
    hint: () =>
      "Fix what it reports, or look at the cluster (kubectl get all,events), then run the same command again.",
    examples: [
      {
        what: 'change deployment/shop in namespace "dev"',
        reason: 'deployments.apps "shop" not found',
      },
    ],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "context-unreachable": entry<{ context: string; reason: string }>({
    message: ({ context, reason }) =>
      `The cluster of context "${context}" does not answer: ${reason}.`,
    hint: ({ context }) =>
      `Try it by hand: kubectl --context ${context} get nodes. To list the contexts: kubectl config get-contexts`,
    examples: [{ context: "production", reason: "connection refused" }],
    exitCode: ExitCode.Environment,
  }),
  "image-not-pushed": entry<{ image: string; reason: string }>({
    message: ({ image, reason }) => `Image ${image} could not be pushed: ${reason}.`,
    hint: ({ image }) =>
      `Log in if the registry requires it (docker login), and try it by hand: docker push ${image}`,
    examples: [{ image: "registry.example.com/users:1.4", reason: "authentication required" }],
    exitCode: ExitCode.Failure,
  }),
  "kustomization-missing": entry<{ dir: string }>({
    message: ({ dir }) => `${dir} has no kustomization.yaml.`,
    hint: () =>
      "Name the folder that holds it (kustomize in airfield.yaml), or leave the field out.",
    examples: [{ dir: "/home/ada/users/k8s" }],
    exitCode: ExitCode.NotFound,
    mayBeMendedBy: "edit",
  }),
  "kustomization-failed": entry<{ dir: string; reason: string }>({
    message: ({ dir, reason }) =>
      `The kustomization in ${dir} failed; nothing was changed in the cluster.\n${indent(reason.split("\n"))}`,
    hint: () =>
      "Its patches are applied to what `airfield up --dry-run` prints without it; it cannot use files of other folders.",
    examples: [{ dir: "/home/ada/users/k8s", reason: "no matches for Deployment user" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "kustomization-loses-object": entry<{ dir: string; kind: string; name: string }>({
    message: ({ dir, kind, name }) =>
      `The kustomization in ${dir} renames, moves or removes ${kind} "${name}"; nothing was changed in the cluster.`,
    hint: () =>
      "Leave names and namespaces to the config (name, namespace): Airfield finds the application by them.",
    examples: [{ dir: "/home/ada/users/k8s", kind: "Deployment", name: "users" }],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "output-folder-taken": entry<{ dir: string; files: string }>({
    message: ({ dir, files }) => `${dir} already holds files (${files}); nothing was written.`,
    hint: ({ dir }) =>
      `Choose an empty folder, or overwrite files with the same names: --output-dir ${dir} --force`,
    examples: [{ dir: "k8s", files: "base, overlays" }],
    exitCode: ExitCode.Conflict,
  }),
  "application-crashed": entry<PodTrouble & { reason: string }>({
    message: ({ name, pod, reason, events, log, left }) =>
      `${name} crashed in pod ${pod} (${reason}).\n${troubleOf({ events, log })}${left}`,
    hint: ({ name, namespace }) =>
      `Correct the application and run airfield up again. Its pods: kubectl get pods -n ${namespace} -l app.kubernetes.io/name=${name}`,
    examples: [{ ...examplePod, reason: "exit code 1" }],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "application-ended": entry<PodTrouble & { reason: string }>({
    message: ({ name, pod, reason, log, left }) =>
      `${name} ended by itself ${reason}, with exit code 0 (pod ${pod}): a program may do so when its work is done, but a service must keep running.\n${troubleOf({ events: [], log })}${left}`,
    hint: () =>
      "Run a program that ends when its work is done as a job: airfield up --run job, or `run: job` at the application in airfield.yaml. " +
      "A service without a web server keeps running with spring.main.keep-alive=true (Spring Boot 3.2 and newer).",
    examples: [{ ...examplePod, reason: "4 s after its start" }],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "job-failed": entry<PodTrouble & { reason: string }>({
    message: ({ name, pod, reason, events, log, left }) =>
      `${name} has failed (pod ${pod}): ${reason}.\n${troubleOf({ events, log })}${left}`,
    hint: ({ name, namespace }) =>
      `Fix it and run airfield up again, which starts it again. Its whole log: airfield logs ${name} -n ${namespace}`,
    examples: [{ ...examplePod, reason: "exit code 3" }],
    exitCode: ExitCode.Failure,
  }),
  "job-not-ended": entry<PodTrouble & { waited: string; reason: string | undefined }>({
    message: ({ name, pod, waited, reason, events, log, left }) =>
      `${name} has not finished after ${waited} (pod ${pod})${reason === undefined ? "; it keeps running" : `: ${reason}`}.\n${troubleOf({ events, log })}${left}`,
    hint: ({ name, namespace }) =>
      `Follow it: airfield logs ${name} -n ${namespace} -f. The next airfield up continues to wait. To wait longer: --timeout 1h`,
    examples: [{ ...examplePod, waited: "10 min", reason: undefined }],
    exitCode: ExitCode.Timeout,
  }),
  "application-not-started": entry<PodTrouble & { reason: string }>({
    message: ({ name, pod, reason, events, log, left }) =>
      `${name} could not be started in pod ${pod}: ${reason}.\n${troubleOf({ events, log })}${left}`,
    hint: ({ pod, namespace }) => `More details: kubectl describe pod -n ${namespace} ${pod}`,
    examples: [{ ...examplePod, reason: "ImagePullBackOff", log: [] }],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "application-not-scheduled": entry<PodTrouble & { reason: string }>({
    message: ({ name, pod, reason, left }) =>
      `No node can run pod ${pod} of ${name}: ${reason.replace(/\.$/, "")}.\n${left}`,
    hint: () =>
      "Lower its resources.requests or its replicas in the config, take down another application (airfield get urls, airfield down NAME), or create a cluster with more workers.",
    examples: [{ ...examplePod, reason: "0/2 nodes are available: 2 Insufficient memory." }],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "application-unreachable": entry<{
    name: string;
    address: string;
    property: string;
    origin: readonly string[];
    remedy: string;
  }>({
    message: ({ name, address, property, origin }) =>
      `${name} would listen on ${address} only (${property}${origin.length === 0 ? "" : ` in ${origin.join(", imported by ")}`}), where neither probes nor other pods can reach it. Nothing was rolled out.`,
    hint: ({ remedy }) => remedy,
    examples: [
      {
        ...{ name: "users", address: "127.0.0.1", property: "server.address" },
        origin: ["src/main/resources/application.yml:3"],
        remedy:
          'Take server.address out of its configuration. In airfield.yaml, at the application:\n    env:\n      SERVER_ADDRESS: "0.0.0.0"',
      },
    ],
    exitCode: ExitCode.Usage,
    mayBeMendedBy: "edit",
  }),
  "application-probes-fail": entry<PodTrouble & { reason: string; remedy: string }>({
    message: ({ name, pod, reason, events, log, left }) =>
      `${name} runs, but cannot become ready (pod ${pod}): ${reason}.\n${troubleOf({ events, log })}${left}`,
    hint: ({ remedy }) => remedy,
    examples: [
      {
        ...examplePod,
        reason: "it listens on 8047, but the probes ask 8080",
        remedy: "Write it at the application in airfield.yaml: port: 8047",
      },
    ],
    exitCode: ExitCode.Failure,
    mayBeMendedBy: "edit",
  }),
  "application-never-ready": entry<
    PodTrouble & { waited: string; soFar: string | undefined; hasStarted: boolean }
  >({
    message: ({ name, pod, waited, soFar, events, log, left }) =>
      `${name} was not ready after ${waited} (pod ${pod})${soFar === undefined ? "" : `: ${soFar}`}.\n${troubleOf({ events, log })}${left}`,
    hint: ({ hasStarted }) =>
      hasStarted
        ? "Find and fix the health indicator that is down (/actuator/health), or allow more time for a slow application: --timeout 10m"
        : "It has not reported that it started; its log shows how far it got. Allow more time for a slow application: --timeout 10m",
    examples: [
      { ...examplePod, waited: "2 min", soFar: undefined, hasStarted: true },
      { ...examplePod, waited: "2 min", soFar: "it listens on no port", hasStarted: false },
    ],
    exitCode: ExitCode.Timeout,
    mayBeMendedBy: "edit",
  }),
  "application-not-answering": entry<{ name: string; url: string; waited: string }>({
    message: ({ name, url, waited }) =>
      `${name} is ready, but nothing answered at ${url} within ${waited}.`,
    hint: ({ url }) => `Try again: curl -v ${url}. It stays deployed; airfield down removes it.`,
    examples: [{ name: "users", url: "http://127.0.0.1:8080", waited: "30 s" }],
    exitCode: ExitCode.Timeout,
    mayBeMendedBy: "edit",
  }),
} as const;

function troubleOf({ events, log }: Pick<PodTrouble, "events" | "log">): string {
  return [
    ...(events.length > 0 ? ["Events of the pod:", indent(events)] : []),
    ...(log.length > 0 ? ["Its last log lines:", indent(log)] : []),
    "",
  ].join("\n");
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join("\n");
}
