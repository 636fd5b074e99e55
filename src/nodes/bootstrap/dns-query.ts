import { Buffer } from "node:buffer";

/**
 * A DNS question for the A record of `name`, as it goes over UDP (RFC 1035, section 4).
 *
 * @param id 0 to 65535; the answer carries the same
 */
export function encodeDnsQuery(name: string, id: number): Uint8Array {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x0100, 2); // recursion desired
  header.writeUInt16BE(1, 4); // one question
  const labels = name
    .split(".")
    .flatMap((part) => [Buffer.from([part.length]), Buffer.from(part, "ascii")]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])]); // root, type A, class IN
}
