/** A TCP port that a container's processes accept connections on. */
export interface Listener {
  readonly port: number;
  /** Only from within the pod: 127.0.0.0/8 or ::1. */
  readonly isLoopback: boolean;
}

/** A row of /proc/net/tcp or tcp6. https://docs.kernel.org/networking/proc_net_tcp.html */
const ROW =
  /^\s*\d+:\s+([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})\s+\S+\s+([0-9A-F]{2})(?:\s+\S+){5}\s+(\d+)/;
const LISTEN = "0A";
/** Each four bytes stand in the machine's order, which is little-endian on all that we run on. */
const LOOPBACK = /^(?:0{24}01000000|(?:0{16}FFFF0000)?[0-9A-F]{6}7F)$/;

/**
 * Reads what `SpringCluster.podSockets` has of a container: the sockets that its processes have open
 * (`socket:[INODE]`), and the tables of the pod's network. Sockets of other containers of the pod are left out. Sorted
 * by port.
 */
export function readListeners(text: string): readonly Listener[] {
  const own = new Set([...text.matchAll(/socket:\[(\d+)\]/g)].map(([, inode]) => inode));
  const reachable = new Map<number, boolean>();
  for (const line of text.split("\n")) {
    const [, address = "", port = "", state, inode] = ROW.exec(line) ?? [];
    if (state !== LISTEN || !own.has(inode)) continue;
    const number = Number.parseInt(port, 16);
    reachable.set(number, reachable.get(number) === true || !LOOPBACK.test(address));
  }
  return [...reachable]
    .map(([port, isReachable]) => ({ port, isLoopback: !isReachable }))
    .toSorted((a, b) => a.port - b.port);
}
