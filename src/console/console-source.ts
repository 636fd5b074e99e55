import type { ClusterApi, ObjectRef } from "../ports/cluster-api.ts";
import type { Ports } from "../ports/ports.ts";
import { consoleActions } from "./acting/console-actions.ts";
import { handOver } from "./acting/hand-over.ts";
import { liveConsole } from "./live/live-console.ts";
import type { LogTarget } from "./live/logs.ts";
import { reasonOf } from "./live/reason-of.ts";
import type { ClusterRow, ConsoleEvent } from "./model/events.ts";
import type { ConsoleRequest, Interests, LogInterest, Target } from "./model/requests.ts";

/** An application's own figures change all the time; more often is a load for it. */
const ACTUATOR_EVERY_MS = 5_000;

/** Who tells the terminal UI of the world and does what it asks for. */
export interface ConsoleSource {
  /** What is to be told from now on. */
  want(interests: Interests): void;
  /** Carries out what is not the terminal's own; that (leaving, drawing, recording) is left alone. */
  ask(request: ConsoleRequest): void;
  /** Ends everything that was started, and puts back what was changed for the time being. */
  close(): Promise<void>;
}

export interface ConsoleSourceOptions {
  readonly emit: (event: ConsoleEvent) => void;
  /** The API of a cluster of this engine. Nothing is reached before the first call. */
  readonly clusterApi: (cluster: string) => ClusterApi;
  /** Airfield itself, as a command: ["node", "/usr/lib/airfield/dist/main.js"]. */
  readonly airfield: readonly string[];
  /** Gives the terminal to this work until it ends. */
  readonly lend: (work: () => Promise<void>) => Promise<void>;
  readonly writeTerminal: (text: string) => void;
}

type SourcePorts = Pick<
  Ports,
  "engine" | "engineCli" | "clock" | "http" | "commands" | "files" | "host"
>;

/** The world of the terminal UI: the engine's clusters, and of the one that is looked at what is wanted of it. */
export function consoleSource(ports: SourcePorts, options: ConsoleSourceOptions): ConsoleSource {
  return new Source(ports, options);
}

class Source implements ConsoleSource {
  readonly #ports: SourcePorts;
  readonly #options: ConsoleSourceOptions;
  readonly #live: ReturnType<typeof liveConsole>;
  readonly #actions: ReturnType<typeof consoleActions>;
  readonly #hands: ReturnType<typeof handOver>;
  readonly #ending = new AbortController();
  #clusters: readonly ClusterRow[] = [];
  #wanted: Interests = { kinds: [], figures: false, probes: [], ticks: false };
  /** What is done for each interest now, as text; undone when another is wanted. */
  readonly #done = new Map<string, string>();
  #polling = new AbortController();

  constructor(ports: SourcePorts, options: ConsoleSourceOptions) {
    this.#ports = ports;
    this.#options = options;
    const emit = (event: ConsoleEvent) => this.#emit(event);
    this.#live = liveConsole(ports, { ...options, emit });
    this.#actions = consoleActions(ports, { ...options, emit });
    this.#hands = handOver(ports, { ...options, emit, signal: this.#ending.signal });
    this.#live.begin();
  }

