/**
 * Everything Airfield tells the world while it works. A contract: members are added, never changed.
 * Each event is JSON-safe, so that `--progress json` prints it as it is.
 */
export type ProgressEvent =
  /** A command begins; `title` says what it is about, `steps` how many steps apply. */
  | { readonly type: "run-started"; readonly title: string; readonly steps: number }
  /** Several steps may run at the same time. */
  | { readonly type: "step-started"; readonly stepId: string; readonly title: string }
  /** News from inside a running step. `fraction` is 0 to 1 where known. */
  | {
      readonly type: "step-progress";
      readonly stepId: string;
      readonly detail: string;
      readonly fraction?: number;
    }
  /** A step turned out to have nothing to do; `reason` says why. `done` and `of` as below. */
  | {
      readonly type: "step-skipped";
      readonly stepId: string;
      readonly title: string;
      readonly reason: string;
      readonly done?: number;
      readonly of?: number;
    }
  /** A step is done; `ms` is how long it took, `done` how many of its list's `of` steps have ended by now. */
  | {
      readonly type: "step-finished";
      readonly stepId: string;
      readonly title: string;
      readonly ms: number;
      readonly done?: number;
      readonly of?: number;
    }
  /** A step failed; `code` is that of the error, "cancelled" when it was stopped because of another. */
  | {
      readonly type: "step-failed";
      readonly stepId: string;
      readonly title: string;
      readonly code: string;
      readonly ms: number;
    }
  /**
   * A line that a program on a node, a build tool or an application printed. With `stepId` it is one of many that the
   * program of that step prints: they go to the log file whose path is told when something fails, and a plain reporter
   * leaves them out.
   */
  | {
      readonly type: "output";
      readonly source: string;
      readonly line: string;
      readonly stepId?: string;
    }
  /** Something the user should know; the work goes on. */
  | {
      readonly type: "warning";
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
    }
  /** `dev`: files were saved, relative to the project; they are now brought to the cluster. */
  | { readonly type: "change-detected"; readonly files: readonly string[] }
  /**
   * `dev`: the change is in the cluster and its new version is ready. `with` says how it came there; `phases` are in
   * their order and add up to `ms`, but for moments in between.
   */
  | {
      readonly type: "change-delivered";
      readonly files: readonly string[];
      readonly with: "image" | "live" | "nothing";
      readonly phases: readonly { readonly name: string; readonly ms: number }[];
      readonly ms: number;
    }
  /** `dev`: the change did not work; what ran before goes on where it can. `message` may have several lines. */
  | {
      readonly type: "change-failed";
      readonly files: readonly string[];
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly ms: number;
    }
  /** A line of a pod's log. */
  | { readonly type: "application-log"; readonly pod: string; readonly line: string }
  /** What was begun is being undone after a failure or a cancellation. */
  | { readonly type: "rollback-started"; readonly reason: string }
  /** Nothing of what was begun is left, or a warning has said what is. */
  | { readonly type: "rollback-finished"; readonly ms: number }
  /** The command's work is done; `summary` is one line for people. */
  | { readonly type: "run-finished"; readonly summary: string; readonly ms: number };

/** An event, and which of several runs it belongs to. */
export type NamedEvent = ProgressEvent & {
  /** Application or dependency, when several are brought up together. */
  readonly application?: string;
  /**
   * Id of the step of which this event's run is the work: the creation of a cluster in a step of `up`. Ids joined by
   * slashes, the outermost first, where such a run has one within it.
   */
  readonly within?: string;
};
