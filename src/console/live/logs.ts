import { isToolError } from "../../errors/tool-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, FeedChange, Labels } from "../../ports/cluster-api.ts";
import { LogMerge } from "../facts/merge-log-lines.ts";
import { podRow } from "../facts/pod-row.ts";
import { sanitisedLine } from "../facts/sanitise.ts";
import type { ConsoleEvent, LogStream } from "../model/events.ts";
import type { PodRow } from "../model/rows.ts";
import { LastingFeed } from "./lasting-feed.ts";
import { ContainerLog } from "./container-log.ts";
import { reasonOf } from "./reason-of.ts";

/** kubectl follows 5 and stern 50; each is a connection of its own. */
const MOST_STREAMS = 20;
/** How often lines are handed on: the eye sees no difference, and a storm becomes ten events a second. */
const FLUSH_MS = 100;
const TAIL_LINES = 200;

export interface LogTarget {
  readonly namespace: string;
  /** All pods that have these, also those that come later. */
  readonly labels?: Labels;
  /** This one only. */
  readonly pod?: string;
  /** Left out: all but the init containers. */
  readonly container?: string;
}

export interface LogWishes {
  /** So many of the last lines of each container that runs already; 200 by default. Not where `sinceSeconds` is said. */
  readonly tail?: number;
  readonly sinceSeconds?: number;
  /** Of the containers before their last restart, to their ends. */
  readonly previous?: boolean;
}

interface Reading {
  readonly api: Pick<ClusterApi, "watch" | "logs">;
  readonly clock: Clock;
  readonly emit: (event: ConsoleEvent) => void;
}

/** The logs of some pods as one, over roll-outs, restarts and a cluster that rests, until it is ended. */
export class PodLogs {
  readonly #target: LogTarget;
  readonly #wishes: LogWishes;
  readonly #reading: Reading;
  readonly #feed: LastingFeed;
  readonly #pods = new Map<string, PodRow>();
  readonly #logs = new Map<string, ContainerLog>();
  readonly #leftOut = new Set<string>();
  readonly #merge = new LogMerge();
  readonly #ending = new AbortController();
  #isFlushing = false;
  #hasListed = false;

  constructor(target: LogTarget, wishes: LogWishes, reading: Reading) {
    this.#target = target;
    this.#wishes = wishes;
    this.#reading = reading;
    const { namespace, labels, pod } = target;
    this.#feed = new LastingFeed(
      {
        ...{ kind: "Pod", namespace },
        ...(labels === undefined ? {} : { labels }),
        ...(pod === undefined ? {} : { fields: { "metadata.name": pod } }),
      },
      {
        ...{ api: reading.api, clock: reading.clock },
        onChange: (change) => this.#take(change),
        onFailure: (error) => this.#fail(error),
      },
    );
  }

  begin(): void {
    this.#feed.begin();
  }

  /** The cluster is back. */
  renew(): void {
    this.#feed.renew();
    for (const log of this.#logs.values()) log.renew();
  }

  end(): void {
    this.#ending.abort(new Error("the logs are closed"));
    this.#feed.end();
    for (const log of this.#logs.values()) log.end();
  }

  #take(change: FeedChange): void {
    switch (change.type) {
      case "listed":
        this.#pods.clear();
        for (const object of change.objects) this.#put(podRow(object));
        break;
      case "changed":
        this.#put(podRow(change.object));
        break;
      case "removed":
        this.#pods.delete(change.object.metadata?.uid ?? "");
        break;
      case "interrupted":
      case "resumed":
        return;
    }
    this.#follow();
    this.#hasListed = true;
  }

  #fail(error: unknown): void {
    // Where there is no cluster there are no pods; in one that only rests they are as they were.
    if (isToolError(error, "cluster-not-found")) this.#take({ type: "listed", objects: [] });
    else this.#tellAll("retrying", reasonOf(error));
  }

  #put(pod: PodRow): void {
    this.#pods.set(pod.uid, pod);
  }

  /** Newest pods first: of a roll-out those that come are of interest. */
  #follow(): void {
    const pods = [...this.#pods.values()].toSorted((a, b) =>
      b.createdAt.localeCompare(a.createdAt),
    );
    const wanted = pods.flatMap((pod) =>
      pod.containers
        .filter(({ name, isInit }) =>
          this.#target.container === undefined ? !isInit : name === this.#target.container,
        )
        .map((container) => ({ key: `${pod.uid}/${container.name}`, pod, container })),
    );
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, log] of this.#logs) if (!keys.has(key)) log.podIsGone();
    let open = 0;
    for (const { key, pod, container } of wanted) {
      const log = this.#logs.get(key);
      if (log?.hasEnded === true) log.update(container);
      else if (open === MOST_STREAMS) this.#leaveOut(key, pod, container.name);
      else {
        open += 1;
        if (log === undefined) this.#open(key, { pod, container });
        else log.update(container);
      }
    }
  }

  #open(
    key: string,
    { pod, container }: { readonly pod: PodRow; readonly container: PodRow["containers"][number] },
  ): void {
    const { tail = TAIL_LINES, sinceSeconds, previous = false } = this.#wishes;
    const stream = streamOf(pod, container.name);
    // A pod that comes later is read from its first line on.
    const isOld = !this.#hasListed;
    const limit = sinceSeconds === undefined ? { tail } : { sinceSeconds };
    const log = new ContainerLog(
      { name: pod.name, namespace: pod.namespace, container: container.name },
      {
        ...this.#reading,
        ...{ first: isOld || previous ? limit : {}, previous },
        onLine: (at, text) => this.#addLine(stream, at, text),
        onState: (state, reason) => this.#tellState(stream, state, reason),
        onEnd: () => {
          this.#logs.delete(key);
          this.#follow();
        },
      },
    );
    this.#leftOut.delete(key);
    this.#logs.set(key, log);
    log.begin(container);
  }

  #leaveOut(key: string, pod: PodRow, container: string): void {
    this.#logs.get(key)?.end();
    this.#logs.delete(key);
    if (this.#leftOut.has(key)) return;
    this.#leftOut.add(key);
    const reason = `left out: ${MOST_STREAMS} logs of newer pods are open`;
    this.#tellState(streamOf(pod, container), "waiting", reason);
  }

  #addLine(stream: string, at: string, text: string): void {
    const { clock } = this.#reading;
    this.#merge.add({ stream, at, text: sanitisedLine(text) }, clock.monotonicMs());
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // It ends with the logs, or when there is nothing left to hand on.
    void this.#flush();
  }

  async #flush(): Promise<void> {
    const { clock, emit } = this.#reading;
    const { signal } = this.#ending;
    while (!this.#merge.isEmpty) {
      await clock.sleep(FLUSH_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      const lines = this.#merge.take(clock.monotonicMs(), this.#logs.size === 1);
      if (lines.length > 0) emit({ type: "log", lines });
    }
    this.#isFlushing = false;
  }

  #tellAll(state: LogStream["state"], reason: string): void {
    for (const log of this.#logs.values()) if (!log.hasEnded) log.tell(state, reason);
  }

  #tellState(stream: string, state: LogStream["state"], reason: string | undefined): void {
    if (this.#ending.signal.aborted) return;
    const why = reason === undefined ? {} : { reason: sanitisedLine(reason) };
    this.#reading.emit({ type: "log-stream", stream: { stream, state, ...why } });
  }
}

function streamOf({ namespace, name }: PodRow, container: string): string {
  return `${namespace}/${name}/${container}`;
}
