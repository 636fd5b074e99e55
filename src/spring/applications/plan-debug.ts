import { debugServiceOf, type DeploymentName, type PodTemplate } from "../rollout/special-mode.ts";
import type { Manifest } from "../objects/manifest.ts";
import { MANAGED_BY, selectorOf } from "../objects/plan-manifests.ts";

/** What IDEs suggest, and where nothing else listens. */
export const DEBUG_PORT = 5005;
/** The pod that is debugged, and not the one it takes the place of. */
export const DEBUG_LABEL = { "airfield.dev/debug": "true" } as const;
/** Probes may fail for a working day. */
const FAILURES = 10_000;

/**
 * The pod with a debugger's port. A breakpoint stops the threads that answer probes, too, so none of them may fail: the
 * kubelet would kill the pod (liveness, start-up), or the Service would lose it (readiness).
 */
export function planDebugTemplate(
  template: PodTemplate,
  { suspend }: { readonly suspend: boolean },
): PodTemplate {
  const [container, ...others] = template.spec.containers;
  const { livenessProbe: _, ...rest } = container;
  const agent = `-agentlib:jdwp=transport=dt_socket,server=y,suspend=${suspend ? "y" : "n"},address=*:${DEBUG_PORT}`;
  const env = container.env ?? [];
  const given = env.find(({ name }) => name === "JAVA_TOOL_OPTIONS")?.value;
  const patient = (probe: unknown) =>
    probe === undefined ? {} : { ...(probe as object), failureThreshold: FAILURES };
  const { startupProbe, readinessProbe } = container;
  return {
    ...template,
    metadata: {
      ...template.metadata,
      labels: { ...template.metadata?.labels, ...DEBUG_LABEL },
    },
    spec: {
      ...template.spec,
      containers: [
        {
          ...rest,
          env: [
            ...env.filter(({ name }) => name !== "JAVA_TOOL_OPTIONS"),
            { name: "JAVA_TOOL_OPTIONS", value: given === undefined ? agent : `${given} ${agent}` },
          ],
          ports: [...(container.ports ?? []), { name: "debug", containerPort: DEBUG_PORT }],
          ...(startupProbe === undefined ? {} : { startupProbe: patient(startupProbe) }),
          ...(readinessProbe === undefined ? {} : { readinessProbe: patient(readinessProbe) }),
        },
        ...others,
      ],
    },
  };
}

export function planDebugService({ name, namespace }: DeploymentName): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: debugServiceOf(name),
      namespace,
      labels: { ...selectorOf(name), ...MANAGED_BY },
    },
    spec: {
      type: "NodePort",
      selector: { ...selectorOf(name), ...DEBUG_LABEL },
      // A JVM that waits for its debugger is not ready.
      publishNotReadyAddresses: true,
      ports: [{ name: "debug", port: DEBUG_PORT, targetPort: "debug", protocol: "TCP" }],
    },
  };
}
