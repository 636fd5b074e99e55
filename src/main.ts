import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { addAbortSignal } from "node:stream";
import { fileURLToPath } from "node:url";
import { chooseCacheFolder } from "./cli/cache-folder.ts";
import type { Cli } from "./cli/cli.ts";
import { runProgram } from "./cli/run-program.ts";
import { chooseColour, isJsonProgress, type ProgressFormat } from "./cli/settings.ts";
import type { UseCases } from "./cli/use-cases.ts";
import type { ClusterContext } from "./cluster/context-cluster.ts";
import type { CreateClusterRequest } from "./cluster/create-cluster.ts";
import type { ComponentSettings } from "./components/component-images.ts";
import { ExitCode } from "./errors/exit-codes.ts";
import { exitCodeOf, renderError } from "./errors/render-error.ts";
import { ToolError } from "./errors/tool-error.ts";
import type { OutputLog } from "./ports/output-log.ts";
import type { Ports } from "./ports/ports.ts";
import type { Reporter } from "./ports/reporter.ts";
import type { SpringCluster } from "./spring/cluster-access.ts";

/** How a command was told to end, and what it was about. */
interface Running {
  readonly abort: AbortController;
  what: string;
  cluster?: string;
  signal?: NodeJS.Signals;
  /** What programs have printed. */
  log?: OutputLog;
}

async function main(): Promise<void> {
  const output = watchOutput();
  const words = process.argv.slice(2);
  const running: Running = { abort: new AbortController(), what: "The command" };
  cancelOnSignals(running);
  let exitCode: number = ExitCode.Ok;
  try {
    await runProgram(
      createCli(running, (code) => {
        exitCode = code;
      }),
      words,
    );
  } catch (thrown) {
    // Whatever a cancelled call fails with, the cancellation is what happened.
    const isAbort =
      running.signal !== undefined && thrown instanceof Error && thrown.name === "AbortError";
    const error: unknown = isAbort ? running.abort.signal.reason : thrown;
    exitCode = exitCodeOf(error);
    process.stderr.write(
      renderError(error, {
        format: isJsonProgress(words, process.env) ? "json" : "text",
        hasColour: hasColour(process.stderr),
        ...(exitCode === ExitCode.Cancelled ? {} : { log: running.log?.path }),
      }),
    );
  }
  await output.flushed();
  if (output.failure !== undefined && exitCode === ExitCode.Ok) {
    process.stderr.write(`airfield: the result could not be written: ${output.failure.message}\n`);
    exitCode = ExitCode.Failure;
  }
  // Kept-alive connections to the engine would hold the process for seconds; writes are done by now.
  const wasTerminated = running.signal !== undefined && running.signal !== "SIGINT";
  process.exit(exitCode === ExitCode.Cancelled && wasTerminated ? ExitCode.Terminated : exitCode);
}

function createCli(running: Running, setExitCode: (code: number) => void): Cli {
  const { env } = process;
  return {
    version: __AIRFIELD_VERSION__,
    env,
    homeDirectory: homedir(),
    workingDirectory: workingDirectory(),
    isTerminal: process.stderr.isTTY ?? false,
    hasColour: hasColour(process.stdout),
    isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    platform: process.platform,
    // Longer lines are hard to read, however wide the window is.
    columns: Math.min(process.stdout.columns || 80, 120),
    useCases,
    signal: running.abort.signal,
    print: (text) => void process.stdout.write(text),
    readStdin,
    openStdin: () => addAbortSignal(running.abort.signal, process.stdin),
    componentSettings: (policy): ComponentSettings => {
      const imagesFolder = findImagesFolder();
      return {
        policy,
        builtTags: __COMPONENT_TAGS__,
        ownCommand: [process.execPath, fileURLToPath(import.meta.url)],
        isWarmAllowed: !["0", "false", "no"].includes(env["AIRFIELD_WARM"] ?? ""),
        ...(imagesFolder === undefined ? {} : { imagesFolder }),
      };
    },
    environmentReader: fileURLToPath(new URL("./environment", import.meta.url)),
    compileServerFile: fileURLToPath(new URL("./CompileServer.java", import.meta.url)),
    mavenReportFile: fileURLToPath(new URL("./MavenReport.java", import.meta.url)),
    openPorts: async (progress) => {
      const [{ createOutputLog, createPorts }, { keepOutput }, shown] = await Promise.all([
        import("./adapters/create-ports.ts"),
        import("./progress/keep-output.ts"),
        createReporter(progress),
      ]);
      const cacheFolder = chooseCacheFolder(env, homedir());
      running.log = createOutputLog({ cacheFolder });
      const ports = await createPorts({ reporter: keepOutput(shown, running.log), cacheFolder });
      return { ports, close: () => ports.reporter.close() };
    },
    begin(what, cluster) {
      running.what = what;
      if (cluster !== undefined) running.cluster = cluster;
    },
    setExitCode,
  };
}

