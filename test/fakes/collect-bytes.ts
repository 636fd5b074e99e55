/** All that a source yields, in one piece. */
export async function collectBytes(
  source: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  if (typeof source === "string" || source instanceof Uint8Array) return Buffer.from(source);
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
