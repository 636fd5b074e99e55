import type { RowKind } from "./rows.ts";

/** What a command is about, as the one who carries it out has to name it. */
export interface Target {
  /** A kind of Kubernetes, or "Application", "Cluster", "Container", "ClusterNode" (the container that a node is). */
  readonly kind: string;
  readonly name: string;
  /** "" for kinds that belong to none. */
  readonly namespace: string;
  readonly uid: string;
  /** Undefined: of no cluster, as one that is to be created. */
  readonly cluster?: string;
  /** Of a container: its pod, in `namespace`. */
  readonly pod?: string;
}

/**
 * What the one at the keyboard has asked for, once each: the other direction of `ConsoleEvent`. Who carries it out
 * answers by events; nothing waits.
 */
export type ConsoleRequest =
  /** Leaves the terminal UI. */
  | { readonly type: "quit" }
  /** Ctrl-Z: gives the terminal back to the shell until the job is continued. */
  | { readonly type: "suspend" }
  /** Clears the terminal and draws everything again. */
  | { readonly type: "redraw" }
  /** Lists everything again, whatever the feeds say. */
  | { readonly type: "relist" }
  /** To be answered by the event `document`. */
  | {
      readonly type: "show-document";
      readonly what: "describe" | "yaml";
      readonly of: Target;
      readonly showsSecrets: boolean;
    }
  /** Takes the whole terminal until it ends. */
  | { readonly type: "hand-over"; readonly what: "shell" | "edit"; readonly of: Target }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "open-url"; readonly url: string }
  /** Opens the user's editor at a line of the project's source. */
  | { readonly type: "open-source"; readonly file: string; readonly line: number }
  /** Told by `action-started`, `action-progress` and `action-ended` with this id. */
  | {
      readonly type: "act";
      readonly id: number;
      readonly command: string;
      readonly line: string;
      readonly of: Target;
      readonly argument?: string;
    }
  | { readonly type: "cancel"; readonly id: number }
  | {
      readonly type: "set-log-level";
      readonly of: Target;
      readonly logger: string;
      readonly level: string | null;
    }
  /** All that were changed here are as they were before. */
  | { readonly type: "put-back-log-levels" }
  | { readonly type: "save-recording" };

/** What the screen shows now, and so what has to be told; a function of the state. What is not among it may rest. */
export interface Interests {
  readonly cluster?: string;
  readonly kinds: readonly RowKind[];
  /** Figures of the nodes. */
  readonly figures: boolean;
  readonly logs?: LogInterest;
  readonly actuator?: { readonly pod: Target; readonly endpoints: readonly string[] };
  /** Applications whose URL is asked every 250 ms. */
  readonly probes: readonly { readonly application: string; readonly namespace: string }[];
  /** Something on the screen depends on the time: `tick` once a second. */
  readonly ticks: boolean;
}

export interface LogInterest {
  /** An application (all its pods, also those to come), a workload, a pod or a container. */
  readonly of: Target;
  /** Of the containers before their last restart. */
  readonly previous: boolean;
  /** Left out: the last lines, and everything from then on. */
  readonly sinceSeconds?: number;
}
