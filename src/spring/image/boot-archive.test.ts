import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { bootArchive } from "../../../test/fakes/spring/a-boot-archive.ts";
import { openBootArchive, readManifest, writeManifest } from "./boot-archive.ts";

function open(bytes: Buffer) {
  return openBootArchive("/app.jar", new FakeFiles({ "/app.jar": bytes }));
}

test("reads the manifest and both indexes", async () => {
  const archive = await open(bootArchive({ libraries: ["b-1", "a-1"] }));
  expect(archive?.manifest.main.get("Start-Class")).toBe("com.example.Application");
  expect(archive?.classPath).toEqual(["BOOT-INF/lib/b-1.jar", "BOOT-INF/lib/a-1.jar"]);
  expect(archive?.layers?.map(({ name, contents }) => [name, contents.length])).toEqual([
    ["dependencies", 1],
    ["spring-boot-loader", 1],
    ["snapshot-dependencies", 0],
    ["application", 4],
  ]);
});

test("a plain jar is none", async () => {
  expect(await open(bootArchive({ version: "" }))).toBeUndefined();
});

test("an index of layers that is none says which line is wrong", async () => {
  await expect(open(bootArchive({ layers: '- "a":\nnonsense\n' }))).rejects.toMatchObject({
    code: "archive-damaged",
    facts: { reason: 'its index of layers has the line "nonsense"' },
  });
});

test("a manifest is read unfolded and written folded at 72 bytes, as the JDK does", () => {
  const long = `lib/${"a".repeat(100)}.jar lib/ü.jar`;
  const text = writeManifest({
    main: new Map([
      ["Manifest-Version", "1.0"],
      ["Class-Path", long],
    ]),
    sections: "Name: x/\nSealed: true",
  });
  const lines = text.split("\r\n");
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBe(72);
  expect(lines[1]).toHaveLength(72);
  const read = readManifest(text);
  expect(read.main.get("Class-Path")).toBe(long);
  expect(read.sections).toBe("Name: x/\nSealed: true");
  expect(readManifest("Main-Class: a\nFoo:\n").main.get("Foo")).toBe("");
});
