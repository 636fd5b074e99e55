import type { NamedEvent } from "../../ports/events.ts";
import type { Key } from "./key.ts";
import type { Row, RowKind } from "./rows.ts";

/**
 * Everything that the terminal UI learns, as plain data: one type in, one state, frames out. A recording is a list of
 * these with their times, and a replay folds them again. No value of a Secret or an environment variable is ever in one.
 */
export type ConsoleEvent =
  /** The clusters that the engine has, all of them, told again whenever one changes. */
  | { readonly type: "clusters"; readonly clusters: readonly ClusterRow[] }
  | { readonly type: "engine"; readonly state: "reached" | "lost"; readonly reason?: string }
  /** From now on rows are of this cluster; those of another are dropped. */
  | { readonly type: "cluster-entered"; readonly cluster: string | undefined }
  | {
      readonly type: "feed";
      readonly kind: RowKind;
      readonly state: "connecting" | "live" | "interrupted" | "refused";
      readonly reason?: string;
      readonly atMs: number;
    }
  /** All rows of a kind; those not among them are gone. */
  | {
      readonly type: "rows";
      readonly kind: RowKind;
      readonly rows: readonly Row[];
      readonly atMs: number;
    }
  | { readonly type: "row"; readonly row: Row; readonly atMs: number }
  | {
      readonly type: "row-gone";
      readonly kind: RowKind;
      readonly uid: string;
      readonly atMs: number;
    }
  | { readonly type: "figures"; readonly figures: NodeFigures; readonly atMs: number }
  | { readonly type: "log"; readonly lines: readonly LogLine[] }
  | { readonly type: "log-stream"; readonly stream: LogStream }
  /** One question to an application's URL; without `ms` it was not answered. */
  | {
      readonly type: "answer";
      readonly application: string;
      readonly ms?: number;
      readonly status?: number;
      readonly atMs: number;
    }
  | {
      readonly type: "actuator";
      readonly pod: string;
      readonly answer: ActuatorAnswer;
      readonly atMs: number;
    }
  /** What became of something that was asked for, in one line. */
  | {
      readonly type: "message";
      readonly text: string;
      readonly tone: "plain" | "good" | "bad";
    }
  /** A text that was asked for: YAML, description. */
  | { readonly type: "document"; readonly title: string; readonly lines: readonly string[] }
  | { readonly type: "action-started"; readonly action: StartedAction; readonly atMs: number }
  /** What a use case or a child reports meanwhile. */
  | {
      readonly type: "action-progress";
      readonly id: number;
      readonly event: NamedEvent;
      readonly atMs: number;
    }
  | {
      readonly type: "action-ended";
      readonly id: number;
      readonly error?: string;
      readonly atMs: number;
    }
  | { readonly type: "key"; readonly key: Key; readonly atMs: number }
  | { readonly type: "resize"; readonly columns: number; readonly rows: number }
  /** Time passes; sent only while something on the screen depends on it. */
  | { readonly type: "tick"; readonly atMs: number };

export interface ClusterRow {
  readonly name: string;
  readonly state: "running" | "paused" | "stopped" | "partly";
  readonly nodes: readonly {
    readonly name: string;
    readonly role: "control-plane" | "worker" | "load-balancer";
    readonly state: string;
  }[];
  readonly version?: string;
  readonly image?: string;
  readonly createdAt?: string;
  /** Services that are reached by a port of this machine. */
  readonly published?: readonly {
    readonly namespace: string;
    readonly service: string;
    /** "http://127.0.0.1:8080" */
    readonly url: string;
  }[];
}

export interface NodeFigures {
  readonly node: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly pods: readonly {
    readonly uid: string;
    readonly cpuCores: number;
    readonly memoryBytes: number;
  }[];
}

export interface LogLine {
  /** "namespace/pod/container" */
  readonly stream: string;
  /** ISO 8601, by the container runtime's clock. */
  readonly at: string;
  /** Sanitised: no control bytes. */
  readonly text: string;
  /** So many lines before this one could not be kept. */
  readonly skipped?: number;
}

export interface LogStream {
  readonly stream: string;
  readonly state: "waiting" | "attached" | "ended" | "retrying";
  readonly reason?: string;
}

export interface ActuatorAnswer {
  /** "health", "loggers", "metrics/jvm.memory.used" … */
  readonly endpoint: string;
  readonly state: "answered" | "not-exposed" | "refused" | "no-answer";
  /** The JSON of the answer; values of properties as the application masks them. */
  readonly body?: unknown;
  /** What to write to have it, where it is not exposed. */
  readonly remedy?: string;
}

export interface StartedAction {
  readonly id: number;
  /** Of the table of commands. */
  readonly command: string;
  /** What a user would type for it: "airfield down orders". */
  readonly line: string;
}
