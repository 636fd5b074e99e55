import type { FreePorts } from "../../src/ports/free-ports.ts";

const FIRST_PORT = 40_000;

/** All ports are free but those named; others are given out from 40000 on. */
export class FakeFreePorts implements FreePorts {
  readonly taken: Set<number>;
  readonly #given = new Set<number>();
  #next = FIRST_PORT;

  constructor(taken: readonly number[] = []) {
    this.taken = new Set(taken);
  }

  isFree(port: number): Promise<boolean> {
    return Promise.resolve(!this.taken.has(port));
  }

  reserve(port: number): void {
    this.#given.add(port);
  }

  pick({ preferred = [] }: { readonly preferred?: readonly number[] } = {}): Promise<number> {
    const isUsable = (port: number) => !this.taken.has(port) && !this.#given.has(port);
    let port = preferred.find(isUsable);
    while (port === undefined) {
      if (isUsable(this.#next)) port = this.#next;
      this.#next++;
    }
    this.#given.add(port);
    return Promise.resolve(port);
  }
}
