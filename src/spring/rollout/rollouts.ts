/**
 * The roll-outs of one command. One that waits for room on a node may get it from another that is still under way: its
 * job ends, its old pods go.
 */
export class Rollouts {
  readonly #moving = new Set<object>();

  /** @returns the roll-out as it begins; to be ended */
  begin(): Rollout {
    const moving = this.#moving;
    const itself: Rollout = {
      isOtherMoving: () => [...moving].some((other) => other !== itself),
      setWaiting: (isWaiting) => void (isWaiting ? moving.delete(itself) : moving.add(itself)),
      end: () => void moving.delete(itself),
    };
    moving.add(itself);
    return itself;
  }
}

export interface Rollout {
  /** Whether another one is under way that does not wait for room itself. */
  isOtherMoving(): boolean;
  /** Whether its pods wait for room on a node. */
  setWaiting(isWaiting: boolean): void;
  end(): void;
}
