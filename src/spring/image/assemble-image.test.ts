import { beforeEach, expect, test } from "vitest";
import { fakePorts, type FakePorts } from "../../../test/fakes/fake-ports.ts";
import { digestOf } from "../../images/oci.ts";
import type { LocalImage } from "../../images/local-image.ts";
import { putBaseImage } from "../../../test/fakes/spring/a-base-image.ts";
import { aLibrary, bootArchive } from "../../../test/fakes/spring/a-boot-archive.ts";
import {
  assembleImage,
  findAssembledImage,
  trainLibraries,
  type AssemblyRequest,
} from "./assemble-image.ts";
import type { LibraryArchive } from "./startup-archive.ts";

const jar = "/app/target/app.jar";
const base = "airfield/jre-17:1";
const name = "airfield.internal/app:1";
let ports: FakePorts;

beforeEach(async () => {
  ports = fakePorts();
  await putBaseImage(ports.engine, base);
  ports.files.put(jar, bootArchive());
});

function assemble(changes: Partial<AssemblyRequest> = {}) {
  return assembleImage(
    { name, archive: jar, baseImage: base, labels: { a: "b" }, isKept: true, ...changes },
    ports,
  );
}

function digests({ layers }: LocalImage): readonly string[] {
  return layers.map(({ digest }) => digest);
}

function blobWrites(): number {
  return ports.files.writes.filter((path) => path.includes("/blobs/")).length;
}

test("puts the application's layers on those of the base", async () => {
  const image = await assemble();
  expect(image).toMatchObject({ name, platform: "linux/amd64" });
  expect(image.layers).toHaveLength(3);
  const config = JSON.parse(Buffer.from(image.config).toString()) as Record<string, unknown>;
  expect(config).toMatchObject({
    os: "linux",
    architecture: "amd64",
    config: {
      User: "10001:10001",
      WorkingDir: "/application",
      Entrypoint: ["java", "-jar", "application.jar"],
      Labels: { a: "b", ref: "airfield/jre-17" },
    },
    rootfs: { type: "layers", diff_ids: image.layers.map(({ diffId }) => diffId) },
  });
});

test("the same archive gives the same image, and nothing is written twice", async () => {
  const first = await assemble();
  const written = blobWrites();
  ports.files.put(jar, bootArchive());
  const second = await assemble();
  expect(digestOf(second.config)).toBe(digestOf(first.config));
  expect(digests(second)).toEqual(digests(first));
  expect(blobWrites()).toBe(written);
  const elsewhere = fakePorts();
  await putBaseImage(elsewhere.engine, base);
  elsewhere.files.put("/other/app.jar", bootArchive());
  const request = { name, baseImage: base, labels: { a: "b" }, isKept: true };
  expect(
    digests(await assembleImage({ ...request, archive: "/other/app.jar" }, elsewhere)),
  ).toEqual(digests(first));
});

test("a changed class changes the last layer alone", async () => {
  const first = await assemble();
  const written = blobWrites();
  ports.files.put(
    jar,
    bootArchive({ files: { "BOOT-INF/classes/com/example/Application.class": "changed" } }),
  );
  const second = await assemble();
  expect(digests(second).slice(0, -1)).toEqual(digests(first).slice(0, -1));
  expect(digests(second).at(-1)).not.toBe(digests(first).at(-1));
  expect(blobWrites()).toBe(written + 1);
});

test("each layer opens to what its digest says", async () => {
  const { layers } = await assemble();
  for (const { digest, sizeBytes, open } of layers) {
    const pieces: Uint8Array[] = [];
    for await (const piece of open()) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    expect(digestOf(bytes)).toBe(digest);
    expect(bytes.length).toBe(sizeBytes);
  }
});

test("an image that was assembled is found again, as it was", async () => {
  const image = await assemble();
  const found = await findAssembledImage(name, base, ports);
  expect(found?.base).toBe(base);
  expect(digestOf(found?.image.config ?? new Uint8Array())).toBe(digestOf(image.config));
  expect(digests(found?.image ?? image)).toEqual(digests(image));
  expect((await findAssembledImage(name, undefined, ports))?.base).toBe(base);
});

test("an image is not found on another base, without its base, or when a layer is gone", async () => {
  const image = await assemble();
  expect(await findAssembledImage("airfield.internal/app:2", base, ports)).toBeUndefined();
  expect(await findAssembledImage(name, "airfield/jre-21:1", ports)).toBeUndefined();
  const blob = ports.files.paths.find((path) =>
    path.includes(image.layers.at(-1)?.digest.slice(7) ?? "?"),
  );
  const bytes = await ports.files.readBytes(blob ?? "");
  ports.files.put(blob ?? "", "cut");
  expect(await findAssembledImage(name, base, ports)).toBeUndefined();
  ports.files.put(blob ?? "", bytes ?? "");
  expect(await findAssembledImage(name, base, ports)).toBeDefined();
  ports.engine.images.remove(base);
  expect(await findAssembledImage(name, base, ports)).toBeUndefined();
});

