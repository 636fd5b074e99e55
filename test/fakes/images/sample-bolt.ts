/** A bucket of a database: values and further buckets, by their keys. */
export interface SampleBucket {
  readonly [key: string]: string | SampleBucket;
}

const pageBytes = 4096;
const headerBytes = 16;

/** A bolt database of one transaction, each bucket on pages of its own. */
export function sampleBolt(root: SampleBucket): Buffer {
  const pages: Buffer[] = [];
  // Two with the root's number, and the list of free pages, which nobody reads here.
  let count = 3;
  const add = (bucket: SampleBucket): number => {
    const page = leafPage(bucket, (child) => {
      const value = Buffer.alloc(headerBytes);
      value.writeBigUInt64LE(BigInt(add(child)));
      return value;
    });
    const number = count;
    page.writeBigUInt64LE(BigInt(number));
    pages.push(page);
    count += page.length / pageBytes;
    return number;
  };
  const rootNumber = add(root);
  return Buffer.concat([
    metaPage(0, rootNumber, 1),
    metaPage(1, rootNumber, 2),
    Buffer.alloc(pageBytes),
    ...pages,
  ]);
}

function leafPage(bucket: SampleBucket, addChild: (child: SampleBucket) => Buffer): Buffer {
  const keys = Object.keys(bucket).sort();
  const values = keys.map((key) => {
    const value = bucket[key] ?? "";
    return typeof value === "string" ? Buffer.from(value) : addChild(value);
  });
  const content = keys.map((key, i) =>
    Buffer.concat([Buffer.from(key), values[i] ?? Buffer.alloc(0)]),
  );
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16LE(2, 8);
  header.writeUInt16LE(keys.length, 10);
  const elements = keys.map((key, i) => {
    const element = Buffer.alloc(16);
    const before = content.slice(0, i).reduce((sum, { length }) => sum + length, 0);
    element.writeUInt32LE(typeof bucket[key] === "string" ? 0 : 1);
    element.writeUInt32LE((keys.length - i) * 16 + before, 4);
    element.writeUInt32LE(Buffer.byteLength(key), 8);
    element.writeUInt32LE(values[i]?.length ?? 0, 12);
    return element;
  });
  const bytes = Buffer.concat([header, ...elements, ...content]);
  return Buffer.concat([bytes, Buffer.alloc(pageBytes - (bytes.length % pageBytes))]);
}

function metaPage(number: number, root: number, transaction: number): Buffer {
  const page = Buffer.alloc(pageBytes);
  page.writeBigUInt64LE(BigInt(number));
  page.writeUInt16LE(4, 8);
  const meta = page.subarray(headerBytes);
  meta.writeUInt32LE(0xed0cdaed);
  meta.writeUInt32LE(2, 4);
  meta.writeUInt32LE(pageBytes, 8);
  meta.writeBigUInt64LE(BigInt(root), 16);
  meta.writeBigUInt64LE(BigInt(transaction), 48);
  let sum = 0xcbf29ce484222325n;
  for (const byte of meta.subarray(0, 56))
    sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  meta.writeBigUInt64LE(sum, 56);
  return page;
}
