import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { docker } from "./engine.ts";

const changedBytes = 1_000_000;
/** As the user-service example has them, with Spring Boot 3.5: the libraries of web and actuator; its own classes. */
const librariesBytes = 24_000_000;
const classes = 12;
const classBytes = 4_000;

/** Makes the images that are loaded, each under a name that nobody has seen. */
export class LoadImages implements AsyncDisposable {
  readonly #folder: string;
  readonly #baseImage: string;
  readonly #jreImage: string;
  readonly #made: string[] = [];
  /** What each image was built on. */
  readonly #bases = new Map<string, string>();
  readonly #savedBytes = new Map<string, Promise<number>>();
  readonly #prefix = `bench-load-${randomBytes(3).toString("hex")}`;

  private constructor(folder: string, images: { readonly base: string; readonly jre: string }) {
    this.#folder = folder;
    this.#baseImage = images.base;
    this.#jreImage = images.jre;
  }

  static async create(images: {
    readonly base: string;
    readonly jre: string;
  }): Promise<LoadImages> {
    const made = new LoadImages(await mkdtemp(join(tmpdir(), "airfield-bench-")), images);
    const libraries = join(made.#folder, "dependencies");
    await mkdir(libraries);
    await writeFile(join(libraries, "libraries.jar"), randomBytes(librariesBytes));
    await mkdir(join(made.#folder, "application"));
    for (let i = 0; i < classes; i++) await made.#changeClass(i);
    return made;
  }

  /** The big image with another layer of 1 MB on top. */
  async changed(): Promise<string> {
    await writeFile(join(this.#folder, "changed"), randomBytes(changedBytes));
    return this.#build(this.#baseImage, "COPY changed /changed\n");
  }

  /** In the layers that `airfield up` makes; one class is another one each time. */
  async spring(): Promise<string> {
    await this.#changeClass(0);
    return this.#build(
      this.#jreImage,
      [
        "COPY dependencies /app/lib",
        "COPY application /app/classes",
        'CMD ["java", "-cp", "/app/classes:/app/lib/*", "Main"]\n',
      ].join("\n"),
    );
  }

  /**
   * What `docker save` makes of it, which is what kind sends. Images on one base differ in what their layers
   * hold and not in size, so one of them is saved.
   */
  savedBytes(image: string): Promise<number> {
    const base = this.#bases.get(image) ?? image;
    const known = this.#savedBytes.get(base) ?? this.#countSaved(image);
    this.#savedBytes.set(base, known);
    return known;
  }

  async #countSaved(image: string): Promise<number> {
    const saving = execa("docker", ["save", image], { buffer: false, encoding: "buffer" });
    let bytes = 0;
    for await (const chunk of saving.iterable({ from: "stdout", binary: true }))
      bytes += chunk.byteLength;
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#made.length > 0) await execa("docker", ["rmi", ...this.#made], { reject: false });
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #changeClass(index: number): Promise<void> {
    await writeFile(join(this.#folder, "application", `C${index}.class`), randomBytes(classBytes));
  }

  async #build(base: string, instructions: string): Promise<string> {
    const image = `${this.#prefix}:${this.#made.length + 1}`;
    const file = join(this.#folder, "Dockerfile");
    await writeFile(file, `FROM ${base}\n${instructions}`);
    await docker(["build", "--quiet", "--tag", image, "--file", file, this.#folder]);
    this.#made.push(image);
    this.#bases.set(image, base);
    return image;
  }
}