async function createReporter(progress: ProgressFormat): Promise<Reporter> {
  const write = (text: string) => void process.stderr.write(text);
  switch (progress) {
    case "live":
      return (await import("./ui/ink-reporter.tsx")).createInkReporter(process.stderr, {
        hasColour: hasColour(process.stderr),
      });
    case "plain":
      return (await import("./progress/plain-reporter.ts")).createPlainReporter(write);
    case "json":
      return (await import("./progress/json-reporter.ts")).createJsonReporter(write);
    case "quiet":
      return (await import("./progress/quiet-reporter.ts")).createQuietReporter(write);
  }
}

const useCases: UseCases = {
  loadConfig: async (source) => (await import("./config/load-config.ts")).loadConfig(source),
  validateConfig: async (...args) =>
    (await import("./cluster/validate-config.ts")).validateConfig(...args),
  renderConfig: async (config) => (await import("./config/render-config.ts")).renderConfig(config),
  renderStarterConfig: async (options) =>
    (await import("./config/render-config.ts")).renderStarterConfig(options),
  createCluster: async (...args) =>
    (await import("./cluster/create-cluster.ts")).createCluster(...args),
  planCreation: async (...args) =>
    (await import("./cluster/create-cluster.ts")).planCreation(...args),
  deleteCluster: async (request, ports) =>
    (await import("./cluster/delete-cluster.ts")).deleteCluster(request, ports),
  deleteClusters: async (request, ports) =>
    (await import("./cluster/delete-cluster.ts")).deleteClusters(request, ports),
  listClusters: async (...args) =>
    (await import("./cluster/list-clusters.ts")).listClusters(...args),
  listNodes: async (...args) => (await import("./nodes/list-nodes.ts")).listNodes(...args),
  getKubeconfig: async (...args) =>
    (await import("./cluster/get-kubeconfig.ts")).getKubeconfig(...args),
  runInCluster: async (...args) =>
    (await import("./cluster/run-in-cluster.ts")).runInCluster(...args),
  buildImage: async (...args) => (await import("./images/build-image.ts")).buildImage(...args),
  listImagesOnNodes: async (...args) =>
    (await import("./images/list-node-images.ts")).listImagesOnNodes(...args),
  pruneImages: async (...args) => (await import("./images/prune-images.ts")).pruneImages(...args),
  pruneEngineImages: async (...args) =>
    (await import("./components/prune-engine-images.ts")).pruneEngineImages(...args),
  loadArchives: async (...args) => (await import("./images/load-archive.ts")).loadArchives(...args),
  updateCluster: async (...args) =>
    (await import("./cluster/update-cluster.ts")).updateCluster(...args),
  createRegistry: async (...args) =>
    (await import("./registry/create-registry.ts")).createRegistry(...args),
  deleteRegistry: async (...args) =>
    (await import("./registry/delete-registry.ts")).deleteRegistry(...args),
  listRegistries: async (...args) =>
    (await import("./registry/list-registries.ts")).listRegistries(...args),
  pruneRegistries: async (...args) =>
    (await import("./registry/prune-registry.ts")).pruneRegistries(...args),
  loadAgain: async (...args) => (await import("./images/load-again.ts")).loadAgain(...args),
  loadImages: async (...args) => (await import("./images/load-images.ts")).loadImages(...args),
  listModules: async (dir, { files }) =>
    (await import("./spring/detect-project.ts")).listModules(dir, files),
  up: async ({ request, ...where }, ports, signal) => {
    const { upSeveral } = await import("./spring/up-several.ts");
    const cluster = await clusterOf(where, ports, signal);
    return upSeveral(request, { cluster, ports, signal });
  },
  previewUp: async ({ request, ...where }, ports, signal) => {
    const { previewSeveral } = await import("./spring/handover/preview-several.ts");
    const cluster = await clusterOf(where, ports, signal);
    return previewSeveral(request, { cluster, ports, signal });
  },
  exportApplication: async ({ request, ...where }, ports, signal) => {
    const { exportApplication } = await import("./spring/handover/export-application.ts");
    const cluster = await clusterOf(where, ports, signal);
    return exportApplication(request, { cluster, ports, signal });
  },
  down: async ({ request, ...where }, ports, signal) => {
    const { downSeveral } = await import("./spring/down-several.ts");
    const cluster = await clusterOf(where, ports, signal);
    return downSeveral(request, { cluster, ports, signal });
  },
  dev: async ({ create, request }, ports, signal) => {
    const [{ dev }, { applicationCluster }] = await Promise.all([
      import("./spring/dev/dev.ts"),
      import("./cluster/application-cluster.ts"),
    ]);
    const cluster = applicationCluster(create, ports, signal);
    return dev(request, { cluster, ports, signal });
  },
  showLogs: async ({ create, request, onLine }, ports, signal) => {
    const [{ showLogs }, cluster] = await Promise.all([
      import("./spring/applications/show-logs.ts"),
      clusterOf({ create }, ports, signal),
    ]);
    return showLogs(request, onLine, { cluster, ports, signal });
  },
  listUrls: async ({ create }, ports, signal) => {
    const [{ listUrls }, cluster] = await Promise.all([
      import("./spring/applications/list-urls.ts"),
      clusterOf({ create }, ports, signal),
    ]);
    return listUrls(cluster, signal);
  },
  openApplication: async ({ create, request }, ports, signal) => {
    const [{ openApplication }, cluster] = await Promise.all([
      import("./spring/applications/open-application.ts"),
      clusterOf({ create }, ports, signal),
    ]);
    return openApplication(request, { cluster, ports, signal });
  },
  execInApplication: async ({ create, request }, ports, signal) => {
    const [{ execInApplication }, cluster] = await Promise.all([
      import("./spring/applications/exec-in-application.ts"),
      clusterOf({ create }, ports, signal),
    ]);
    return execInApplication(request, { cluster, signal });
  },
  debugApplication: async ({ create, request }, ports, signal) => {
    const [{ debugApplication }, cluster] = await Promise.all([
      import("./spring/applications/debug-application.ts"),
      clusterOf({ create }, ports, signal),
    ]);
    return debugApplication(request, { cluster, ports, signal });
  },
  stopDebugging: async ({ create, request }, ports, signal) => {
    const [{ stopDebugging }, cluster] = await Promise.all([
      import("./spring/applications/debug-application.ts"),
      clusterOf({ create }, ports, signal),
    ]);
    return stopDebugging(cluster, { ...request, signal });
  },
  prepareComponents: async (...args) =>
    (await import("./components/prepare.ts")).prepareComponents(...args),
  examineHost: async (ports) => (await import("./doctor/examine-host.ts")).examineHost(ports),
};

