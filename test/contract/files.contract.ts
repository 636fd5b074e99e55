import { beforeEach, expect, test } from "vitest";
import type { Files } from "../../src/ports/files.ts";
import { collectBytes } from "../fakes/collect-bytes.ts";

export interface FilesHarness {
  readonly files: Files;
  /** An empty folder. */
  readonly root: string;
  link(path: string, target: string): Promise<void>;
}

/** What every Files does: run on the fake and on the real file system. */
export function filesContract(prepare: () => Promise<FilesHarness>): void {
  let files: Files;
  let link: FilesHarness["link"];
  let at: (name: string) => string;

  beforeEach(async () => {
    const harness = await prepare();
    files = harness.files;
    link = (path, target) => harness.link(path, target);
    at = (name) => `${harness.root}/${name}`;
  });

  test("what is not there is undefined, or fails where a stream is wanted", async () => {
    expect(await files.readText(at("none"))).toBeUndefined();
    expect(await files.readBytes(at("none"))).toBeUndefined();
    expect(await files.status(at("none"))).toBeUndefined();
    expect(await files.list(at("none"))).toBeUndefined();
    expect(await files.realPath(at("none"))).toBeUndefined();
    await files.remove(at("none"));
    await expect(collectBytes(files.readStream(at("none")))).rejects.toMatchObject({
      code: "file-not-found",
    });
  });

  test("writes text with its mode, making folders, and replaces it whole", async () => {
    await files.writeTextAtomic(at("a/b/c"), "grüße", { mode: 0o600 });
    expect(await files.readText(at("a/b/c"))).toBe("grüße");
    expect(await files.status(at("a/b/c"))).toMatchObject({
      kind: "file",
      sizeBytes: 7,
      mode: 0o600,
    });
    expect(await files.status(at("a/b"))).toMatchObject({ kind: "directory", mode: 0o700 });
    await files.writeTextAtomic(at("a/b/c"), "x", { mode: 0o644 });
    expect(await files.readText(at("a/b/c"))).toBe("x");
    expect(await files.status(at("a/b/c"))).toMatchObject({ mode: 0o644 });
    expect(await files.list(at("a/b"))).toEqual([{ name: "c", kind: "file" }]);
  });

  test("writes bytes whole or leaves the file as it was", async () => {
    const pieces = async function* (...texts: readonly string[]) {
      for (const text of texts) {
        if (text === "fail") throw new Error("the source failed");
        yield Buffer.from(text);
      }
    };
    await files.writeBytesAtomic(at("a/b"), pieces("one", "two"));
    expect(await files.readText(at("a/b"))).toBe("onetwo");
    await expect(files.writeBytesAtomic(at("a/b"), pieces("three", "fail"))).rejects.toThrow(
      "the source failed",
    );
    expect(await files.readText(at("a/b"))).toBe("onetwo");
    expect(await files.list(at("a"))).toEqual([{ name: "b", kind: "file" }]);
  });

  test("a linked file stays linked, through several links", async () => {
    await files.writeTextAtomic(at("real/config"), "old", { mode: 0o600 });
    await link(at("second"), "real/config");
    await link(at("first"), at("second"));
    await files.writeTextAtomic(at("first"), "new", { mode: 0o600 });
    expect(await files.readText(at("real/config"))).toBe("new");
    expect(await files.realPath(at("first"))).toBe(at("real/config"));
    expect(await files.list(at("."))).toEqual([
      { name: "first", kind: "symlink" },
      { name: "real", kind: "directory" },
      { name: "second", kind: "symlink" },
    ]);
  });

  test("a link to a file that is not there yet gets its file", async () => {
    await link(at("link"), "folder/config");
    expect(await files.readText(at("link"))).toBeUndefined();
    expect(await files.realPath(at("link"))).toBeUndefined();
    await files.writeTextAtomic(at("link"), "new", { mode: 0o600 });
    expect(await files.readText(at("folder/config"))).toBe("new");
  });

  test("links in a circle lead nowhere", async () => {
    await link(at("a"), "b");
    await link(at("b"), "a");
    expect(await files.realPath(at("a"))).toBeUndefined();
  });

  test("writes and reads bytes, whole and in pieces", async () => {
    await files.writeBytes(at("deep/whole"), Buffer.from([0, 255]));
    expect(await files.readBytes(at("deep/whole"))).toEqual(Buffer.from([0, 255]));
    const pieces = (async function* () {
      await Promise.resolve();
      yield Buffer.from("one ");
      yield Buffer.from("two");
    })();
    await files.writeBytes(at("pieces"), pieces);
    expect(String(await collectBytes(files.readStream(at("pieces"))))).toBe("one two");
    const part = (offset: number, sizeBytes: number) =>
      collectBytes(files.readStream(at("pieces"), { offset, sizeBytes }));
    expect(String(await part(2, 3))).toBe("e t");
    expect(String(await part(2, 0))).toBe("");
  });

  test("writing fails with what its source fails with", async () => {
    const reason = new Error("the source failed");
    // eslint-disable-next-line require-yield -- a source that fails at once
    const pieces = (async function* (): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      throw reason;
    })();
    await expect(files.writeBytes(at("x"), pieces)).rejects.toBe(reason);
  });

  test("a folder is not a file", async () => {
    await files.makeDirectory(at("folder/inner"));
    await files.makeDirectory(at("folder/inner"));
    expect(await files.status(at("folder"))).toMatchObject({ kind: "directory" });
    await expect(files.readText(at("folder"))).rejects.toMatchObject({ code: "file-unreadable" });
    await expect(files.writeTextAtomic(at("folder"), "x", { mode: 0o600 })).rejects.toMatchObject({
      code: "file-unwritable",
    });
  });

  test("creates a file once", async () => {
    expect(await files.createExclusive(at("state/lock"), "me")).toBe(true);
    expect(await files.createExclusive(at("state/lock"), "you")).toBe(false);
    expect(await files.readText(at("state/lock"))).toBe("me");
    await files.remove(at("state/lock"));
    expect(await files.createExclusive(at("state/lock"), "you")).toBe(true);
  });

  test("a file that is touched has a new time and the same content; one that is not there is not made", async () => {
    await files.writeTextAtomic(at("lock"), "me", { mode: 0o600 });
    const before = (await files.status(at("lock")))?.modifiedMs ?? 0;
    // Longer than the steps of a file system's clock.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await files.touch(at("lock"));
    expect((await files.status(at("lock")))?.modifiedMs).toBeGreaterThan(before);
    expect(await files.readText(at("lock"))).toBe("me");
    await files.touch(at("none"));
    expect(await files.list(at("."))).toEqual([{ name: "lock", kind: "file" }]);
  });

  test("removes folders with all they hold", async () => {
    await files.writeTextAtomic(at("a/b/c"), "x", { mode: 0o600 });
    await files.writeTextAtomic(at("ab"), "x", { mode: 0o600 });
    await files.remove(at("a"));
    expect(await files.list(at("."))).toEqual([{ name: "ab", kind: "file" }]);
  });

  test("temporary folders are new, empty and private", async () => {
    const [one, two] = [
      await files.makeTemporaryDirectory("airfield-test-"),
      await files.makeTemporaryDirectory("airfield-test-"),
    ];
    expect(one).not.toBe(two);
    expect(one).toContain("/airfield-test-");
    expect(await files.list(one)).toEqual([]);
    expect(await files.status(one)).toMatchObject({ kind: "directory", mode: 0o700 });
    await Promise.all([files.remove(one), files.remove(two)]);
  });
}
