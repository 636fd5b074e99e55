import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, KubernetesObject, ProxiedRequest } from "../../ports/cluster-api.ts";
import { sanitised } from "../facts/sanitise.ts";
import type { ActuatorAnswer, ConsoleEvent } from "../model/events.ts";

const TIMEOUT_MS = 2_000;
const BASE_PATH = "/actuator";

const Status = { Ok: 200, Unauthorized: 401, Forbidden: 403, NotFound: 404, Unavailable: 503 };

interface PodRef {
  readonly name: string;
  readonly namespace: string;
}

interface Asking {
  readonly api: Pick<ClusterApi, "get" | "request">;
  readonly clock: Clock;
  readonly emit: (event: ConsoleEvent) => void;
}

/** Where a pod's actuator is. */
interface Place {
  readonly port: number;
  readonly basePath: string;
}

/**
 * Spring Boot's actuator in pods, by way of the API server: of each replica, on a management port too, without a port of
 * this machine. https://docs.spring.io/spring-boot/reference/actuator/endpoints.html
 */
export class Actuator {
  readonly #asking: Asking;
  readonly #places = new Map<string, Promise<Place | undefined>>();
  /** The levels of loggers before they were changed here: of "namespace/pod", then by the logger's name. */
  readonly #levels = new Map<
    string,
    { readonly pod: PodRef; readonly levels: Map<string, string | null> }
  >();

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** Tells what an endpoint answers: "health", "metrics/jvm.memory.used?tag=area:heap", "threaddump" … */
  async ask(pod: PodRef, endpoint: string, signal: AbortSignal): Promise<ActuatorAnswer> {
    const answer = clean(await this.#answerOf(pod, endpoint, signal));
    const { clock, emit } = this.#asking;
    if (!signal.aborted) {
      emit({ type: "actuator", pod: nameOf(pod), answer, atMs: clock.monotonicMs() });
    }
    return answer;
  }

  /**
   * Sets a logger's level until it is put back; null: the one that it inherits. Tells what the application says of the
   * logger then.
   */
  async setLevel(
    pod: PodRef,
    { logger, level }: { readonly logger: string; readonly level: string | null },
    signal: AbortSignal,
  ): Promise<ActuatorAnswer> {
    const endpoint = `loggers/${encodeURIComponent(logger)}`;
    const before = await this.#answerOf(pod, endpoint, signal);
    if (before.state !== "answered") return this.#tell(pod, before, signal);
    const known = this.#levels.get(nameOf(pod)) ?? {
      pod,
      levels: new Map<string, string | null>(),
    };
    const { configuredLevel = null } = (before.body ?? {}) as { configuredLevel?: string | null };
    if (!known.levels.has(logger)) known.levels.set(logger, configuredLevel);
    const changed = await this.#post(pod, { logger, level }, signal);
    if (changed.state !== "answered") return this.#tell(pod, changed, signal);
    this.#levels.set(nameOf(pod), known);
    return this.ask(pod, endpoint, signal);
  }

  /** Loggers whose levels were changed here, and what they were. */
  get changedLevels(): readonly {
    readonly pod: string;
    readonly logger: string;
    readonly before: string | null;
  }[] {
    return [...this.#levels].flatMap(([pod, { levels }]) =>
      [...levels].map(([logger, before]) => ({ pod, logger, before })),
    );
  }

