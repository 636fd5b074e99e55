import { createReadStream } from "node:fs";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { randomBytes } from "node:crypto";
import { ToolError } from "../../errors/tool-error.ts";
import type { FileEntry, FileRange, Files, FileStatus } from "../../ports/files.ts";

/** Folders made for the user's files are the user's alone. */
const PRIVATE_DIRECTORY_MODE = 0o700;

/** Each piece costs a turn of the event loop and a task for another thread. */
const READ_BYTES = 256 * 1024;

export class SystemFiles implements Files {
  readonly cacheFolder: string;

  constructor({ cacheFolder }: { readonly cacheFolder?: string } = {}) {
    this.cacheFolder = cacheFolder ?? path.join(os.homedir(), ".cache", "airfield");
  }

  async readText(file: string): Promise<string | undefined> {
    const bytes = await this.readBytes(file);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }

  readBytes(file: string): Promise<Uint8Array | undefined> {
    return reading(file, () => fs.readFile(file));
  }

  async *readStream(file: string, range?: FileRange): AsyncIterable<Uint8Array> {
    // `end` is the last byte's place, which a part without bytes does not have.
    if (range?.sizeBytes === 0) return;
    try {
      yield* createReadStream(file, {
        highWaterMark: READ_BYTES,
        ...(range === undefined
          ? {}
          : { start: range.offset, end: range.offset + range.sizeBytes - 1 }),
      }) as AsyncIterable<Buffer>;
    } catch (error) {
      if (isMissing(error)) {
        throw new ToolError(
          "file-not-found",
          { path: file, purpose: "it was to be read" },
          { cause: error },
        );
      }
      throw unreadable(file, error);
    }
  }

  writeTextAtomic(file: string, text: string, { mode }: { readonly mode: number }): Promise<void> {
    return writing(file, async () => {
      const target = await linkTarget(file);
      await fs.mkdir(path.dirname(target), { recursive: true, mode: PRIVATE_DIRECTORY_MODE });
      const before = await fs.stat(target).catch(ignoreMissing);
      const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
      try {
        const handle = await fs.open(temporary, "wx", mode);
        try {
          // Explicitly: the mode given to open is narrowed by the umask.
          await handle.chmod(mode);
          if (before !== undefined) await keepOwner(handle, before);
          await handle.writeFile(text);
          // A rename may reach the disk before the content does; a crash would leave an empty file.
          await handle.sync();
        } finally {
          await handle.close();
        }
        await fs.rename(temporary, target);
      } catch (error) {
        await fs.rm(temporary, { force: true });
        throw error;
      }
    });
  }

  writeBytes(file: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    return writing(file, async () => {
      await fs.mkdir(path.dirname(file), { recursive: true, mode: PRIVATE_DIRECTORY_MODE });
      if (content instanceof Uint8Array) return void (await fs.writeFile(file, content));
      const handle = await fs.open(file, "w");
      try {
        for await (const chunk of sourceOf(content)) await handle.writeFile(chunk);
      } finally {
        await handle.close();
      }
    });
  }

  writeBytesAtomic(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    return writing(file, async () => {
      await fs.mkdir(path.dirname(file), { recursive: true, mode: PRIVATE_DIRECTORY_MODE });
      const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
      try {
        const handle = await fs.open(temporary, "wx");
        try {
          for await (const chunk of sourceOf(content)) await handle.writeFile(chunk);
          // As above: a crash must not leave a file of the right length with nothing in it.
          await handle.sync();
        } finally {
          await handle.close();
        }
        await fs.rename(temporary, file);
      } catch (error) {
        await fs.rm(temporary, { force: true });
        throw error;
      }
    });
  }

  async status(file: string): Promise<FileStatus | undefined> {
    const found = await reading(file, () => fs.stat(file));
    if (found === undefined) return undefined;
    return {
      kind: found.isFile() ? "file" : found.isDirectory() ? "directory" : "other",
      sizeBytes: found.size,
      mode: found.mode & 0o7777,
      modifiedMs: found.mtimeMs,
    };
  }

