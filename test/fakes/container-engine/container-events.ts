import type { ContainerAction, ContainerEvent } from "../../../src/ports/container-engine.ts";
import type { FakeContainer } from "./fake-container.ts";

/** What happens to containers, for those who follow it. */
export class ContainerEvents {
  readonly #followers = new Set<Follower>();

  tell(action: ContainerAction, { id, name, spec }: FakeContainer): void {
    for (const follower of this.#followers) {
      follower.push({ action, container: id, name, labels: spec.labels });
    }
  }

  end(): void {
    for (const follower of this.#followers) follower.end();
  }

  /** From this call on. */
  follow(
    isWanted: (event: ContainerEvent) => boolean,
    signal: AbortSignal,
  ): AsyncIterable<ContainerEvent> {
    const follower = new Follower();
    this.#followers.add(follower);
    return this.#read(follower, isWanted, signal);
  }

  async *#read(
    follower: Follower,
    isWanted: (event: ContainerEvent) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<ContainerEvent, void, undefined> {
    const wake = () => follower.wake();
    signal.addEventListener("abort", wake);
    try {
      for (;;) {
        signal.throwIfAborted();
        yield* follower.take().filter(isWanted);
        if (follower.hasEnded) return;
        await follower.untilChanged();
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#followers.delete(follower);
    }
  }
}

class Follower {
  hasEnded = false;
  #events: ContainerEvent[] = [];
  #changed = Promise.withResolvers<void>();

  push(event: ContainerEvent): void {
    this.#events.push(event);
    this.wake();
  }

  end(): void {
    this.hasEnded = true;
    this.wake();
  }

  take(): readonly ContainerEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#changed = Promise.withResolvers<void>();
    return events;
  }

  untilChanged(): Promise<void> {
    return this.#changed.promise;
  }

  wake(): void {
    this.#changed.resolve();
  }
}
