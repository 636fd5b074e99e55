import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { abortOnSignals } from "./abort-on-signals.ts";
import { describe, renderDescription, type Description } from "./description.ts";
import { defaultJsonFile, writeJson } from "./json-file.ts";
import { readLoopOptions, type LoopOptions } from "./loop-options.ts";
import {
  renderLoop,
  toLoopFigures,
  type Edit,
  type WayName,
  type WayResults,
} from "./loop-report.ts";
import { openWay, type Bench, type OpenWay } from "./loop-ways.ts";
import { waitUntilQuiet } from "./machine.ts";
import { airfieldTool, kindTool } from "./tools.ts";
import { tell } from "./tell.ts";

const root = join(import.meta.dirname, "..");
const kind = join(root, ".tools/bin/kind");
/** Each answer is work for the old pod and this program, which the new one wants the processors for. */
const pollMs = 100;
/** The longest that one edit may take. */
const patienceMs = 180_000;

/** What is edited: the name that the example answers for user 1. */
const source = "src/main/java/dev/airfield/example/user/UserController.java";
const name = /1L, "\w+"/;

await main();

async function main(): Promise<void> {
  const options = readLoopOptions(process.argv.slice(2), {
    ownAirfield: join(root, "bin/airfield"),
    example: join(root, "examples/user-service"),
  });
  const { airfield } = options;
  const signal = abortOnSignals();
  const description = await describe({
    tools: [airfieldTool(airfield, []), ...(options.ways.includes("kind") ? [kindTool(kind)] : [])],
    root,
    nodeImage: await contentTag("node"),
    probeImage: "",
  });
  tell(renderDescription(description));
  const folder = await mkdtemp(join(tmpdir(), "airfield-bench-"));
  const bench: Bench = {
    ...{ airfield, kind, folder, signal },
    jreImage: await contentTag("jre-17"),
    cluster: `bench-loop-${randomBytes(3).toString("hex")}`,
    project: join(folder, "user-service"),
    env: { KUBECONFIG: join(folder, "kubeconfig") },
  };
  const results: WayResults[] = [];
  const jsonFile = options.json ?? defaultJsonFile("loop", description.startedAt);
  try {
    await cp(options.project, bench.project, {
      recursive: true,
      filter: (path) => !path.includes("/target"),
    });
    for (const way of options.ways) {
      results.push(await measureWay(way, options, bench));
      if (jsonFile !== "-") await writeJson(jsonFile, renderJson(description, results));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    tell("stopped; the cluster is removed\n");
  } finally {
    await execa(airfield, ["delete", "cluster", bench.cluster], { env: bench.env, reject: false });
    await rm(folder, { recursive: true, force: true });
  }
  if (jsonFile === "-") process.stdout.write(renderJson(description, results));
  else {
    process.stdout.write(`\n${renderDescription(description)}\n${renderLoop(results)}`);
    tell(`\nfigures of every edit: ${jsonFile}\n`);
  }
  if (results.some(({ failure }) => failure !== undefined)) process.exitCode ??= 1;
}

async function measureWay(
  way: WayName,
  { edits, warmup, settleSeconds }: LoopOptions,
  bench: Bench,
): Promise<WayResults> {
  const measured: Edit[] = [];
  try {
    const opened = await openWay(way, bench);
    try {
      for (let index = 1 - warmup; index <= edits; index += 1) {
        await waitUntilQuiet(settleSeconds * 1000, bench.signal);
        const edit = await measureEdit(opened, index < 1, bench);
        measured.push(edit);
        const seconds = (edit.answeredMs / 1000).toFixed(2);
        tell(`${way} ${index < 1 ? "warm-up" : `edit ${index}`}: ${seconds} s\n`);
      }
    } finally {
      await opened.close();
    }
    return { way, edits: measured };
  } catch (error) {
    bench.signal.throwIfAborted();
    const failure = error instanceof Error ? error.message : String(error);
    tell(`${way} failed: ${failure}\n`);
    return { way, edits: measured, failure };
  }
}

async function measureEdit(
  { url, deliver }: OpenWay,
  warmup: boolean,
  { project, signal }: Bench,
): Promise<Edit> {
  const file = join(project, source);
  const text = await readFile(file, "utf8");
  const wanted = `N${randomBytes(4).toString("hex")}`;
  let savedMs = 0;
  let answered: Promise<number> = Promise.resolve(Number.NaN);
  const phases = await deliver(async () => {
    savedMs = performance.now();
    await writeFile(file, text.replace(name, `1L, "${wanted}"`));
    answered = untilAnswered(url, wanted, signal);
    // Whoever delivers may fail first, and say why.
    answered.catch(() => undefined);
  });
  return { warmup, phases, answeredMs: (await answered) - savedMs };
}

async function untilAnswered(url: string, wanted: string, signal: AbortSignal): Promise<number> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < patienceMs) {
    try {
      const timeout = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
      // Each request its own connection: a kept one may lead to the old pod.
      const answer = await fetch(url, { signal: timeout, headers: { connection: "close" } });
      if ((await answer.text()).includes(wanted)) return performance.now();
    } catch {
      signal.throwIfAborted();
    }
    await sleep(pollMs, undefined, { signal });
  }
  throw new Error(`the new version did not answer within ${patienceMs / 1000} s`);
}

async function contentTag(component: string): Promise<string> {
  return (await execa(join(root, "images/content-tag"), [component])).stdout;
}

function renderJson(description: Description, results: readonly WayResults[]): string {
  return `${JSON.stringify({ ...description, results: toLoopFigures(results) }, null, 2)}\n`;
}
