import type { ComponentSettings, ImagePolicy } from "../components/component-images.ts";
import type { Ports } from "../ports/ports.ts";
import type { Environment, ProgressFormat } from "./request/settings.ts";
import type { UseCases } from "../use-cases.ts";

/** The world as the commands may see it; main.ts makes the real one, tests make their own. */
export interface Cli {
  readonly version: string;
  readonly env: Environment;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
  /** Progress goes to stderr: this says whether a person looks at it. */
  readonly isTerminal: boolean;
  /** Colours may be written to stdout. */
  readonly hasColour: boolean;
  /** Only ASCII may be drawn. */
  readonly isAscii: boolean;
  /** stdin and stdout are a terminal: a program may be given it. */
  readonly isInteractive: boolean;
  /** As Node says it: "linux", "darwin". */
  readonly platform: string;
  /** Width that help is wrapped to. */
  readonly columns: number;
  readonly useCases: UseCases;
  /** Aborts on Ctrl-C and SIGTERM, with the ToolError `cancelled`. */
  readonly signal: AbortSignal;
  /** Writes to stdout: results only. */
  print(text: string): void;
  readStdin(): Promise<string>;
  /** Stdin as bytes; it fails when the command is cancelled. */
  openStdin(): AsyncIterable<Uint8Array>;
  /** Where Airfield's own images come from and which ones this build belongs to. */
  componentSettings(policy: ImagePolicy): ComponentSettings;
  /** Where CompileServer.java lies. */
  /** Folder of EnvironmentReader.java, with what it is compiled with. */
  readonly environmentReader: string;
  readonly compileServerFile: string;
  /** Where MavenReport.java lies. */
  readonly mavenReportFile: string;
  /** Makes the ports. `close` ends the progress display; the terminal is the caller's again. */
  openPorts(progress: ProgressFormat): Promise<{ readonly ports: Ports; close(): Promise<void> }>;
  /** The terminal UI, until one leaves it. */
  showConsole(request: {
    readonly cluster: string | undefined;
    readonly isAscii: boolean;
  }): Promise<void>;
  /** Makes a terminal whole again in which the terminal UI was killed. */
  resetTerminal(): Promise<void>;
  /**
   * Says what is being done, for the message of a cancellation, and which cluster a second Ctrl-C
   * would leave half-made.
   */
  begin(what: string, cluster?: string): void;
  /** The code this command ends with when nothing fails; 0 unless set. */
  setExitCode(code: number): void;
}
