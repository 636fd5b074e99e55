/** A zip with stored entries: enough of a Spring Boot archive for reading its names and its manifest. */
export function bootArchive({
  version = "3.5.16",
  libraries = [
    "spring-webmvc-6.2.0",
    "spring-boot-actuator-3.5.16",
    "spring-boot-jarmode-tools-3.5.16",
  ],
}: {
  /** "": a plain jar. */
  readonly version?: string;
  readonly libraries?: readonly string[];
} = {}): Buffer {
  const boot =
    version === ""
      ? ""
      : `Spring-Boot-Version: ${version}\r\nSpring-Boot-Layers-Index: BOOT-INF/layers.idx\r\n`;
  return zip([
    ["META-INF/MANIFEST.MF", `Manifest-Version: 1.0\r\nBuild-Jdk-Spec: 17\r\n${boot}\r\n`],
    ...libraries.map((library) => [`BOOT-INF/lib/${library}.jar`, ""] as const),
  ]);
}

function zip(entries: readonly (readonly [name: string, content: string])[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt32LE(content.length, 18);
    header.writeUInt32LE(content.length, 22);
    header.writeUInt16LE(name.length, 26);
    const local = Buffer.concat([header, Buffer.from(name + content)]);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local);
    directory.push(Buffer.concat([entry, Buffer.from(name)]));
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
