interface Socket {
  readonly port: number;
  /** "0.0.0.0", "127.0.0.1", "::", "::1", "::ffff:127.0.0.1" … */
  readonly address: string;
  /** Another container of the pod has it. */
  readonly isOthers?: boolean;
  /** "0A": listening. */
  readonly state?: string;
}

/** What a node tells of a container that has these sockets. */
export function socketTables(sockets: readonly Socket[]): string {
  const inodeOf = (at: number) => 50_000 + at;
  const open = sockets.flatMap(({ isOthers }, at) =>
    isOthers === true ? [] : [`lrwx------ 1 1 1 64 Jan 1 00:00 ${at} -> socket:[${inodeOf(at)}]`],
  );
  const rows = sockets.map(({ port, address, state = "0A" }, at) => {
    const hex = port.toString(16).toUpperCase().padStart(4, "0");
    const remote = "0".repeat(hexOf(address).length);
    const counters = "00000000:00000000 00:00000000 00000000  1000        0";
    return `   ${at}: ${hexOf(address)}:${hex} ${remote}:0000 ${state} ${counters} ${inodeOf(at)} 1 0 100`;
  });
  return [...open, "  sl  local_address rem_address   st …", ...rows, ""].join("\n");
}

function hexOf(address: string): string {
  const bytes = address
    .replace(/^.*:/, "")
    .split(".")
    .map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, "0"));
  const version4 = bytes.toReversed().join("");
  if (address.startsWith("::ffff:")) return `${"0".repeat(16)}FFFF0000${version4}`;
  if (address === "::1") return `${"0".repeat(24)}01000000`;
  return address === "::" ? "0".repeat(32) : version4;
}
