import type { ApplicationProperties } from "../project/application-properties.ts";
import type { ApplicationFacts } from "../plan/plan-image.ts";
import waitingScript from "./wait-until-ready.sh";

/** What probes depend on. */
export interface ProbeInputs {
  readonly facts: Pick<ApplicationFacts, "web" | "hasActuator">;
  readonly properties: Pick<ApplicationProperties, "management" | "serverPort">;
  /** For the application's start to be noticed at once; the image has bash. */
  readonly waitsForStart?: boolean;
}

/** Name of the container's port that the application answers on. */
export const HTTP_PORT = "http";
/** Set when the application's own port cannot be known before it runs. */
export const FALLBACK_PORT = 8080;

/**
 * Only after this long is a start given up and the container restarted. Generous and fixed: `up` has its own,
 * shorter deadline (--timeout), which must not be part of the objects, or another one would restart the pods.
 */
const STARTUP_SECONDS = 600;
/** So long waits one probe that waits. */
const WAIT_SECONDS = 20;

/** Whether probes can ask actuator, or only whether the port takes connections. */
export function probeKindOf({ facts, properties }: ProbeInputs): "actuator" | "tcp" | "none" {
  if (facts.web === "none") return "none";
  return facts.hasActuator && properties.management.hasHealthEndpoint ? "actuator" : "tcp";
}

/**
 * Start-up, then readiness and liveness. While the start-up probe has not succeeded the others do not run,
 * so a slow start is never taken for a dead application, and readiness can be looked at often.
 */
export function planProbes(inputs: ProbeInputs): Readonly<Record<string, unknown>> {
  const kind = probeKindOf(inputs);
  if (kind === "none") return {};
  const { management } = inputs.properties;
  const ask = (group: "liveness" | "readiness") => {
    if (kind === "tcp") return { tcpSocket: { port: HTTP_PORT } };
    const { path, isOnServerPort, scheme } = healthGroupAt(management, group);
    return {
      httpGet: {
        path,
        port: isOnServerPort ? HTTP_PORT : "management",
        ...(scheme === "https" ? { scheme: "HTTPS" } : {}),
      },
    };
  };
  const waiting = inputs.waitsForStart === true ? planWaitingProbe(inputs, kind) : undefined;
  return {
    startupProbe: waiting ?? {
      ...ask("liveness"),
      periodSeconds: 1,
      timeoutSeconds: 3,
      failureThreshold: STARTUP_SECONDS,
    },
    readinessProbe: {
      ...ask("readiness"),
      periodSeconds: 2,
      timeoutSeconds: 3,
      failureThreshold: 3,
    },
    livenessProbe: {
      ...ask("liveness"),
      periodSeconds: 10,
      timeoutSeconds: 3,
      failureThreshold: 3,
    },
  };
}

/** Where a health group answers outside of the pod. */
function healthGroupAt(
  { healthPath, port, scheme, onServerPort }: ApplicationProperties["management"],
  group: "liveness" | "readiness",
): { readonly path: string; readonly isOnServerPort: boolean; readonly scheme: "http" | "https" } {
  return onServerPort === undefined
    ? { path: `${healthPath}/${group}`, isOnServerPort: port === undefined, scheme }
    : { path: onServerPort[group], isOnServerPort: true, scheme: onServerPort.scheme };
}

/**
 * The kubelet looks once a second at most, so half a second passes on average between a start and its notice; a program
 * in the container that waits for it ends within a twentieth. It waits for readiness, because the kubelet asks for that
 * once right after the start-up and then two seconds later. Undefined for what bash cannot ask: TLS.
 * https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
function planWaitingProbe(
  { properties: { management, serverPort = FALLBACK_PORT } }: ProbeInputs,
  kind: "actuator" | "tcp",
): Readonly<Record<string, unknown>> | undefined {
  const { path, isOnServerPort, scheme } = healthGroupAt(management, "readiness");
  if (kind === "actuator" && scheme === "https") return undefined;
  const question =
    kind === "tcp"
      ? [String(serverPort), ""]
      : [String(isOnServerPort ? serverPort : (management.port ?? serverPort)), path];
  return {
    exec: { command: ["bash", "-c", waitingScript, "bash", ...question, String(WAIT_SECONDS)] },
    periodSeconds: 1,
    timeoutSeconds: WAIT_SECONDS + 5,
    failureThreshold: STARTUP_SECONDS / WAIT_SECONDS,
  };
}