  async list(folder: string): Promise<readonly FileEntry[] | undefined> {
    const entries = await reading(folder, () => fs.readdir(folder, { withFileTypes: true }));
    return entries
      ?.map((entry): FileEntry => ({
        name: entry.name,
        kind: entry.isFile()
          ? "file"
          : entry.isDirectory()
            ? "directory"
            : entry.isSymbolicLink()
              ? "symlink"
              : "other",
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async makeDirectory(folder: string, options: { readonly mode?: number } = {}): Promise<void> {
    await writing(folder, () => fs.mkdir(folder, { recursive: true, ...options }));
  }

  remove(file: string): Promise<void> {
    return writing(file, () => fs.rm(file, { recursive: true, force: true }));
  }

  createExclusive(file: string, text: string): Promise<boolean> {
    return writing(file, async () => {
      await fs.mkdir(path.dirname(file), { recursive: true, mode: PRIVATE_DIRECTORY_MODE });
      try {
        await fs.writeFile(file, text, { flag: "wx" });
        return true;
      } catch (error) {
        if (errnoOf(error) === "EEXIST") return false;
        throw error;
      }
    });
  }

  touch(file: string): Promise<void> {
    const now = new Date();
    return writing(file, async () => {
      await fs.utimes(file, now, now).catch(ignoreMissing);
    });
  }

  async makeTemporaryDirectory(prefix: string): Promise<string> {
    const parent = os.tmpdir();
    await removeAbandoned(parent, prefix);
    const start = path.join(parent, `${prefix}${process.pid}-`);
    return writing(start, () => fs.mkdtemp(start));
  }

  removeAbandonedDirectories(prefix: string): Promise<void> {
    return removeAbandoned(os.tmpdir(), prefix);
  }

  async realPath(file: string): Promise<string | undefined> {
    try {
      return await fs.realpath(file);
    } catch (error) {
      // A loop of links leads nowhere, as a missing file does.
      if (isMissing(error) || errnoOf(error) === "ELOOP") return undefined;
      throw unreadable(file, error);
    }
  }
}

/** Where the chain of links ends, whether there is a file or not: a link that dangles stays a link. */
async function linkTarget(file: string): Promise<string> {
  let target = path.resolve(file);
  // 40 is where Linux gives up, too (path_resolution(7)).
  for (let links = 0; links < 40; links++) {
    const next = await fs.readlink(target).catch((error: unknown) => {
      if (isMissing(error) || errnoOf(error) === "EINVAL") return undefined;
      throw error;
    });
    if (next === undefined) return target;
    target = path.resolve(path.dirname(target), next);
  }
  throw Object.assign(new Error("too many levels of symbolic links"), { code: "ELOOP" });
}

/** sudo must not turn the user's kubeconfig into root's. Only root may give files away; others own theirs already. */
async function keepOwner(
  handle: fs.FileHandle,
  before: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const now = await handle.stat();
  if (now.uid === before.uid && now.gid === before.gid) return;
  await handle.chown(before.uid, before.gid).catch((error: unknown) => {
    if (errnoOf(error) !== "EPERM") throw error;
  });
}

/** Marks failures of the source, which are not the file's. */
class SourceFailure extends Error {}

async function* sourceOf(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* content;
  } catch (cause) {
    throw new SourceFailure("the source failed", { cause });
  }
}

async function reading<Answer>(
  file: string,
  read: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(file, error);
  }
}

async function writing<Answer>(file: string, write: () => Promise<Answer>): Promise<Answer> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof SourceFailure) throw error.cause;
    throw new ToolError(
      "file-unwritable",
      { path: file, reason: reasonOf(error) },
      { cause: error },
    );
  }
}

function unreadable(file: string, cause: unknown): ToolError {
  return new ToolError("file-unreadable", { path: file, reason: reasonOf(cause) }, { cause });
}

/** A file where a folder of the path should be (ENOTDIR) means that there is no such file. */
function isMissing(error: unknown): boolean {
  return errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR";
}

/** Folders of our own whose process was killed: they may be large, and nobody else would remove them. */
async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  const names = await fs.readdir(parent).catch((): readonly string[] => []);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    const [, id] = /^(?:\w+-)*(\d+)-\w{6}$/.exec(name.slice(prefix.length)) ?? [];
    if (id === undefined || isRunning(Number(id))) continue;
    const folder = path.join(parent, name);
    // Others' folders, and what others remove at the same moment, are no reason to fail.
    const status = await fs.lstat(folder).catch(() => undefined);
    if (status?.isDirectory() === true && status.uid === os.userInfo().uid)
      await fs.rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Signal 0 only asks: https://man7.org/linux/man-pages/man2/kill.2.html */
function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return errnoOf(error) !== "ESRCH";
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function errnoOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "you lack the permission",
  EPERM: "the system does not permit it",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is a file",
  ENOSPC: "no space is left on the device",
  EDQUOT: "your disk quota is used up",
  EROFS: "its file system is read-only",
  ELOOP: "its symbolic links form a loop",
  ENAMETOOLONG: "its name is too long",
};

function reasonOf(error: unknown): string {
  return reasons[errnoOf(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
}
