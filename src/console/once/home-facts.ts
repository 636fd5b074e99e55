import { applicationsOf } from "../lists/applications.ts";
import { findingsOf } from "../lists/findings.ts";
import { nodeHealth, nodesOf } from "../lists/nodes.ts";
import { rowsOf } from "../state/console-state.ts";
import type { HomeReading } from "./read-home.ts";

/** What the home view shows, as data for programs. Members are added, never changed. */
export interface HomeFacts {
  readonly clusters: readonly {
    readonly name: string;
    readonly state: string;
    readonly nodes: number;
  }[];
  /** The one that everything below is of; left out where several exist and none was named. */
  readonly cluster?: string;
  readonly applications: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly version: string;
    readonly ready: number;
    readonly wanted: number;
    readonly restarts: number;
    readonly url?: string;
  }[];
  /** The worst first. */
  readonly wrong: readonly {
    readonly severity: "bad" | "warn";
    readonly name: string;
    readonly namespace: string;
    readonly reason: string;
  }[];
  readonly nodes: readonly {
    readonly name: string;
    readonly role: string;
    readonly zone?: string;
    readonly status: string;
    readonly pods: number;
  }[];
  /** The newest first. */
  readonly warnings: readonly {
    /** ISO 8601. */
    readonly at: string;
    readonly reason: string;
    readonly object: string;
    readonly namespace: string;
    readonly message: string;
    readonly count: number;
  }[];
  /** What did not come in time, with the reason; empty when all of it is true. */
  readonly missing: readonly string[];
}

export function homeFacts({ state, missing }: HomeReading): HomeFacts {
  const pods = rowsOf(state, "Pod");
  return {
    clusters: (state.clusters ?? []).map(({ name, state: now, nodes }) => ({
      ...{ name, state: now, nodes: nodes.length },
    })),
    ...(state.cluster === undefined ? {} : { cluster: state.cluster }),
    applications: applicationsOf(state).map(
      ({ name, namespace, version, ready, wanted, restarts, url }) => ({
        ...{ name, namespace, version, ready, wanted, restarts },
        ...(url === undefined ? {} : { url }),
      }),
    ),
    wrong: findingsOf(state).map(({ severity, name, namespace, text }) => ({
      ...{ severity, name, namespace, reason: text },
    })),
    nodes: nodesOf(state).map((node) => ({
      ...{ name: node.name, role: node.role },
      ...(node.row?.zone === undefined ? {} : { zone: node.row.zone }),
      status: nodeHealth(node).text,
      pods: pods.filter((pod) => pod.node === node.name).length,
    })),
    warnings: rowsOf(state, "Event")
      .filter(({ type }) => type === "Warning")
      .toSorted((a, b) => b.lastAt.localeCompare(a.lastAt))
      .map(({ lastAt, reason, about, namespace, message, count }) => ({
        ...{ at: lastAt, reason, object: `${about.kind}/${about.name}`, namespace },
        ...{ message, count },
      })),
    missing,
  };
}
