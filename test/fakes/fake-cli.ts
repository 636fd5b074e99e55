import type { Cli } from "../../src/cli/cli.ts";
import { runProgram } from "../../src/cli/run-program.ts";
import type { UseCases } from "../../src/use-cases.ts";
import { validateConfig } from "../../src/cluster/validate-config.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { renderConfig, renderStarterConfig } from "../../src/config/render-config.ts";
import type { Ports } from "../../src/ports/ports.ts";
import { fakePorts } from "./fake-ports.ts";

/** What a command line did. */
export interface CliRun {
  readonly stdout: string;
  readonly exitCode: number;
  /** What the command failed with; undefined when it did not. */
  readonly error: unknown;
  /** Formats of the progress displays that were opened. */
  readonly opened: readonly string[];
  /** How many of them were closed again. */
  readonly closed: number;
}

export interface FakeWorld {
  readonly useCases?: Partial<UseCases>;
  readonly ports?: Ports;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** Runs `airfield` with these words in memory. Use cases that the test does not give fail when they are called. */
export async function runCli(words: readonly string[], world: FakeWorld = {}): Promise<CliRun> {
  const run = { stdout: "", exitCode: 0, opened: [] as string[], closed: 0 };
  const cli: Cli = {
    version: "1.2.3",
    env: world.env ?? {},
    homeDirectory: "/home/me",
    workingDirectory: "/home/dev",
    isTerminal: false,
    hasColour: false,
    isAscii: words.includes("--ascii"),
    isInteractive: false,
    platform: "linux",
    columns: 80,
    useCases: useCasesOf(world),
    signal: new AbortController().signal,
    print(text) {
      run.stdout += text;
    },
    readStdin: async () => world.stdin ?? "",
    openStdin: async function* () {
      yield Buffer.from(world.stdin ?? "");
    },
    componentSettings: (policy) => ({
      policy,
      builtTags: {},
      ownCommand: ["airfield"],
      isWarmAllowed: true,
    }),
    environmentReader: "/airfield/environment",
    compileServerFile: "/airfield/CompileServer.java",
    mavenReportFile: "/airfield/MavenReport.java",
    openPorts: async (progress) => {
      run.opened.push(progress);
      const close = async () => {
        run.closed++;
      };
      return { ports: world.ports ?? fakePorts(), close };
    },
    showConsole: () => Promise.reject(new Error("The test has no terminal.")),
    resetTerminal: async () => undefined,
    begin: () => undefined,
    setExitCode(code) {
      run.exitCode = code;
    },
  };
  try {
    await runProgram(cli, words);
    return { ...run, error: undefined };
  } catch (error) {
    return { ...run, error };
  }
}

function useCasesOf({ useCases }: FakeWorld): UseCases {
  const given: Partial<UseCases> = {
    loadConfig: async (source) => loadConfig(source),
    validateConfig,
    renderConfig: async (config) => renderConfig(config),
    renderStarterConfig: async (options) => renderStarterConfig(options),

    ...useCases,
  };
  return new Proxy(given, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      if (found !== undefined) return found;
      return () => Promise.reject(new Error(`The test gives no use case ${String(name)}.`));
    },
  }) as UseCases;
}
