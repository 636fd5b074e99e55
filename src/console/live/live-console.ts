import { label } from "../../nodes/labels.ts";
import type { ClusterApi, ObjectRef } from "../../ports/cluster-api.ts";
import type { ContainerEvent } from "../../ports/container-engine.ts";
import type { Ports } from "../../ports/ports.ts";
import type { ActuatorAnswer, ConsoleEvent } from "../model/events.ts";
import type { RowKind } from "../model/rows.ts";
import { Actuator } from "./actuator.ts";
import { probeAnswers } from "./answers-probe.ts";
import type { EditResult } from "./edit-document.ts";
import { PodLogs, type LogTarget, type LogWishes } from "./logs.ts";
import { tellFigures } from "./node-figures.ts";
import { reasonOf } from "./reason-of.ts";
import { ClusterWatch } from "./watch-cluster.ts";
import { watchClusters } from "./watch-clusters.ts";

/** How often the clocks are compared, and how far time may run ahead before everything is looked at anew. */
const CLOCK = { everyMs: 5_000, jumpMs: 10_000 };
/** For what is put back at the end. */
const END_MS = 2_000;

interface LiveOptions {
  readonly emit: (event: ConsoleEvent) => void;
  /** The API of a cluster of this engine. Nothing is reached before the first call. */
  readonly clusterApi: (cluster: string) => ClusterApi;
}

type LivePorts = Pick<Ports, "engine" | "clock" | "http" | "commands" | "files" | "host">;

interface PodRef {
  readonly name: string;
  readonly namespace: string;
}

/**
 * Everything that the terminal UI learns of the world, told as events. What is asked for stays asked for until it is
 * given up, also while the cluster rests or the engine is away; entering another cluster gives up all of it.
 */
export interface LiveConsole {
  /** Follows the engine from now on. */
  begin(): void;
  /** Undefined: none. Tells `cluster-entered`, then the kinds that are wanted. */
  enterCluster(cluster: string | undefined): void;
  /** The kinds that the views need now. They stay wanted in the next cluster. */
  watchKinds(kinds: readonly RowKind[]): void;
  /** Lists all that is watched anew. */
  renew(): void;
  /** Takes the place of the logs that were open. */
  openLogs(target: LogTarget, wishes?: LogWishes): void;
  closeLogs(): void;
  /** Tells a `document`; one that cannot be read says why. */
  openDocument(
    ref: ObjectRef,
    options: { readonly as: "yaml" | "description"; readonly showsValues?: boolean },
  ): Promise<void>;
  /** Needs the terminal meanwhile. */
  editDocument(ref: ObjectRef, signal: AbortSignal): Promise<EditResult>;
  /** Four questions a second until it is stopped, or another one is started. */
  startProbe(probe: { readonly application: string; readonly url: string }): void;
  stopProbe(): void;
  /** Whether `figures` of the nodes are told, every ten seconds. Stays wanted in the next cluster. */
  watchFigures(isWanted: boolean): void;
  /** Tells an `actuator` event for each endpoint. */
  askActuator(pod: PodRef, endpoints: readonly string[]): Promise<readonly ActuatorAnswer[]>;
  setLoggerLevel(pod: PodRef, logger: string, level: string | null): Promise<ActuatorAnswer>;
  /** Also done when another cluster is entered, and at the end. */
  putBackLoggerLevels(): Promise<void>;
  /** Resolves when nothing is running any more. */
  end(): Promise<void>;
}

export function liveConsole(ports: LivePorts, options: LiveOptions): LiveConsole {
  return new Live(ports, options);
}

/** What belongs to the cluster that was entered. */
interface Entered {
  readonly name: string;
  readonly api: ClusterApi;
  readonly watch: ClusterWatch;
  readonly actuator: Actuator;
  readonly leaving: AbortController;
}

class Live implements LiveConsole {
  readonly #ports: LivePorts;
  readonly #options: LiveOptions;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>[] = [];
  #kinds: readonly RowKind[] = [];
  #entered: Entered | undefined;
  #logs: PodLogs | undefined;
  #probe: AbortController | undefined;
  #wantsFigures = false;
  #figures: AbortController | undefined;

