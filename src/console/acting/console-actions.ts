import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi } from "../../ports/cluster-api.ts";
import type { Commands } from "../../ports/commands.ts";
import type { NamedEvent } from "../../ports/events.ts";
import { sanitised, sanitisedLine } from "../facts/sanitise.ts";
import { reasonOf } from "../live/reason-of.ts";
import type { ConsoleEvent } from "../model/events.ts";
import type { ActRequest } from "./acting.ts";
import { airfieldLine, planAirfield } from "./airfield-line.ts";
import { objectVerbs } from "./object-verbs.ts";
import { runAirfield } from "./run-airfield.ts";

/** What the terminal UI has done for it: each action is told from its start to its end, and can be cancelled meanwhile. */
export interface ConsoleActions {
  /**
   * Tells `action-started`, then `action-progress`, then `action-ended`, and resolves then; never rejects. What goes on
   * with the same command line already is not started a second time: the request is ended with a reason.
   */
  start(request: ActRequest): Promise<void>;
  /** What has ended already is left alone. */
  cancel(id: number): void;
  /** Cancels all; resolves when nothing is running any more. */
  end(): Promise<void>;
}

export interface ActingOptions {
  readonly emit: (event: ConsoleEvent) => void;
  /** The API of a cluster of this engine. */
  readonly clusterApi: (cluster: string) => ClusterApi;
  /** Airfield itself, as a command: ["node", "/usr/lib/airfield/dist/main.js"]. */
  readonly airfield: readonly string[];
}

/**
 * What works on objects asks the cluster's API. What the command line does as a whole is a program of its own, with its
 * own memory: a build that fails badly does not take the terminal UI along.
 */
export function consoleActions(
  ports: { readonly clock: Clock; readonly commands: Commands },
  options: ActingOptions,
): ConsoleActions {
  return new Actions(ports, options);
}

interface Running {
  readonly line: string;
  readonly cancelling: AbortController;
  readonly ended: Promise<void>;
}

class Actions implements ConsoleActions {
  readonly #ports: { readonly clock: Clock; readonly commands: Commands };
  readonly #options: ActingOptions;
  readonly #running = new Map<number, Running>();

  constructor(
    ports: { readonly clock: Clock; readonly commands: Commands },
    options: ActingOptions,
  ) {
    this.#ports = ports;
    this.#options = options;
  }

  start(request: ActRequest): Promise<void> {
    const { id, command } = request;
    const { clock } = this.#ports;
    const line = airfieldLine(request) ?? request.line;
    const isRunning = [...this.#running.values()].some((each) => each.line === line);
    const atMs = clock.monotonicMs();
    this.#options.emit({ type: "action-started", action: { id, command, line }, atMs });
    if (isRunning) {
      this.#tellEnd(id, "it is running already");
      return Promise.resolve();
    }
    const cancelling = new AbortController();
    const ended = this.#carryOut(request, cancelling.signal).then(
      () => this.#tellEnd(id),
      (error: unknown) =>
        this.#tellEnd(id, cancelling.signal.aborted ? "cancelled" : reasonOf(error)),
    );
    this.#running.set(id, { line, cancelling, ended });
    return ended;
  }

  cancel(id: number): void {
    this.#running.get(id)?.cancelling.abort(new Error("cancelled"));
  }

  async end(): Promise<void> {
    for (const id of this.#running.keys()) this.cancel(id);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async #carryOut(request: ActRequest, signal: AbortSignal): Promise<void> {
    const { commands, clock } = this.#ports;
    const { airfield, clusterApi } = this.#options;
    const report = (event: NamedEvent) => this.#report(request.id, event);
    const args = planAirfield(request);
    if (args !== undefined) {
      return runAirfield([...airfield, ...args], { commands, signal, report });
    }
    const verb = objectVerbs[request.command];
    const { cluster } = request.of;
    if (verb === undefined || cluster === undefined) {
      throw new Error(`there is nothing that does "${request.command}" here`);
    }
    await verb(request, { api: clusterApi(cluster), clock, signal, report });
  }

  #report(id: number, event: NamedEvent): void {
    const atMs = this.#ports.clock.monotonicMs();
    this.#options.emit({ type: "action-progress", id, event: sanitised(event), atMs });
  }

  #tellEnd(id: number, error?: string): void {
    this.#running.delete(id);
    this.#options.emit({
      ...{ type: "action-ended", id },
      ...(error === undefined ? {} : { error: sanitisedLine(error) }),
      atMs: this.#ports.clock.monotonicMs(),
    });
  }
}
