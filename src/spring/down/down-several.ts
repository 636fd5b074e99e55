import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import { dependentsFirst } from "../../config/start-order.ts";
import { removeDependency } from "../dependencies/remove-dependency.ts";
import { down, type DownResult, type DownSurroundings } from "./down.ts";

export interface DownSeveralRequest {
  readonly applications: readonly ApplicationConfig[];
  readonly dependencies: readonly DependencyConfig[];
  /** Remove volumes and credentials of the dependencies, too. */
  readonly data: boolean;
}

/** Takes applications down, those first that others do not depend on; then the dependencies. */
export async function downSeveral(
  { applications, dependencies, data }: DownSeveralRequest,
  { cluster, ports, signal }: DownSurroundings,
): Promise<readonly DownResult[]> {
  const results: DownResult[] = [];
  for (const application of dependentsFirst(applications)) {
    results.push(await down({ application }, { cluster, ports, signal }));
  }
  const { reporter, clock } = ports;
  for (const config of dependencies) {
    const { name, namespace } = config;
    const startedMs = clock.monotonicMs();
    reporter.report({ type: "run-started", title: `Taking down ${name}`, steps: 1 });
    const removed = await removeDependency({ config, data }, { cluster, signal });
    const left = data ? "" : " Its data stays (--data removes it).";
    reporter.report({
      type: "run-finished",
      summary:
        removed.length > 0 ? `${name} is removed.${left}` : `There was no ${name} to remove.`,
      ms: Math.round(clock.monotonicMs() - startedMs),
    });
    results.push({ name, namespace, removed });
  }
  return results;
}
