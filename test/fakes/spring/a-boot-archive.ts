import { writeZip } from "../../../src/formats/write-zip.ts";

/** A small executable Spring Boot jar, as the build plugins lay it out. */
export function bootArchive({
  version = "3.5.16",
  libraries = [
    "spring-webmvc-6.2.0",
    "spring-boot-actuator-3.5.16",
    "spring-boot-jarmode-tools-3.5.16",
  ],
  layers = `- "dependencies":
  - "BOOT-INF/lib/"
- "spring-boot-loader":
  - "org/"
- "snapshot-dependencies":
- "application":
  - "BOOT-INF/classes/"
  - "BOOT-INF/classpath.idx"
  - "BOOT-INF/layers.idx"
  - "META-INF/"
`,
  files = {},
}: {
  /** "": a plain jar. */
  readonly version?: string;
  readonly libraries?: readonly string[];
  /** "": the index of layers is left out. */
  readonly layers?: string;
  /** More files, or others in place of the usual ones. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
} = {}): Buffer {
  const manifest = [
    "Manifest-Version: 1.0",
    "Build-Jdk-Spec: 17",
    ...(version === ""
      ? []
      : [
          "Main-Class: org.springframework.boot.loader.launch.JarLauncher",
          "Start-Class: com.example.Application",
          `Spring-Boot-Version: ${version}`,
          "Spring-Boot-Classes: BOOT-INF/classes/",
          "Spring-Boot-Lib: BOOT-INF/lib/",
          "Spring-Boot-Classpath-Index: BOOT-INF/classpath.idx",
          ...(layers === "" ? [] : ["Spring-Boot-Layers-Index: BOOT-INF/layers.idx"]),
        ]),
    "",
    "",
  ].join("\r\n");
  const paths = libraries.map((library) => `BOOT-INF/lib/${library}.jar`);
  const content: Readonly<Record<string, string | Uint8Array>> = {
    "META-INF/MANIFEST.MF": manifest,
    "org/springframework/boot/loader/launch/JarLauncher.class": "launcher",
    "BOOT-INF/classes/com/example/Application.class": "application",
    ...Object.fromEntries(libraries.map((name) => [`BOOT-INF/lib/${name}.jar`, aLibrary(name)])),
    "BOOT-INF/classpath.idx": paths.map((path) => `- "${path}"\n`).join(""),
    ...(layers === "" ? {} : { "BOOT-INF/layers.idx": layers }),
    ...files,
  };
  return jarOf(content);
}

/** A jar with a class in a package of its own and a resource. */
export function aLibrary(name: string, more: Readonly<Record<string, string>> = {}): Uint8Array {
  return jarOf({
    "META-INF/MANIFEST.MF": name,
    [`library/${name}/Library.class`]: name,
    [`${name}.properties`]: name,
    ...more,
  });
}

function jarOf(content: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const files = Object.entries(content);
  return Buffer.from(
    writeZip(files.map(([name, bytes]) => ({ name, content: Buffer.from(bytes as string) }))),
  );
}
