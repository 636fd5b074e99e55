import { describe, expect, test } from "vitest";
import { openBolt } from "./bolt.ts";
import { containerdMetadata } from "../../test/fakes/images/containerd-metadata.ts";
import { sampleBolt } from "../../test/fakes/images/sample-bolt.ts";

const digest = (number: number) => `sha256:${number.toString(16).padStart(64, "0")}`;

describe("a database of bbolt itself", () => {
  const namespace = openBolt(containerdMetadata).bucket("v1", "k8s.io");

  test("has its buckets in the order of their keys", () => {
    const names = [...(namespace?.bucket("images")?.buckets() ?? [])].map(([name]) => name);
    expect(names).toHaveLength(39);
    expect(names).toEqual([...names].sort());
    expect(names).not.toContain("docker.io/team/app:3");
    expect([...(namespace?.bucket("snapshots", "overlayfs")?.keys() ?? [])]).toHaveLength(61);
  });

  test.each([0, 7, 21, 39])("finds image %i by its name", (i) => {
    const image = namespace?.bucket("images", `docker.io/team/app:${i}`);
    expect(image?.bucket("target")?.value("digest")?.toString()).toBe(digest(i));
    expect(image?.bucket("labels")?.value("airfield.dev/loaded")?.toString()).toBe(
      i === 7 ? "true" : undefined,
    );
  });

  test("has nothing under other names, nor a bucket where a value is", () => {
    expect(namespace?.bucket("images", "docker.io/team/app:3")).toBeUndefined();
    expect(namespace?.bucket("images", "a")).toBeUndefined();
    expect(namespace?.bucket("images", "z")).toBeUndefined();
    expect(openBolt(containerdMetadata).bucket("v1", "version")).toBeUndefined();
    expect(openBolt(containerdMetadata).bucket("v1")?.value("k8s.io")).toBeUndefined();
  });

  test("is taken as it was before, when the last transaction was not written whole", () => {
    const torn = Buffer.from(containerdMetadata);
    const metas = [0, 4096].map((offset) => ({
      offset,
      transaction: torn.readBigUInt64LE(offset + 16 + 48),
    }));
    const last = metas.reduce((a, b) => (a.transaction > b.transaction ? a : b));
    torn.writeUInt8(0xff, last.offset + 16 + 20);
    expect(openBolt(torn).bucket("v1", "k8s.io", "images", "docker.io/team/app:3")).toBeDefined();
  });
});

test.each([
  ["no bytes", Buffer.alloc(0)],
  ["other bytes", Buffer.alloc(65_536, 7)],
  ["a file that ends early", containerdMetadata.subarray(0, 8192)],
])("refuses %s", (_, bytes) => {
  expect(() => [...openBolt(bytes).keys()]).toThrowError();
});

test("refuses a page that is another one than it should be", () => {
  const bytes = sampleBolt({ a: { b: "c" } });
  bytes.writeBigUInt64LE(9n, 3 * 4096);
  expect(() => openBolt(bytes).bucket("a")).toThrowError("page 3 is not where it belongs");
});
