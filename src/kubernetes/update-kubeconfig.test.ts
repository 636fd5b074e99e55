import { expect, test } from "vitest";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { FakeRandom } from "../../test/fakes/fake-random.ts";
import { ToolError } from "../errors/tool-error.ts";
import { updateKubeconfig } from "./update-kubeconfig.ts";

const path = "/home/me/.kube/config";
const lock = `${path}.lock`;

/** The fake's files are of 1970, so its clock begins there: locks are fresh. */
function aHost(files: Readonly<Record<string, string>> = {}) {
  return {
    files: new FakeFiles(files),
    clock: new FakeClock("1970-01-01T00:00:00.000Z"),
    random: new FakeRandom(),
  };
}

test("creates a kubeconfig that nobody else may read, and leaves no lock", async () => {
  const host = aHost();
  await updateKubeconfig({ path, change: (text) => `was ${text}` }, host);
  expect(await host.files.readText(path)).toBe("was undefined");
  expect((await host.files.status(path))?.mode).toBe(0o600);
  expect(host.files.paths).toEqual([path]);
});

test("tightens the mode of a file that others may read", async () => {
  const host = aHost({ [path]: "old" });
  await updateKubeconfig({ path, change: () => "new" }, host);
  expect((await host.files.status(path))?.mode).toBe(0o600);
});

test.each([
  ["undefined", undefined],
  ["the same text", "old"],
])("writes nothing when the change gives %s", async (_name, result) => {
  const host = aHost({ [path]: "old" });
  await updateKubeconfig({ path, change: () => result }, host);
  expect(host.files.writes).not.toContain(path);
  expect(host.files.paths).toEqual([path]);
});

test("no change is lost among fifty at once", async () => {
  const host = aHost({ [path]: "" });
  const changes = Array.from({ length: 50 }, (_, index) =>
    updateKubeconfig({ path, change: (text) => `${text}${index}\n` }, host),
  );
  await Promise.all(changes);
  const lines = (await host.files.readText(path))?.trim().split("\n") ?? [];
  expect(lines.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(host.files.paths).toEqual([path]);
});

test("a symlink stays one; it and its target are locked", async () => {
  const target = "/dotfiles/kubeconfig";
  const host = aHost({ [target]: "old" });
  host.files.link(path, target);
  let locks: readonly string[] = [];
  await updateKubeconfig(
    {
      path,
      change: () => {
        locks = host.files.paths.filter((file) => file.endsWith(".lock"));
        return "new";
      },
    },
    host,
  );
  expect(locks).toEqual([`${target}.lock`, lock]);
  expect(await host.files.readText(target)).toBe("new");
  expect(await host.files.realPath(path)).toBe(target);
  expect(host.files.paths).toEqual([target, path]);
});

test("two names of one file wait for each other", async () => {
  const target = "/dotfiles/kubeconfig";
  const host = aHost({ [target]: "" });
  host.files.link(path, target);
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      updateKubeconfig(
        { path: index % 2 === 0 ? path : target, change: (text) => `${text}x` },
        host,
      ),
    ),
  );
  expect(await host.files.readText(target)).toBe("x".repeat(20));
});

test("waits for another program's lock, and goes on once it is gone", async () => {
  const host = aHost({ [path]: "old", [lock]: "" });
  const updated = updateKubeconfig({ path, change: () => "new" }, host);
  void host.clock.sleep(3000).then(() => host.files.remove(lock));
  await updated;
  expect(await host.files.readText(path)).toBe("new");
  expect(host.clock.monotonicMs()).toBeLessThan(3200);
});

test("gives up after ten seconds, and leaves file and lock alone", async () => {
  const host = aHost({ [path]: "old", [lock]: "" });
  await expect(updateKubeconfig({ path, change: () => "new" }, host)).rejects.toMatchObject({
    code: "kubeconfig-locked",
    facts: { path, lock },
  });
  expect(host.clock.monotonicMs()).toBeGreaterThanOrEqual(10_000);
  expect(host.clock.monotonicMs()).toBeLessThan(11_000);
  expect(await host.files.readText(path)).toBe("old");
  expect(host.files.paths).toEqual([path, lock]);
});

test("goes on waiting while others have their turns, up to a minute", async () => {
  const host = aHost({ [path]: "old", [lock]: "" });
  const files = new FreshFiles(host.files, host.clock);
  const others = new AbortController();
  const takeTurns = async (): Promise<void> => {
    for (;;) {
      await host.clock.sleep(5000, others.signal);
      await files.remove(lock);
      await files.createExclusive(lock, "");
    }
  };
  const turns = takeTurns().catch(() => undefined);
  const updated = updateKubeconfig({ path, change: () => "new" }, { ...host, files });
  await expect(updated).rejects.toMatchObject({ code: "kubeconfig-locked" });
  expect(host.clock.monotonicMs()).toBeGreaterThanOrEqual(60_000);
  expect(host.clock.monotonicMs()).toBeLessThan(61_000);
  others.abort();
  await turns;
});

test("pauses of different lengths keep writers from meeting again and again", async () => {
  const host = aHost({ [lock]: "" });
  await updateKubeconfig({ path, change: () => "new" }, host).catch(() => undefined);
  expect(new Set(host.clock.sleepsMs).size).toBeGreaterThan(10);
  expect(Math.min(...host.clock.sleepsMs)).toBeGreaterThanOrEqual(10);
});