/** A cluster as the commands on applications see it. */
async function clusterOf(
  {
    create,
    target,
  }: { readonly create: CreateClusterRequest; readonly target?: ClusterContext | undefined },
  ports: Ports,
  signal: AbortSignal,
): Promise<SpringCluster> {
  if (target !== undefined) {
    const { contextCluster } = await import("./cluster/context-cluster.ts");
    return contextCluster(target, create.components, ports);
  }
  const { applicationCluster } = await import("./cluster/application-cluster.ts");
  return applicationCluster(create, ports, signal);
}

/** The first signal cancels; a second Ctrl-C does not wait for what the cancellation undoes. */
function cancelOnSignals(running: Running): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (running.signal !== undefined) {
        if (signal !== "SIGINT") return;
        process.stderr.write(
          running.cluster === undefined
            ? "\nStopped at once.\n"
            : `\nStopped at once. Remove what is left with: airfield delete cluster ${running.cluster}\n`,
        );
        process.exit(ExitCode.Cancelled);
      }
      running.signal = signal;
      running.abort.abort(new ToolError("cancelled", { what: running.what }));
    });
  }
}

/** A reader that went away (`| head`) or a terminal that was closed must not end the work half-way. */
function watchOutput(): { readonly failure: Error | undefined; flushed(): Promise<unknown> } {
  let failure: Error | undefined;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") failure = error;
  });
  return {
    get failure() {
      return failure;
    },
    flushed: () => new Promise((resolve) => process.stdout.write("", resolve)),
  };
}

async function readStdin(): Promise<string> {
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}

/** Shells keep the name of a folder that was deleted under them; Node does not. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return process.env["PWD"] ?? "/";
  }
}

/** A checkout and the npm package both have images/ beside dist/. */
function findImagesFolder(): string | undefined {
  const folder = fileURLToPath(new URL("../images", import.meta.url));
  return existsSync(`${folder}/build`) ? folder : undefined;
}

function hasColour(stream: NodeJS.WriteStream): boolean {
  return chooseColour({ env: process.env, isTerminal: stream.isTTY });
}

await main();