test("a base that was built anew under its name makes the image anew", async () => {
  await assemble();
  await putBaseImage(ports.engine, "airfield/jre-17:2");
  ports.engine.images.tag("airfield/jre-17:2", base);
  ports.engine.archives.set(base, ports.engine.archives.get("airfield/jre-17:2") ?? Buffer.of());
  expect(await findAssembledImage(name, base, ports)).toBeUndefined();
});

test("refuses what is no Spring Boot archive, and a base that is not there", async () => {
  await expect(assemble({ baseImage: "nothing:1" })).rejects.toMatchObject({
    code: "image-not-found",
  });
  ports.files.put(jar, bootArchive({ version: "" }));
  await expect(assemble()).rejects.toMatchObject({ code: "archive-damaged" });
  await ports.files.remove(jar);
  await expect(assemble()).rejects.toMatchObject({ code: "file-not-found" });
});

test("a full disk is told, and leaves no image", async () => {
  ports.files.unwritable.add("/cache/applications/blobs");
  await expect(assemble()).rejects.toMatchObject({ code: "file-unwritable" });
  expect(await findAssembledImage(name, base, ports)).toBeUndefined();
});

/** The training container's run: what the JVM writes, or else what it says. */
function onTraining(outcome: {
  readonly file?: string;
  readonly log?: readonly string[];
}): () => number {
  let runs = 0;
  ports.engine.onStart((container) => {
    if (!container.name.startsWith("airfield-training-")) return;
    runs += 1;
    const output = container.spec.mounts?.find(({ containerPath }) => containerPath === "/output");
    if (outcome.file !== undefined)
      ports.files.put(`${output?.hostPath ?? ""}/${outcome.file}`, "classes");
    for (const line of [...(outcome.log ?? []), outcome.file ?? ""]) container.log(line);
    container.state = "exited";
    container.notify();
  });
  return () => runs;
}

test.each([
  ["application.jsa", "-XX:SharedArchiveFile=application.jsa"],
  ["application.aot", "-XX:AOTCache=application.aot"],
])(
  "an application that was trained gets %s as a layer of its own, made once",
  async (file, option) => {
    const runs = onTraining({ file });
    const plain = await assemble();
    const training = { onImpossible: expect.unreachable };
    const image = await assemble({ training });
    expect(digests(image).slice(0, -1)).toEqual(digests(plain));
    expect(JSON.parse(Buffer.from(image.config).toString())).toMatchObject({
      config: { Entrypoint: ["java", option, "-jar", "application.jar"] },
    });
    expect(digestOf((await assemble({ training })).config)).toBe(digestOf(image.config));
    expect(runs()).toBe(1);
    expect(await ports.engine.listContainers({ labels: {} })).toEqual([]);
    expect(ports.files.paths.filter((path) => path.startsWith("/tmp"))).toEqual([]);

    ports.files.put(jar, bootArchive({ libraries: ["other-1"] }));
    await assemble({ training });
    expect(runs()).toBe(2);
  },
);

const LIBRARIES = [
  "spring-webmvc-6.2.0",
  "spring-boot-actuator-3.5.16",
  "spring-boot-jarmode-tools-3.5.16",
];

async function train(changes: Partial<AssemblyRequest> = {}): Promise<LibraryArchive> {
  const trained = await trainLibraries({ archive: jar, baseImage: base, ...changes }, ports);
  if ("reason" in trained) throw new Error(trained.reason);
  return trained;
}

function entrypoint({ config }: LocalImage): unknown {
  const { config: inner } = JSON.parse(Buffer.from(config).toString()) as {
    readonly config: { readonly Entrypoint: unknown };
  };
  return inner.Entrypoint;
}

