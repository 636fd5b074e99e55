import { crc32, deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { openZip, type Zip } from "./read-zip.ts";
import { writeZip } from "./write-zip.ts";

const files = [
  { name: "a/one.txt", content: Buffer.from("one") },
  { name: "a/two.txt", content: Buffer.from("two ".repeat(1000)) },
];

function open(bytes: Uint8Array): Promise<Zip> {
  return openZip("/app/target/app.jar", {
    sizeBytes: bytes.byteLength,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  });
}

async function textOf(zip: Zip, name: string): Promise<string> {
  const entry = zip.entries.get(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return Buffer.from(await zip.bytes(entry)).toString();
}

/** One entry, deflated, with what a test wants to be wrong. */
function deflated(
  content: string,
  wrong: { readonly sizeBytes?: number; readonly flags?: number; readonly method?: number } = {},
): Buffer {
  const zip = Buffer.from(writeZip([{ name: "x", content: deflateRawSync(content) }]));
  const directory = zip.readUInt32LE(zip.length - 6);
  for (const [at, shift] of [
    [0, 0],
    [directory, 2],
  ] as const) {
    zip.writeUInt16LE(wrong.flags ?? 0, at + 6 + shift);
    zip.writeUInt16LE(wrong.method ?? 8, at + 8 + shift);
    zip.writeUInt32LE(crc32(content), at + 14 + shift);
    zip.writeUInt32LE(wrong.sizeBytes ?? content.length, at + 22 + shift);
  }
  return zip;
}

test("reads stored and deflated entries", async () => {
  const zip = await open(writeZip(files));
  expect([...zip.entries.keys()]).toEqual(["a/one.txt", "a/two.txt"]);
  expect(await textOf(zip, "a/two.txt")).toBe("two ".repeat(1000));
  expect(await textOf(await open(deflated("hello ".repeat(100))), "x")).toBe("hello ".repeat(100));
});

test("something may stand in front of it, as the launch script of an executable jar", async () => {
  const zip = await open(Buffer.concat([Buffer.from("#!/bin/bash\nexit 0\n"), writeZip(files)]));
  expect(await textOf(zip, "a/one.txt")).toBe("one");
});

test("a comment may follow it", async () => {
  const bytes = Buffer.concat([writeZip(files), Buffer.from("made by hand")]);
  bytes.writeUInt16LE(12, bytes.length - 14);
  expect(await textOf(await open(bytes), "a/one.txt")).toBe("one");
});

test("of two entries with one name it takes the last, as Java does", async () => {
  const [one, two] = [Buffer.from("1"), Buffer.from("2")];
  const zip = await open(
    writeZip([
      { name: "x", content: one },
      { name: "x", content: two },
    ]),
  );
  expect(await textOf(zip, "x")).toBe("2");
});

test.each(["../etc/passwd", "a/../../x", "/etc/passwd", "a\\b", "a\0b", "./a", ""])(
  "refuses the name %j",
  async (name) => {
    const bytes = writeZip([{ name, content: Buffer.from("x") }]);
    await expect(open(bytes)).rejects.toMatchObject({
      code: "archive-damaged",
      facts: { reason: `it has an entry with the name ${JSON.stringify(name)}` },
    });
  },
);

test.each<[string, () => Buffer, string]>([
  ["nothing", () => Buffer.alloc(0), "it is no zip, or its end is missing"],
  ["noise", () => Buffer.alloc(500, 0x50), "it is no zip, or its end is missing"],
  [
    "half",
    () => Buffer.from(writeZip(files)).subarray(0, 2000),
    "it is no zip, or its end is missing",
  ],
  [
    "front missing",
    () => Buffer.from(writeZip(files)).subarray(4100),
    "its directory lies outside of it",
  ],
  ["encryption", () => deflated("x", { flags: 1 }), "x is encrypted"],
  ["other compression", () => deflated("x", { method: 14 }), "x is compressed in a way (14)"],
  ["a false size", () => deflated("x", { sizeBytes: 1000 }), "x has another size than"],
  [
    "a stored entry of two sizes",
    () => deflated("xyz", { method: 0 }),
    "x has two different sizes",
  ],
])("refuses %s", async (_what, make, reason) => {
  const read = async () => textOf(await open(make()), "x");
  await expect(read()).rejects.toMatchObject({ code: "archive-damaged" });
  await expect(read()).rejects.toThrow(reason);
});

test("an entry cannot grow beyond what its directory says", async () => {
  const bomb = deflated("0".repeat(1_000_000), { sizeBytes: 10 });
  const zip = await open(bomb);
  await expect(textOf(zip, "x")).rejects.toThrow("x cannot be unpacked");
});

test("a flipped bit is found by the checksum", async () => {
  const bytes = Buffer.from(writeZip(files));
  bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
  const zip = await open(bytes);
  expect(await textOf(zip, "a/two.txt")).toContain("two");
  await expect(textOf(zip, "a/one.txt")).rejects.toThrow("the checksum of a/one.txt is wrong");
});
