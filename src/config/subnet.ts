/** An IPv4 network in CIDR notation. */
export interface Subnet {
  readonly firstAddress: number;
  readonly prefix: number;
}

/** The address as a number; undefined when the text is no IPv4 address. Leading zeros are refused: some read them as octal. */
export function parseIpv4(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((address, part) => address * 256 + part, 0);
}

/** Host bits are dropped, as kind's and kubeadm's parsers do. Undefined when the text is no IPv4 CIDR. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = "", prefixText = "", ...rest] = text.split("/");
  const number = parseIpv4(address);
  if (number === undefined || rest.length > 0 || !/^(\d|[12]\d|3[0-2])$/.test(prefixText)) {
    return undefined;
  }
  const prefix = Number(prefixText);
  const size = 2 ** (32 - prefix);
  return { firstAddress: Math.floor(number / size) * size, prefix };
}

export function renderSubnet({ firstAddress, prefix }: Subnet): string {
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(firstAddress / 2 ** shift) % 256);
  return `${parts.join(".")}/${prefix}`;
}

export function doSubnetsOverlap(a: Subnet, b: Subnet): boolean {
  const end = ({ firstAddress, prefix }: Subnet): number => firstAddress + 2 ** (32 - prefix);
  return a.firstAddress < end(b) && b.firstAddress < end(a);
}