  want(interests: Interests): void {
    this.#wanted = interests;
    const { cluster, kinds, figures, logs, actuator } = interests;
    if (this.#isNew("cluster", cluster)) {
      // Entering gives up all that was wanted of the other one.
      for (const name of ["logs", "actuator", "probe"]) this.#done.delete(name);
      this.#polling.abort(new Error("another cluster is looked at"));
      this.#live.enterCluster(cluster);
    }
    this.#live.watchKinds(kinds);
    this.#live.watchFigures(figures);
    if (this.#isNew("logs", logs)) void this.#openLogs(logs);
    if (this.#isNew("actuator", actuator)) void this.#pollActuator(actuator);
    this.#probe();
  }

  ask(request: ConsoleRequest): void {
    switch (request.type) {
      case "relist":
        return this.#live.renew();
      case "show-document": {
        const { of, what, showsSecrets } = request;
        const as = what === "yaml" ? "yaml" : "description";
        return void this.#live.openDocument(refOf(of), { as, showsValues: showsSecrets });
      }
      case "hand-over":
        return void (request.what === "edit"
          ? this.#edit(request.of)
          : this.#hands.openShell(request.of));
      case "copy":
        return void this.#hands.copy(request.text);
      case "open-url":
        return void this.#hands.openUrl(request.url);
      case "act":
        return void this.#actions.start(request);
      case "cancel":
        return this.#actions.cancel(request.id);
      case "set-log-level": {
        const { of, logger, level } = request;
        return void this.#live.setLoggerLevel(podOf(of), logger, level);
      }
      case "put-back-log-levels":
        return void this.#live.putBackLoggerLevels();
      case "quit":
      case "suspend":
      case "redraw":
      case "open-source":
      case "save-recording":
        return;
    }
  }

  async close(): Promise<void> {
    this.#ending.abort(new Error("the terminal UI has ended"));
    this.#polling.abort(this.#ending.signal.reason);
    await Promise.all([this.#actions.end(), this.#live.end()]);
  }

  #emit(event: ConsoleEvent): void {
    this.#options.emit(event);
    if (event.type !== "clusters") return;
    this.#clusters = event.clusters;
    this.#probe();
  }

  #isNew(name: string, wish: unknown): boolean {
    const text = JSON.stringify(wish ?? null);
    if ((this.#done.get(name) ?? "null") === text) return false;
    this.#done.set(name, text);
    return true;
  }

  async #openLogs(interest: LogInterest | undefined): Promise<void> {
    this.#live.closeLogs();
    if (interest === undefined) return;
    const { of, previous, sinceSeconds } = interest;
    const since = sinceSeconds === undefined ? {} : { sinceSeconds };
    const target = await this.#logTargetOf(of).catch((error: unknown) => {
      this.#tell(reasonOf(error), "bad");
    });
    if (target === undefined || this.#wanted.logs !== interest) return;
    this.#live.openLogs(target, { previous, ...since });
  }

  /** Undefined: it has no pods. */
  async #logTargetOf(of: Target): Promise<LogTarget | undefined> {
    const { kind, name, namespace, cluster } = of;
    if (kind === "Container") return { namespace, pod: of.pod ?? "", container: name };
    if (kind === "Pod") return { namespace, pod: name };
    if (kind === "Application") return { namespace, labels: { "app.kubernetes.io/name": name } };
    if (cluster === undefined) return undefined;
    const { signal } = this.#ending;
    const object = await this.#options.clusterApi(cluster).get(refOf(of), { signal });
    const labels = object?.spec?.selector?.matchLabels;
    return labels === undefined ? undefined : { namespace, labels };
  }

  async #pollActuator(interest: Interests["actuator"]): Promise<void> {
    this.#polling.abort(new Error("something else is asked"));
    if (interest === undefined) return;
    this.#polling = new AbortController();
    const { signal } = this.#polling;
    while (!signal.aborted) {
      await this.#live.askActuator(podOf(interest.pod), interest.endpoints);
      await this.#ports.clock.sleep(ACTUATOR_EVERY_MS, signal).catch(() => undefined);
    }
  }

  /** Of the first application that has a URL. */
  #probe(): void {
    const published = this.#clusters.find(({ name }) => name === this.#wanted.cluster)?.published;
    const probe = this.#wanted.probes
      .flatMap(({ application, namespace }) => {
        const found = published?.find(
          (each) => each.service === application && each.namespace === namespace,
        );
        return found === undefined ? [] : [{ application, url: found.url }];
      })
      .at(0);
    if (!this.#isNew("probe", probe)) return;
    if (probe === undefined) this.#live.stopProbe();
    else this.#live.startProbe(probe);
  }

  async #edit(of: Target): Promise<void> {
    const { signal } = this.#ending;
    try {
      await this.#options.lend(async () => {
        const { state } = await this.#live.editDocument(refOf(of), signal);
        if (state === "changed") this.#tell(`${of.kind} ${of.name} is changed`, "good");
        else this.#tell(state === "gone" ? `${of.name} is gone` : "Nothing is changed", "plain");
      });
    } catch (error) {
      if (!signal.aborted) this.#tell(reasonOf(error), "bad");
    }
  }

  #tell(text: string, tone: "plain" | "good" | "bad"): void {
    this.#options.emit({ type: "message", text, tone });
  }
}

/** An application of Airfield's is a Deployment of its name. */
function refOf({ kind, name, namespace }: Target): ObjectRef {
  const of = kind === "Application" ? "Deployment" : kind;
  return { kind: of, name, ...(namespace === "" ? {} : { namespace }) };
}

function podOf({ name, pod, namespace }: Target): {
  readonly name: string;
  readonly namespace: string;
} {
  return { name: pod ?? name, namespace };
}
