import type { Listener } from "./listening-sockets.ts";
import type { Manifest } from "../objects/manifest.ts";

/** What is known of a pod that runs and is not ready. */
export interface UnreadyPod {
  /** The Deployment as it was applied. */
  readonly deployment: Pick<Manifest, "spec">;
  /** Undefined where the node cannot be asked. */
  readonly listeners: readonly Listener[] | undefined;
  /** "Unhealthy: Startup probe failed: HTTP probe failed with statuscode: 401". */
  readonly events: readonly string[];
  readonly log: string;
  /** "10.244.0.5" or "fd00::5". */
  readonly podAddress: string | undefined;
}

/** Why waiting longer is of no use. */
export interface Diagnosis {
  /** "it listens on 8083, and the probes ask 8080" */
  readonly reason: string;
  /** What to write, and where. */
  readonly remedy: string;
}

/** What the probes of a container ask. */
interface Question {
  readonly port: number;
  /** Undefined: only whether it takes connections. */
  readonly path: string | undefined;
  readonly isManagement: boolean;
}

/** Spring Boot's own line; from then on all its servers are up. */
const STARTED = /\bStarted \S+ in \d+([.,]\d+)? seconds\b/;

/** It has started: what it does not listen on now it never will. */
export function hasStarted(log: string): boolean {
  return STARTED.test(log);
}

/** Why the probes of a running pod fail, where that is certain. */
export function diagnoseUnready(pod: UnreadyPod): Diagnosis | undefined {
  const question = questionOf(pod.deployment);
  if (question === undefined) return undefined;
  return diagnosePort(question, pod) ?? diagnoseAnswer(question, pod);
}

function diagnosePort(question: Question, pod: UnreadyPod): Diagnosis | undefined {
  const { port, isManagement } = question;
  const { listeners, log, events } = pod;
  const prefix = isManagement ? "management.server" : "server";
  if (listeners === undefined) {
    if (!hasStarted(log) || !/connection refused/.test(lastProbe(events))) return undefined;
    return {
      reason: `it has started, and does not accept connections on port ${port}, which the probes ask`,
      remedy:
        `${prefix}.port has to say the port that it listens on, and ${prefix}.address must not be 127.0.0.1. ` +
        lines({ [variableOf(`${prefix}.port`)]: "PORT" }),
    };
  }
  const asked = listeners.find((listener) => listener.port === port);
  if (asked?.isLoopback === true) {
    const isIpv6 = pod.podAddress?.includes(":") === true;
    return {
      reason: `it listens on port ${port} of 127.0.0.1 only, where neither probes nor other pods reach it`,
      remedy: remedyOfLoopback(prefix, { isIpv6 }),
    };
  }
  if (asked !== undefined || listeners.length === 0) return undefined;
  const ports = inOrderOfLog(listeners, log).map((listener) => listener.port);
  return {
    reason: `it listens on ${joined(ports)}, and the probes ask ${port}`,
    remedy: `${prefix}.port has to say where it listens. ${lines({ [variableOf(`${prefix}.port`)]: String(ports[0]) })}`,
  };
}

/** What to do about a server that only its own pod reaches. */
export function remedyOfLoopback(
  prefix: "server" | "management.server",
  { isIpv6 }: { readonly isIpv6: boolean },
): string {
  const address = isIpv6 ? "::" : "0.0.0.0";
  return `Take ${prefix}.address out of its configuration. ${lines({ [variableOf(`${prefix}.address`)]: address })}`;
}

function diagnoseAnswer({ port, path }: Question, pod: UnreadyPod): Diagnosis | undefined {
  const probe = lastProbe(pod.events);
  const status = Number(/statuscode: (\d+)/.exec(probe)?.[1]);
  const where = `${path ?? ""} on port ${port}`;
  if (status === 401 || status === 403) {
    return {
      reason: `its health endpoint asks for credentials: ${where} answers ${status}`,
      remedy:
        "Permit it in the application's security configuration, before the rules of everything else: " +
        '.requestMatchers("/actuator/health/**").permitAll(). ' +
        `To have Kubernetes look at the port only: ${lines({ MANAGEMENT_ENDPOINT_HEALTH_ENABLED: "false" })}`,
    };
  }
  if (status === 404) {
    return {
      reason: `it has no health endpoint where the probes ask: ${where} answers 404`,
      remedy:
        "A path that is set in code has to be in its configuration: server.servlet.context-path, spring.webflux.base-path, " +
        "management.endpoints.web.base-path. " +
        `To have Kubernetes look at the port only: ${lines({ MANAGEMENT_ENDPOINT_HEALTH_ENABLED: "false" })}`,
    };
  }
  if (/HTTP response to HTTPS client/.test(probe)) {
    return {
      reason: `it speaks HTTP on port ${port}, and the probes ask by HTTPS`,
      remedy: `Its configuration has server.ssl, and does not use it. ${lines({ SERVER_SSL_ENABLED: "false" })}`,
    };
  }
  return undefined;
}

/** The port named first is the one that its server has told. */
function inOrderOfLog(listeners: readonly Listener[], log: string): readonly Listener[] {
  const told = [
    ...log.matchAll(/\b(?:Tomcat|Netty|Jetty|Undertow)\b.{0,40}? started on ports?\D{0,6}(\d+)/g),
  ].map(([, port]) => Number(port));
  const rank = ({ port, isLoopback }: Listener) => {
    const at = told.indexOf(port);
    return (at === -1 ? told.length : at) + (isLoopback ? 1000 : 0);
  };
  return listeners.toSorted((a, b) => rank(a) - rank(b));
}

interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port?: number | string };
  readonly tcpSocket?: { readonly port?: number | string };
}

/** Objects that a user's kustomization has changed are input. */
interface ProbedContainer {
  readonly ports?: readonly { readonly name?: string; readonly containerPort?: number }[];
  readonly readinessProbe?: Probe | null;
}

function questionOf({ spec }: UnreadyPod["deployment"]): Question | undefined {
  const template = spec?.["template"] as
    { readonly spec?: { readonly containers?: readonly ProbedContainer[] } } | undefined;
  const { ports = [], readinessProbe } = template?.spec?.containers?.[0] ?? {};
  const asked = readinessProbe?.httpGet ?? readinessProbe?.tcpSocket;
  const named = ports.find(({ name }) => name === asked?.port);
  const port = named?.containerPort ?? asked?.port;
  if (typeof port !== "number") return undefined;
  return {
    port,
    path: readinessProbe?.httpGet?.path,
    isManagement: named?.name === "management",
  };
}

function lastProbe(events: readonly string[]): string {
  return events.findLast((event) => /probe failed/i.test(event)) ?? "";
}

/** How Spring Boot names the variable of a property. */
function variableOf(property: string): string {
  return property.replaceAll(".", "_").toUpperCase();
}

function lines(env: Readonly<Record<string, string>>): string {
  const [[name = "", value = ""] = []] = Object.entries(env);
  return (
    `In airfield.yaml, at the application:\n    env:\n      ${name}: "${value}"\n` +
    `or for one time: airfield up -e ${name}=${value}`
  );
}

function joined(ports: readonly number[]): string {
  return ports.length < 2
    ? String(ports[0])
    : `${ports.slice(0, -1).join(", ")} and ${String(ports.at(-1))}`;
}
