/** TCP ports of this host. */
export interface FreePorts {
  /** Whether nothing listens on `address:port` now. */
  isFree(port: number, address: string): Promise<boolean>;
  /** Keeps `pick` from giving it out: it is meant for something that comes later. */
  reserve(port: number): void;
  /** A free port: the first free one of `preferred`, else any. Never one given out before by this process. */
  pick(options: {
    readonly address: string;
    readonly preferred?: readonly number[];
  }): Promise<number>;
}
