import { expect, test } from "vitest";
import { collectBytes } from "../../../test/fakes/collect-bytes.ts";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { bootArchive } from "../../../test/fakes/spring/a-boot-archive.ts";
import { openBootArchive } from "./boot-archive.ts";
import { planContent, type ClassFile, type ImageContent } from "./plan-content.ts";
import { openZip } from "../../formats/read-zip.ts";
import { writeZip } from "../../formats/write-zip.ts";

async function contentOf(bytes: Uint8Array, classes?: readonly ClassFile[]): Promise<ImageContent> {
  const archive = await openBootArchive("/app.jar", new FakeFiles({ "/app.jar": bytes }));
  if (archive === undefined) throw new Error("no archive");
  return planContent(archive, classes);
}

function paths({ layers }: ImageContent): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(layers.map(({ name, files }) => [name, files.map(({ path }) => path)]));
}

async function applicationJar({ layers }: ImageContent): Promise<Readonly<Record<string, string>>> {
  const file = layers
    .flatMap(({ files }) => files)
    .find(({ path }) => path === "application/application.jar");
  const bytes = await collectBytes(file?.content() ?? new Uint8Array(0));
  const zip = await openZip("application.jar", {
    sizeBytes: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  });
  const texts: Record<string, string> = {};
  for (const entry of zip.entries.values())
    texts[entry.name] = Buffer.from(await zip.bytes(entry)).toString();
  return texts;
}

test("a jar becomes its libraries and a small jar that names them", async () => {
  const content = await contentOf(
    bootArchive({
      libraries: ["b-1", "a-1"],
      files: {
        "BOOT-INF/classes/application.yml": "a: b",
        "META-INF/maven/pom.xml": "<project/>",
        "META-INF/services/java.nio.file.spi.FileSystemProvider": "the loader's",
      },
    }),
  );
  expect(paths(content)).toEqual({
    dependencies: ["application/lib/b-1.jar", "application/lib/a-1.jar"],
    application: ["application/application.jar"],
  });
  expect(content.entrypoint).toEqual(["java", "-jar", "application.jar"]);
  const { "META-INF/MANIFEST.MF": manifest, ...others } = await applicationJar(content);
  expect(manifest).toBe(
    [
      "Manifest-Version: 1.0",
      "Build-Jdk-Spec: 17",
      "Main-Class: com.example.Application",
      "Spring-Boot-Version: 3.5.16",
      "Class-Path: lib/b-1.jar lib/a-1.jar",
      "",
      "",
    ].join("\r\n"),
  );
  expect(others).toEqual({
    "META-INF/": "",
    "META-INF/maven/": "",
    "com/": "",
    "com/example/": "",
    "META-INF/maven/pom.xml": "<project/>",
    "application.yml": "a: b",
    "com/example/Application.class": "application",
  });
});

test("layers are those of the archive, in its order", async () => {
  const content = await contentOf(
    bootArchive({
      libraries: ["company-1", "other-1"],
      layers: `- "others":\n  - "BOOT-INF/lib/other-1.jar"\n- "company":\n  - "BOOT-INF/lib/"\n- "app":\n  - "BOOT-INF/"\n`,
    }),
  );
  expect(paths(content)).toEqual({
    others: ["application/lib/other-1.jar"],
    company: ["application/lib/company-1.jar"],
    app: ["application/application.jar"],
  });
});

test("without an index the usual rules decide", async () => {
  const libraries = ["a-1", "b-1-SNAPSHOT"];
  expect(paths(await contentOf(bootArchive({ libraries, layers: "" })))).toEqual({
    dependencies: ["application/lib/a-1.jar"],
    "snapshot-dependencies": ["application/lib/b-1-SNAPSHOT.jar"],
    application: ["application/application.jar"],
  });
});

test("a war keeps its pages: its own files, and the launcher", async () => {
  const files = {
    "META-INF/MANIFEST.MF":
      "Main-Class: org.springframework.boot.loader.launch.WarLauncher\nSpring-Boot-Version: 3.5.16\n",
    "org/springframework/boot/loader/launch/WarLauncher.class": "launcher",
    "WEB-INF/lib/a-1.jar": "a",
    "WEB-INF/lib-provided/tomcat-1.jar": "t",
    "WEB-INF/classes/App.class": "app",
    "index.jsp": "<html/>",
  };
  const content = await contentOf(
    writeZip(Object.entries(files).map(([name, text]) => ({ name, content: Buffer.from(text) }))),
  );
  expect(paths(content)).toEqual({
    dependencies: [
      "application/WEB-INF/lib/a-1.jar",
      "application/WEB-INF/lib-provided/tomcat-1.jar",
    ],
    "spring-boot-loader": ["application/org/springframework/boot/loader/launch/WarLauncher.class"],
    application: [
      "application/META-INF/MANIFEST.MF",
      "application/WEB-INF/classes/App.class",
      "application/index.jsp",
    ],
  });
  expect(content.entrypoint).toEqual([
    ...["java", "-cp", "."],
    "org.springframework.boot.loader.launch.WarLauncher",
  ]);
});

test("newer classes take the place of the archive's own, and what it has besides stays", async () => {
  const archive = bootArchive({
    files: { "BOOT-INF/classes/old.txt": "old", "META-INF/maven/pom.xml": "<project/>" },
  });
  const classes = [
    { path: "com/example/Application.class", content: Buffer.from("new"), modifiedSeconds: 5e9 },
    {
      path: "META-INF/MANIFEST.MF",
      content: Buffer.from("not the application's"),
      modifiedSeconds: 0,
    },
  ];
  const [before, content] = [await contentOf(archive), await contentOf(archive, classes)];
  const jar = await applicationJar(content);
  expect(Object.keys(jar)).not.toContain("old.txt");
  expect(jar).toMatchObject({
    "com/example/": "",
    "com/example/Application.class": "new",
    "META-INF/maven/pom.xml": "<project/>",
    "META-INF/MANIFEST.MF": (await applicationJar(before))["META-INF/MANIFEST.MF"],
  });
  expect(content.modifiedSeconds).toBe(5e9);
  expect(paths(content)).toEqual(paths(before));
});
