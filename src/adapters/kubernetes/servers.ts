import type { Clock } from "../../ports/clock.ts";
import type { ClientTls } from "../../ports/http.ts";
import { RequestFailure } from "./request-failure.ts";

export interface ServerAddress {
  /** "https://127.0.0.1:40001" */
  readonly url: string;
  readonly tls: ClientTls;
}

/** A server that did not answer is left alone for so long at first, then for longer: an engine on another machine publishes no port here. */
const AWAY_MS = { first: 2_000, longest: 60_000 };

/** No API server can be reached from here, so that something else may be tried. Nothing was done. */
export class OutOfReach extends RequestFailure {}

/**
 * The API servers of a cluster, where they are now. They are looked up when none of those that are known takes a request:
 * the published port is another one after a restart of the node.
 */
export class Servers {
  readonly #clock: Clock;
  readonly #find: () => Promise<readonly ServerAddress[]>;
  #servers: Promise<readonly ServerAddress[]> | undefined;
  #awayUntilMs = 0;
  #awayMs = 0;

  /** @param find none: there is no way to them from here; throws `cluster-not-found` and the like */
  constructor(find: () => Promise<readonly ServerAddress[]>, clock: Clock) {
    this.#find = find;
    this.#clock = clock;
  }

  /** What the first server says that takes the request; undefined when none does, also not where they are now. */
  async first<Answer>(
    ask: (server: ServerAddress) => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> {
    if (this.#clock.monotonicMs() < this.#awayUntilMs) throw this.outOfReach();
    const known = this.#servers;
    const before = known === undefined ? [] : await known;
    for (const server of before) {
      const answer = await ask(server);
      if (answer !== undefined) return answer;
    }
    const servers = await this.#lookUp(known);
    for (const server of servers) {
      if (before.includes(server)) continue;
      const answer = await ask(server);
      if (answer === undefined) continue;
      this.#awayMs = 0;
      return answer;
    }
    return undefined;
  }

  /** Several requests that find nobody at the same moment look once. Servers that are the same stay the same objects. */
  async #lookUp(
    known: Promise<readonly ServerAddress[]> | undefined,
  ): Promise<readonly ServerAddress[]> {
    if (this.#servers !== known && this.#servers !== undefined) return this.#servers;
    const looking = (async () => {
      const before = (await known) ?? [];
      const found = await this.#find();
      return found.map((server) => before.find((each) => isSame(each, server)) ?? server);
    })();
    this.#servers = looking;
    // An engine that failed once may answer the next time.
    looking.catch(() => {
      if (this.#servers === looking) this.#servers = undefined;
    });
    return looking;
  }

  outOfReach(): OutOfReach {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#awayUntilMs) {
      this.#awayMs = Math.min(Math.max(this.#awayMs * 2, AWAY_MS.first), AWAY_MS.longest);
      this.#awayUntilMs = nowMs + this.#awayMs;
    }
    return new OutOfReach("no API server of the cluster answers");
  }
}

function isSame(a: ServerAddress, b: ServerAddress): boolean {
  return a.url === b.url && a.tls.ca === b.tls.ca && a.tls.cert === b.tls.cert;
}
