/** An image of the host's engine that is to be on the nodes. */
export interface HostImage {
  /** As the user wrote it. */
  readonly ref: string;
  /** The full name it gets on the nodes. */
  readonly name: string;
  readonly id: string;
  /** "linux/amd64". */
  readonly platform: string;
  /** diffIDs, bottom first. */
  readonly layers: readonly string[];
}