  /** Puts back all levels that were changed here. Pods that are gone have taken theirs along. */
  async putBackLevels(signal: AbortSignal): Promise<void> {
    const all = [...this.#levels.values()];
    this.#levels.clear();
    await Promise.all(
      all.flatMap(({ pod, levels }) =>
        [...levels].map(([logger, level]) => this.#post(pod, { logger, level }, signal)),
      ),
    );
  }

  #tell(pod: PodRef, answer: ActuatorAnswer, signal: AbortSignal): ActuatorAnswer {
    const { clock, emit } = this.#asking;
    const told = clean(answer);
    if (!signal.aborted) {
      emit({ type: "actuator", pod: nameOf(pod), answer: told, atMs: clock.monotonicMs() });
    }
    return told;
  }

  #post(
    pod: PodRef,
    { logger, level }: { readonly logger: string; readonly level: string | null },
    signal: AbortSignal,
  ): Promise<ActuatorAnswer> {
    const body = JSON.stringify({ configuredLevel: level });
    return this.#answerOf(pod, `loggers/${encodeURIComponent(logger)}`, signal, {
      ...{ method: "POST", body },
    });
  }

  async #answerOf(
    pod: PodRef,
    endpoint: string,
    signal: AbortSignal,
    request: Pick<ProxiedRequest, "method" | "body"> = { method: "GET" },
  ): Promise<ActuatorAnswer> {
    const { api, clock } = this.#asking;
    const together = AbortSignal.any([signal, clock.deadline(TIMEOUT_MS)]);
    try {
      const place = await this.#placeOf(pod, together);
      if (place === undefined) return { endpoint, state: "no-answer" };
      const { port, basePath } = place;
      const path = `${basePath}/${endpoint}`;
      const answer = await api.request(
        { ...pod, port },
        { ...request, path },
        { signal: together },
      );
      return answerOf(endpoint, answer);
    } catch {
      // Nobody listens, the pod is gone, the cluster rests, or it took too long: the next question will tell.
      this.#places.delete(nameOf(pod));
      return { endpoint, state: "no-answer" };
    }
  }

  #placeOf(pod: PodRef, signal: AbortSignal): Promise<Place | undefined> {
    const key = nameOf(pod);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const looking = this.#asking.api
      .get({ kind: "Pod", ...pod }, { signal })
      .then((object) => (object === undefined ? undefined : placeOf(object)));
    this.#places.set(key, looking);
    return looking;
  }
}

/** As its probes ask it, else at its port for management, else at its port for HTTP. */
function placeOf({ spec }: KubernetesObject): Place | undefined {
  const container = spec?.containers?.[0];
  const ports = container?.ports ?? [];
  const { httpGet } = (container?.readinessProbe ?? {}) as {
    readonly httpGet?: { readonly path?: string; readonly port?: number | string };
  };
  const portOf = (name: number | string | undefined) =>
    typeof name === "number" ? name : ports.find((port) => port.name === name)?.containerPort;
  const [, probed] = /^(.*)\/health(\/|$)/.exec(httpGet?.path ?? "") ?? [];
  const probedPort = portOf(httpGet?.port);
  if (probed !== undefined && probedPort !== undefined) {
    return { port: probedPort, basePath: probed };
  }
  const port = portOf("management") ?? portOf("http") ?? ports[0]?.containerPort;
  return port === undefined ? undefined : { port, basePath: BASE_PATH };
}

/** What the application says is sanitised; what is said of it here is lines to write, and stays so. */
function clean(answer: ActuatorAnswer): ActuatorAnswer {
  const { remedy } = answer;
  return { ...sanitised(answer), ...(remedy === undefined ? {} : { remedy }) };
}

function answerOf(
  endpoint: string,
  { status, body }: { readonly status: number; readonly body: string },
): ActuatorAnswer {
  const [id = endpoint] = endpoint.split(/[/?]/);
  const parsed = parsedOrUndefined(body);
  if (status === Status.NotFound) {
    return { endpoint, state: "not-exposed", remedy: exposing(id) };
  }
  if (status === Status.Unauthorized || status === Status.Forbidden) {
    return { endpoint, state: "refused", remedy: permitting(id) };
  }
  // A health that is down is an answer: its tree says what has failed.
  const isDown = status === Status.Unavailable && id === "health" && parsed !== undefined;
  if (isDown || (status >= Status.Ok && status < 300)) {
    return { endpoint, state: "answered", ...(parsed === undefined ? {} : { body: parsed }) };
  }
  return { endpoint, state: "no-answer" };
}

function exposing(id: string): string {
  const startup =
    id === "startup"
      ? " The start-up is recorded only where the application sets a BufferingApplicationStartup."
      : "";
  return (
    `In airfield.yaml, at the application:\n    env:\n      MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: "health,${id}"\n` +
    `or for one time: airfield up -e MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE=health,${id}.${startup}`
  );
}

function permitting(id: string): string {
  return (
    "Permit it in the application's security configuration, before the rules of everything else: " +
    `.requestMatchers(EndpointRequest.to("${id}")).permitAll()`
  );
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function nameOf({ namespace, name }: PodRef): string {
  return `${namespace}/${name}`;
}
