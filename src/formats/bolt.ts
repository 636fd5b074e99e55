/**
 * Reads databases of bbolt, in which containerd keeps its metadata: trees of pages, where a value can be a tree of
 * its own (a bucket). Throws on bytes that are none. https://github.com/etcd-io/bbolt/blob/main/internal/common
 */
export class BoltBucket {
  readonly #file: BoltFile;
  readonly #root: Page;

  constructor(file: BoltFile, root: Page) {
    this.#file = file;
    this.#root = root;
  }

  /** A bucket in this one. */
  bucket(...path: readonly string[]): BoltBucket | undefined {
    const [name, ...rest] = path;
    if (name === undefined) return this;
    const value = this.#find(name, true);
    return value === undefined ? undefined : this.#open(value).bucket(...rest);
  }

  value(key: string): Buffer | undefined {
    return this.#find(key, false);
  }

  *buckets(): Iterable<readonly [name: string, BoltBucket]> {
    for (const { key, value, isBucket } of this.#file.elements(this.#root))
      if (isBucket) yield [key, this.#open(value)];
  }

  *keys(): Iterable<string> {
    for (const { key } of this.#file.elements(this.#root)) yield key;
  }

  *values(): Iterable<readonly [key: string, Buffer]> {
    for (const { key, value, isBucket } of this.#file.elements(this.#root))
      if (!isBucket) yield [key, value];
  }

  #find(name: string, isBucket: boolean): Buffer | undefined {
    for (const element of this.#file.elements(this.#root, name))
      if (element.key === name && element.isBucket === isBucket) return element.value;
    return undefined;
  }

  /** Small buckets lie within the value, behind its header. */
  #open(value: Buffer): BoltBucket {
    const root = pageNumber(value, 0);
    const page = root === 0 ? pageOf(value.subarray(bucketHeaderBytes)) : this.#file.page(root);
    return new BoltBucket(this.#file, page);
  }
}

/** @throws Error when the bytes are no such database of a machine like this one, or a damaged one */
export function openBolt(bytes: Buffer): BoltBucket {
  const meta = newest(
    [...metaOffsets(bytes)].flatMap((offset) => readMeta(bytes.subarray(offset)) ?? []),
  );
  if (meta === undefined) throw new Error("it is no bolt database");
  const file = new BoltFile(bytes, meta.pageBytes);
  return new BoltBucket(file, file.page(meta.root));
}

const pageHeaderBytes = 16;
const elementBytes = 16;
const bucketHeaderBytes = 16;
const magic = 0xed0cdaed;
const version = 2;
const bucketFlag = 1;
const smallestPage = 1024;
const largestPage = 65_536;

interface Meta {
  readonly pageBytes: number;
  readonly root: number;
  readonly transaction: bigint;
}

interface Page {
  readonly kind: "branch" | "leaf";
  readonly count: number;
  /** From its header on. */
  readonly bytes: Buffer;
}

interface Element {
  readonly key: string;
  readonly value: Buffer;
  readonly isBucket: boolean;
}

class BoltFile {
  readonly #bytes: Buffer;
  readonly #pageBytes: number;

  constructor(bytes: Buffer, pageBytes: number) {
    this.#bytes = bytes;
    this.#pageBytes = pageBytes;
  }

  page(number: number): Page {
    const start = number * this.#pageBytes;
    const page = pageOf(this.#bytes.subarray(start));
    if (pageNumber(page.bytes, 0) !== number)
      throw new Error(`page ${number} is not where it belongs`);
    return page;
  }

  /** All in a tree, in the order of their keys; with `wanted`, only the page that has the key if any has. */
  *elements(root: Page, wanted?: string, depth = 0): Iterable<Element> {
    if (depth > 32) throw new Error("its pages lead to each other");
    for (let i = 0; i < root.count; i++) {
      const at = pageHeaderBytes + i * elementBytes;
      if (root.kind === "leaf") yield leafElement(root.bytes, at);
      else if (wanted === undefined || coversKey(root, i, wanted)) {
        const child = this.page(pageNumber(root.bytes, at + 8));
        yield* this.elements(child, wanted, depth + 1);
      }
    }
  }
}

/** A page below a branch begins with the key that the branch has for it, and ends before the next one's. */
function coversKey(branch: Page, index: number, wanted: string): boolean {
  const next = index + 1 < branch.count ? branchKey(branch, index + 1) : undefined;
  const key = Buffer.from(wanted);
  const isAfterStart = index === 0 || Buffer.compare(key, branchKey(branch, index)) >= 0;
  return isAfterStart && (next === undefined || Buffer.compare(key, next) < 0);
}

function branchKey({ bytes }: Page, index: number): Buffer {
  const at = pageHeaderBytes + index * elementBytes;
  const start = at + bytes.readUInt32LE(at);
  return slice(bytes, start, bytes.readUInt32LE(at + 4));
}

function leafElement(bytes: Buffer, at: number): Element {
  const start = at + bytes.readUInt32LE(at + 4);
  const keyBytes = bytes.readUInt32LE(at + 8);
  return {
    key: slice(bytes, start, keyBytes).toString(),
    value: slice(bytes, start + keyBytes, bytes.readUInt32LE(at + 12)),
    isBucket: (bytes.readUInt32LE(at) & bucketFlag) !== 0,
  };
}

function pageOf(bytes: Buffer): Page {
  const flags = bytes.readUInt16LE(8);
  if (flags !== 1 && flags !== 2) throw new Error("a page is neither branch nor leaf");
  return { kind: flags === 1 ? "branch" : "leaf", count: bytes.readUInt16LE(10), bytes };
}

/** Two copies, of the last two transactions: the first page, and the second, wherever the size of pages puts it. */
function* metaOffsets(bytes: Buffer): Iterable<number> {
  yield 0;
  for (let size = smallestPage; size <= largestPage && size < bytes.length; size *= 2) yield size;
}

function readMeta(page: Buffer): Meta | undefined {
  const meta = page.subarray(pageHeaderBytes);
  if (meta.length < 64 || meta.readUInt32LE(0) !== magic || meta.readUInt32LE(4) !== version)
    return undefined;
  // An interrupted write is one that the sum tells.
  if (meta.readBigUInt64LE(56) !== fnv1a(meta.subarray(0, 56))) return undefined;
  return {
    pageBytes: meta.readUInt32LE(8),
    root: pageNumber(meta, 16),
    transaction: meta.readBigUInt64LE(48),
  };
}

function newest(metas: readonly Meta[]): Meta | undefined {
  return metas.reduce<Meta | undefined>(
    (best, meta) => (best === undefined || meta.transaction > best.transaction ? meta : best),
    undefined,
  );
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash;
}

function pageNumber(bytes: Buffer, offset: number): number {
  return Number(bytes.readBigUInt64LE(offset));
}

function slice(bytes: Buffer, start: number, length: number): Buffer {
  if (start + length > bytes.length) throw new Error("an element ends behind its page");
  return bytes.subarray(start, start + length);
}
