import { expect, test } from "vitest";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import { FakeRandom } from "../../../test/fakes/fake-random.ts";
import { BuildLocks, type BuildLock } from "./build-locks.ts";

const folder = "/home/me/shop";
const never = new AbortController().signal;

/** The fake's files are of 1970, so its clock begins there: locks are fresh. */
function aHost() {
  const files = new FakeFiles({ [`${folder}/pom.xml`]: "" });
  const clock = new FakeClock("1970-01-01T00:00:00.000Z");
  // Looking takes time.
  const status = files.status.bind(files);
  files.status = (path) => {
    clock.advance(1);
    return status(path);
  };
  return { files, clock, random: new FakeRandom() };
}

type Host = ReturnType<typeof aHost>;

/** A command of its own; `waits` are those that it told of. */
function aCommand(host: Host) {
  const locks = new BuildLocks(host);
  const waits: string[] = [];
  const hold = (where = folder, signal = never): Promise<BuildLock> =>
    locks.hold(where, { signal, onWait: () => waits.push(where) });
  return { hold, waits };
}

const lockFiles = ({ files }: Host) => files.paths.filter((path) => !path.endsWith("pom.xml"));

test("the second waits until the first is done, however long that takes, and tells it once", async () => {
  const host = aHost();
  const [first, second] = [aCommand(host), aCommand(host)];
  const held = await first.hold();
  let isSecond = false;
  const waiting = second.hold().then((lock) => {
    isSecond = true;
    return lock;
  });
  await host.clock.sleep(300_000);
  expect(isSecond).toBe(false);
  const releasedMs = host.clock.monotonicMs();
  await held.release();
  await (await waiting).release();
  expect(host.clock.monotonicMs() - releasedMs).toBeLessThan(200);
  expect([first.waits, second.waits]).toEqual([[], [folder]]);
});

test("the lock is in the cache folder, and goes with its holder", async () => {
  const host = aHost();
  const lock = await aCommand(host).hold();
  expect(lockFiles(host)).toEqual([expect.stringMatching(/^\/cache\/builds\/[0-9a-f]{64}\.lock$/)]);
  await lock.release();
  await lock.release();
  expect(lockFiles(host)).toEqual([]);
  // Nobody touches it any more.
  await host.clock.sleep(5_000);
  expect(lockFiles(host)).toEqual([]);
});

test("one folder has one lock by all its names, and another has another", async () => {
  const host = aHost();
  host.files.link("/projects", "/home/me");
  host.files.put("/home/me/other/pom.xml", "");
  const held = await aCommand(host).hold();
  const second = aCommand(host);
  const waiting = second.hold("/projects/shop");
  await (await aCommand(host).hold("/home/me/other")).release();
  await host.clock.sleep(2_000);
  expect(second.waits).toEqual(["/projects/shop"]);
  await held.release();
  await (await waiting).release();
});

test("applications of one command share a lock until the last is done", async () => {
  const host = aHost();
  const command = aCommand(host);
  const [one, two] = await Promise.all([command.hold(), command.hold()]);
  await one.release();
  expect(lockFiles(host)).toHaveLength(1);
  await two.release();
  expect(lockFiles(host)).toEqual([]);
  expect(command.waits).toEqual([]);
});

test("one that a killed command left is taken, and of an old one not a word is said", async () => {
  const host = aHost();
  // What is killed does nothing any more.
  const killed = { ...host, clock: new FakeClock() };
  killed.clock.sleep = () => new Promise(() => undefined);
  await aCommand(killed).hold();
  const next = aCommand(host);
  await (await next.hold()).release();
  expect(host.clock.monotonicMs()).toBeLessThan(10_500);
  expect(next.waits).toEqual([folder]);

  await aCommand(killed).hold();
  host.clock.advance(3600_000);
  const startedMs = host.clock.monotonicMs();
  const later = aCommand(host);
  await (await later.hold()).release();
  expect(host.clock.monotonicMs() - startedMs).toBeLessThan(4_000);
  expect(later.waits).toEqual([]);
  expect(lockFiles(host)).toEqual([]);
});

test("a machine that slept has old locks, which their holders keep", async () => {
  const host = aHost();
  const held = await aCommand(host).hold();
  const other = aCommand(host);
  const waiting = other.hold();
  host.clock.advance(3600_000);
  await host.clock.sleep(20_000);
  expect(other.waits).toEqual([folder]);
  await held.release();
  await (await waiting).release();
});

test("whoever lost its lock while it was stopped leaves that of the next one alone", async () => {
  const host = aHost();
  const stopped = { ...host, clock: new FakeClock() };
  stopped.clock.sleep = (_, signal) =>
    new Promise((_resolve, reject) => signal?.addEventListener("abort", reject));
  const lost = await aCommand(stopped).hold();
  const held = await aCommand(host).hold();
  await lost.release();
  expect(lockFiles(host)).toHaveLength(1);
  await held.release();
});

test("an abort ends the wait at once, of one application and of all", async () => {
  const host = aHost();
  const held = await aCommand(host).hold();
  const command = aCommand(host);
  const abort = new AbortController();
  const [one, two] = [command.hold(folder, abort.signal), command.hold()];
  void host.clock.sleep(5_000).then(() => abort.abort(new Error("Ctrl-C")));
  await expect(one).rejects.toThrow("Ctrl-C");
  expect(host.clock.monotonicMs()).toBeLessThan(5_100);
  await held.release();
  await (await two).release();
  const aborted = AbortSignal.abort(new Error("Ctrl-C"));
  await expect(command.hold(folder, aborted)).rejects.toThrow("Ctrl-C");
  expect(lockFiles(host)).toEqual([]);
});

test("a cache folder that may not be written is told to each", async () => {
  const host = aHost();
  host.files.unwritable.add("/cache");
  const command = aCommand(host);
  const refused = { code: "file-unwritable" };
  await expect(command.hold()).rejects.toMatchObject(refused);
  await expect(command.hold()).rejects.toMatchObject(refused);
});