test("takes away a lock that a crash left more than a minute ago", async () => {
  const host = aHost({ [path]: "old", [lock]: "" });
  host.clock.advance(61_000);
  await updateKubeconfig({ path, change: () => "new" }, host);
  expect(await host.files.readText(path)).toBe("new");
  expect(host.clock.sleepsMs).toEqual([]);
  expect(host.files.paths).toEqual([path]);
});

test("a lock becomes old while one waits for it only if that is long enough", async () => {
  const host = aHost({ [lock]: "" });
  host.clock.advance(55_000);
  await updateKubeconfig({ path, change: () => "new" }, host);
  expect(host.clock.monotonicMs()).toBeGreaterThan(60_000);
  expect(host.clock.monotonicMs()).toBeLessThan(61_000);
});

test("a stale lock taken away by twenty at once loses no change", async () => {
  const host = aHost({ [path]: "", [lock]: "" });
  host.clock.advance(61_000);
  const fresh = new FreshFiles(host.files, host.clock);
  await Promise.all(
    Array.from({ length: 20 }, () =>
      updateKubeconfig({ path, change: (text) => `${text}x` }, { ...host, files: fresh }),
    ),
  );
  expect(await host.files.readText(path)).toBe("x".repeat(20));
  expect(host.files.paths).toEqual([path]);
});

test("a crash while a stale lock was being taken away is overcome too", async () => {
  const host = aHost({ [lock]: "", [`${lock}.stale`]: "" });
  host.clock.advance(61_000);
  await updateKubeconfig({ path, change: () => "new" }, host);
  expect(host.files.paths).toEqual([path]);
});

test("what the change throws passes through; file and lock are as before", async () => {
  const host = aHost({ [path]: "old" });
  const failure = new ToolError("kubeconfig-invalid", { path, reason: "it is no mapping" });
  const change = () => {
    throw failure;
  };
  await expect(updateKubeconfig({ path, change }, host)).rejects.toBe(failure);
  expect(await host.files.readText(path)).toBe("old");
  expect(host.files.paths).toEqual([path]);
});

test("a kubeconfig that may not be read is left alone, without a lock", async () => {
  const host = aHost({ [path]: "secret" });
  host.files.unreadable.add(path);
  await expect(updateKubeconfig({ path, change: () => "new" }, host)).rejects.toMatchObject({
    code: "file-unreadable",
  });
  host.files.unreadable.clear();
  expect(await host.files.readText(path)).toBe("secret");
  expect(host.files.paths).toEqual([path]);
});

test("a folder that may not be written is said at once", async () => {
  const host = aHost({ [path]: "old" });
  host.files.unwritable.add("/home/me/.kube");
  await expect(updateKubeconfig({ path, change: () => "new" }, host)).rejects.toMatchObject({
    code: "file-unwritable",
  });
  expect(host.clock.sleepsMs).toEqual([]);
});

test("an abort while waiting ends the wait and touches nothing", async () => {
  const host = aHost({ [path]: "old", [lock]: "" });
  const controller = new AbortController();
  const updated = updateKubeconfig({ path, change: () => "new", signal: controller.signal }, host);
  void host.clock.sleep(500).then(() => controller.abort(new Error("Ctrl-C")));
  await expect(updated).rejects.toThrow("Ctrl-C");
  expect(host.clock.monotonicMs()).toBeLessThan(600);
  expect(host.files.paths).toEqual([path, lock]);
});

test("an abort under the lock writes nothing and releases it", async () => {
  const host = aHost({ [path]: "old" });
  const controller = new AbortController();
  const change = () => {
    controller.abort(new Error("Ctrl-C"));
    return "new";
  };
  await expect(updateKubeconfig({ path, change, signal: controller.signal }, host)).rejects.toThrow(
    "Ctrl-C",
  );
  expect(await host.files.readText(path)).toBe("old");
  expect(host.files.paths).toEqual([path]);
});

/** Gives files made from now on the clock's time, as real ones have it. */
class FreshFiles extends FakeFiles {
  readonly #files: FakeFiles;
  readonly #clock: FakeClock;
  readonly #madeAt = new Map<string, number>();

  constructor(files: FakeFiles, clock: FakeClock) {
    super();
    this.#files = files;
    this.#clock = clock;
  }

  override async status(file: string) {
    const status = await this.#files.status(file);
    const modifiedMs = this.#madeAt.get(file);
    return status === undefined || modifiedMs === undefined ? status : { ...status, modifiedMs };
  }

  override async createExclusive(file: string, text: string): Promise<boolean> {
    const isMade = await this.#files.createExclusive(file, text);
    if (isMade) this.#madeAt.set(file, Date.parse(this.#clock.nowIso()));
    return isMade;
  }

  override readText(file: string) {
    return this.#files.readText(file);
  }

  override realPath(file: string) {
    return this.#files.realPath(file);
  }

  override remove(file: string) {
    return this.#files.remove(file);
  }

  override writeTextAtomic(file: string, text: string, options: { readonly mode: number }) {
    return this.#files.writeTextAtomic(file, text, options);
  }
}