  constructor(ports: LivePorts, options: LiveOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  begin(): void {
    const { engine, clock } = this.#ports;
    const { signal } = this.#ending;
    let wasLost = false;
    const clusters = watchClusters({
      ...{ engine, clock, signal },
      emit: (event) => {
        wasLost ||= event.type === "engine" && event.state === "lost";
        this.#options.emit(event);
      },
      onEvent: (cluster, event) => this.#onContainer(cluster, event),
      onReached: () => {
        if (wasLost) this.renew();
        wasLost = false;
      },
    });
    this.#running.push(clusters, this.#noticeJumps());
  }

  enterCluster(cluster: string | undefined): void {
    this.#leave();
    const { emit } = this.#options;
    emit({ type: "cluster-entered", cluster });
    if (cluster === undefined) return;
    const api = this.#options.clusterApi(cluster);
    const { clock } = this.#ports;
    const leaving = new AbortController();
    // What comes late is of a cluster that nobody looks at any more.
    const tell = (event: ConsoleEvent) => {
      if (!leaving.signal.aborted) emit(event);
    };
    this.#entered = {
      ...{ name: cluster, api, leaving },
      watch: new ClusterWatch({ api, clock, emit: tell }),
      actuator: new Actuator({ api, clock, emit: tell }),
    };
    this.#entered.watch.want(this.#kinds);
    this.watchFigures(this.#wantsFigures);
  }

  watchKinds(kinds: readonly RowKind[]): void {
    this.#kinds = kinds;
    this.#entered?.watch.want(kinds);
  }

  renew(): void {
    this.#entered?.watch.renew();
    this.#logs?.renew();
  }

  openLogs(target: LogTarget, wishes: LogWishes = {}): void {
    this.closeLogs();
    const entered = this.#entered;
    if (entered === undefined) return;
    const { clock } = this.#ports;
    const { emit } = this.#options;
    this.#logs = new PodLogs(target, wishes, { api: entered.api, clock, emit });
    this.#logs.begin();
  }

  closeLogs(): void {
    this.#logs?.end();
    this.#logs = undefined;
  }

  async openDocument(
    ref: ObjectRef,
    {
      as,
      showsValues = false,
    }: { readonly as: "yaml" | "description"; readonly showsValues?: boolean },
  ): Promise<void> {
    const entered = this.#entered;
    if (entered === undefined) return;
    const { signal } = entered.leaving;
    const title = `${ref.kind}/${ref.name}`;
    const lines = await textOf(ref, { api: entered.api, as, showsValues, signal }).catch(
      (error: unknown) => [reasonOf(error)],
    );
    if (!signal.aborted) this.#options.emit({ type: "document", title, lines });
  }

  async editDocument(ref: ObjectRef, signal: AbortSignal): Promise<EditResult> {
    const entered = this.#entered;
    if (entered === undefined) return { state: "gone" };
    const { editDocument } = await import("./edit-document.ts");
    return editDocument(ref, { ...this.#ports, api: entered.api, signal });
  }

  startProbe(probe: { readonly application: string; readonly url: string }): void {
    this.stopProbe();
    const { http, clock } = this.#ports;
    this.#probe = new AbortController();
    const { signal } = this.#probe;
    this.#running.push(probeAnswers(probe, { http, clock, emit: this.#options.emit, signal }));
  }

  stopProbe(): void {
    this.#probe?.abort(new Error("the probe is stopped"));
    this.#probe = undefined;
  }

  watchFigures(isWanted: boolean): void {
    this.#wantsFigures = isWanted;
    if (!isWanted || this.#entered === undefined) return this.#endFigures();
    if (this.#figures !== undefined) return;
    this.#figures = new AbortController();
    const { signal } = this.#figures;
    const { clock } = this.#ports;
    const asking = { api: this.#entered.api, clock, emit: this.#options.emit };
    this.#running.push(tellFigures(asking, signal));
  }

  #endFigures(): void {
    this.#figures?.abort(new Error("figures are not wanted any more"));
    this.#figures = undefined;
  }

  async askActuator(pod: PodRef, endpoints: readonly string[]): Promise<readonly ActuatorAnswer[]> {
    const entered = this.#entered;
    if (entered === undefined) return [];
    const { actuator, leaving } = entered;
    return Promise.all(endpoints.map((endpoint) => actuator.ask(pod, endpoint, leaving.signal)));
  }

  async setLoggerLevel(pod: PodRef, logger: string, level: string | null): Promise<ActuatorAnswer> {
    const entered = this.#entered;
    if (entered === undefined) return { endpoint: `loggers/${logger}`, state: "no-answer" };
    return entered.actuator.setLevel(pod, { logger, level }, entered.leaving.signal);
  }

  async putBackLoggerLevels(): Promise<void> {
    await this.#entered?.actuator.putBackLevels(this.#ports.clock.deadline(END_MS));
  }

  async end(): Promise<void> {
    this.#leave();
    this.#ending.abort(new Error("the terminal UI has ended"));
    await Promise.allSettled(this.#running);
  }

  #leave(): void {
    const left = this.#entered;
    this.closeLogs();
    this.stopProbe();
    this.#endFigures();
    this.#entered = undefined;
    if (left === undefined) return;
    left.watch.end();
    left.leaving.abort(new Error("another cluster is looked at"));
    this.#running.push(left.actuator.putBackLevels(this.#ports.clock.deadline(END_MS)));
  }

  /** Its API server, or a node with pods, is there again, perhaps at another port or with nothing that was there before. */
  #onContainer(cluster: string, { action, labels }: ContainerEvent): void {
    if (cluster !== this.#entered?.name || labels[label.role] === "port") return;
    if (action === "start" || action === "unpause") this.renew();
  }

  /** A machine that has slept, or a program that was held: connections are dead and do not know it. */
  async #noticeJumps(): Promise<void> {
    const { clock } = this.#ports;
    const { signal } = this.#ending;
    let beforeMs = Date.parse(clock.nowIso());
    while (!signal.aborted) {
      await clock.sleep(CLOCK.everyMs, signal).catch(() => undefined);
      const nowMs = Date.parse(clock.nowIso());
      if (Math.abs(nowMs - beforeMs) > CLOCK.jumpMs) this.renew();
      beforeMs = nowMs;
    }
  }
}

async function textOf(
  ref: ObjectRef,
  {
    api,
    as,
    showsValues,
    signal,
  }: {
    readonly api: Pick<ClusterApi, "get" | "events">;
    readonly as: "yaml" | "description";
    readonly showsValues: boolean;
    readonly signal: AbortSignal;
  },
): Promise<readonly string[]> {
  const [object, events, { yamlLines, descriptionLines }] = await Promise.all([
    api.get(ref, { signal }),
    as === "yaml" ? [] : api.events(ref, { signal }),
    import("../facts/document-text.ts"),
  ]);
  if (object === undefined) return ["It is gone."];
  return as === "yaml"
    ? yamlLines(object, { showsValues })
    : descriptionLines(object, events, { showsValues });
}
