/** The route is usable: include/uapi/linux/route.h. */
const RTF_UP = 0x1;

/**
 * The networks of /proc/net/route, without the default route. Addresses there are hexadecimal in the
 * byte order of the machine, which is little-endian on everything Airfield runs on.
 */
export function routedSubnets(table: string): readonly string[] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, destination, , flags, , , , mask]) => {
      if (destination === undefined || flags === undefined || mask === undefined) return [];
      if ((parseInt(flags, 16) & RTF_UP) === 0 || mask === "00000000") return [];
      const bits = bytesOf(mask).map((byte) => byte.toString(2).replaceAll("0", "").length);
      return [`${bytesOf(destination).join(".")}/${bits.reduce((sum, each) => sum + each, 0)}`];
    });
}

function bytesOf(hex: string): readonly number[] {
  return [6, 4, 2, 0].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
