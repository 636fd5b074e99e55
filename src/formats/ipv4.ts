/** An IPv4 network in CIDR notation. */
export interface Ipv4Network {
  /** First address, as a number. */
  readonly base: number;
  readonly prefix: number;
}

/** The address as a number; undefined when the text is no IPv4 address. Leading zeros are refused: some read them as octal. */
export function parseIpv4(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((address, part) => address * 256 + part, 0);
}

/** "10.0.0.1" of an address as a number. */
export function renderIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** Host bits are dropped, as kind's and kubeadm's parsers do. Undefined when the text is no IPv4 CIDR. */
export function parseNetwork(text: string): Ipv4Network | undefined {
  const [address = "", prefixText = "", ...rest] = text.split("/");
  const number = parseIpv4(address);
  if (number === undefined || rest.length > 0 || !/^(\d|[12]\d|3[0-2])$/.test(prefixText)) {
    return undefined;
  }
  const prefix = Number(prefixText);
  const size = 2 ** (32 - prefix);
  return { base: Math.floor(number / size) * size, prefix };
}

export function renderNetwork({ base, prefix }: Ipv4Network): string {
  return `${renderIpv4(base)}/${prefix}`;
}

/** How many addresses it has. */
export function sizeOf({ prefix }: Pick<Ipv4Network, "prefix">): number {
  return 2 ** (32 - prefix);
}

export function doNetworksOverlap(a: Ipv4Network, b: Ipv4Network): boolean {
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}
