/** An IPv4 network. */
export interface Cidr {
  /** First address, as a number. */
  readonly base: number;
  readonly prefix: number;
}

/** Undefined when the text is no IPv4 CIDR. Host bits are dropped. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text.trim());
  if (match === null) return undefined;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if ([a, b, c, d].some((part) => part > 255) || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { base: Math.floor(address / size) * size, prefix };
}

export function formatCidr({ base, prefix }: Cidr): string {
  return `${formatAddress(base)}/${prefix}`;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function sizeOf({ prefix }: Cidr): number {
  return 2 ** (32 - prefix);
}

export function overlaps(left: Cidr, right: Cidr): boolean {
  return left.base < right.base + sizeOf(right) && right.base < left.base + sizeOf(left);
}
