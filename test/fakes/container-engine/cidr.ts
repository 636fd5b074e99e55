/** The first and the last address of an IPv4 CIDR, as numbers. */
export function parseCidr(cidr: string): { readonly first: number; readonly last: number } {
  const [address = "", bits = "32"] = cidr.split("/");
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
