import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { addAbortSignal } from "node:stream";
import { fileURLToPath } from "node:url";
import { chooseCacheFolder } from "./cli/request/cache-folder.ts";
import type { Cli } from "./cli/cli.ts";
import { runProgram } from "./cli/run-program.ts";
import {
  chooseAscii,
  chooseColour,
  chooseColourDepth,
  isJsonProgress,
  type ProgressFormat,
} from "./cli/request/settings.ts";
import type { ComponentSettings } from "./components/component-images.ts";
import { ExitCode } from "./errors/exit-codes.ts";
import { exitCodeOf, renderError } from "./errors/render-error.ts";
import { ToolError } from "./errors/tool-error.ts";
import type { OutputLog } from "./ports/output-log.ts";
import type { Reporter } from "./ports/reporter.ts";
import { asAscii } from "./progress/ascii.ts";
import { useCases } from "./use-cases.ts";

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
    const format = isJsonProgress(words, process.env) ? "json" : "text";
    const text = renderError(error, {
      format,
      hasColour: hasColour(process.stderr),
      ...(exitCode === ExitCode.Cancelled ? {} : { log: running.log?.path }),
    });
    process.stderr.write(format === "text" && isAscii() ? asAscii(text) : text);
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
    isAscii: isAscii(),
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
    showConsole: async (request) => {
      const [{ runConsole }, { SystemTerminal }, { SystemClock }, { commands }] = await Promise.all(
        [
          import("./ui/console/run-console.tsx"),
          import("./adapters/system/system-terminal.ts"),
          import("./adapters/system/system-clock.ts"),
          import("./console/commands/commands.ts"),
        ],
      );
      running.what = "The terminal UI";
      await runConsole({
        ...request,
        terminal: new SystemTerminal(process.stdin, process.stdout),
        clock: new SystemClock(),
        commands,
        depth: chooseColourDepth(env, { hasColour: hasColour(process.stdout) }),
        signal: running.abort.signal,
        // After the first frame: the engine's client alone takes longer to load than that.
        open: async (emit, lend) => {
          const [{ createOutputLog, createPorts }, { consoleSource }, { clusterApiOf }] =
            await Promise.all([
              import("./adapters/create-ports.ts"),
              import("./console/console-source.ts"),
              import("./cluster/cluster-api-of.ts"),
            ]);
          const cacheFolder = chooseCacheFolder(env, homedir());
          running.log = createOutputLog({ cacheFolder });
          const reporter = { report: () => undefined, close: async () => undefined };
          const ports = await createPorts({ reporter, cacheFolder });
          return consoleSource(ports, {
            ...{ emit, lend },
            clusterApi: (name) => clusterApiOf(name, ports),
            airfield: [process.execPath, fileURLToPath(import.meta.url)],
            writeTerminal: (text) => void process.stdout.write(text),
          });
        },
      });
    },
    resetTerminal: async () => {
      const { terminalReset } = await import("./adapters/system/system-terminal.ts");
      process.stdout.write(terminalReset);
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
        isAscii: isAscii(),
      });
    case "plain":
      return (await import("./progress/plain-reporter.ts")).createPlainReporter(write, {
        isAscii: isAscii(),
      });
    case "json":
      return (await import("./progress/json-reporter.ts")).createJsonReporter(write);
    case "quiet":
      return (await import("./progress/quiet-reporter.ts")).createQuietReporter(write);
  }
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

function isAscii(): boolean {
  return chooseAscii(process.argv.slice(2), process.env);
}

await main();