test("an archive of the libraries lies below the classes, outlives edits of them, and is made once", async () => {
  const runs = onTraining({ file: "libraries.jsa" });
  const plain = await assemble();
  const image = await assemble({ libraryArchive: await train() });
  const [classes, archiveLayer, ...below] = digests(image).toReversed();
  expect([...below.toReversed(), classes]).toEqual(digests(plain));
  expect(entrypoint(image)).toEqual([
    "java",
    "-XX:SharedArchiveFile=/application/libraries.jsa",
    "-cp",
    [
      ...LIBRARIES.map((name) => `/application/lib/${name}.jar`),
      "/application/application.jar",
    ].join(":"),
    "com.example.Application",
  ]);

  ports.files.put(jar, bootArchive({ files: { "BOOT-INF/classes/com/example/B.class": "b" } }));
  const edited = await assemble({ libraryArchive: await train() });
  expect(runs()).toBe(1);
  expect(digests(edited).slice(0, -1)).toEqual(digests(image).slice(0, -1));
  expect(digests(edited).at(-1)).not.toBe(classes);
  expect(digests(edited).at(-2)).toBe(archiveLayer);
});

test("an archive of other libraries is left out", async () => {
  onTraining({ file: "libraries.jsa" });
  const libraryArchive = await train();
  ports.files.put(jar, bootArchive({ libraries: ["other-1"] }));
  expect(entrypoint(await assemble({ libraryArchive }))).toEqual([
    ...["java", "-jar", "application.jar"],
  ]);
});

test.each(["library/spring-webmvc-6.2.0/Own.class", "spring-webmvc-6.2.0.properties"])(
  "where a library has %s or its package, too, the application's own stay first",
  async (path) => {
    const runs = onTraining({ file: "libraries.jsa" });
    const libraryArchive = await train();
    ports.files.put(jar, bootArchive({ files: { [`BOOT-INF/classes/${path}`]: "own" } }));
    expect(entrypoint(await assemble({ libraryArchive }))).toEqual([
      ...["java", "-jar", "application.jar"],
    ]);
    expect(await trainLibraries({ archive: jar, baseImage: base }, ports)).toEqual({
      reason: `${path} is in a library, too`,
    });
    expect(runs()).toBe(1);
  },
);

test("the project's own modules stay behind the libraries, in the layer that edits change", async () => {
  onTraining({ file: "libraries.jsa" });
  const layers = `- "dependencies":
  - "BOOT-INF/lib/spring-1.jar"
- "application":
  - "BOOT-INF/lib/module-1.jar"
  - "BOOT-INF/classes/"
  - "BOOT-INF/layers.idx"
`;
  const modules = bootArchive({ libraries: ["module-1", "spring-1"], layers });
  ports.files.put(jar, modules);
  expect(entrypoint(await assemble({ libraryArchive: await train() }))).toContain(
    "/application/lib/spring-1.jar:/application/lib/module-1.jar:/application/application.jar",
  );
});

test("a module that has a file of a library's name stays where it was on the class path", async () => {
  const runs = onTraining({ file: "libraries.jsa" });
  const layers = `- "dependencies":
  - "BOOT-INF/lib/spring-1.jar"
- "application":
  - "BOOT-INF/lib/module-1.jar"
  - "BOOT-INF/classes/"
`;
  const libraries = ["module-1", "spring-1"];
  ports.files.put(jar, bootArchive({ libraries, layers }));
  const libraryArchive = await train();
  const module = aLibrary("module-1", { "spring-1.properties": "own" });
  const files = { "BOOT-INF/lib/module-1.jar": module };
  ports.files.put(jar, bootArchive({ libraries, layers, files }));
  expect(entrypoint(await assemble({ libraryArchive }))).toEqual([
    ...["java", "-jar", "application.jar"],
  ]);
  expect(await trainLibraries({ archive: jar, baseImage: base }, ports)).toEqual({
    reason: "spring-1.properties is in a library, too",
  });
  expect(runs()).toBe(1);
});

test("an application that cannot be trained is told why, once, and gets its image without", async () => {
  const runs = onTraining({
    log: [
      "APPLICATION FAILED TO START",
      "Description:",
      "",
      "no database.",
      "Action:",
      "none",
      "[6.5s][warning][cds] Skipping A: Failed verification",
    ],
  });
  const reasons: string[] = [];
  const training = { onImpossible: (reason: string) => reasons.push(reason) };
  const image = await assemble({ training });
  expect(digestOf(image.config)).toBe(digestOf((await assemble({ training })).config));
  expect(digestOf(image.config)).toBe(digestOf((await assemble()).config));
  expect(reasons).toEqual(["no database", "no database"]);
  expect(runs()).toBe(1);
});

test("does not keep images for ever", async () => {
  for (let number = 0; number < 65; number += 1) await assemble({ name: `app:${number}` });
  const names = ports.files.paths.filter((path) => path.includes("/applications/names/"));
  expect(names).toHaveLength(60);
  expect(await findAssembledImage("app:64", base, ports)).toBeDefined();
});
