import { join } from "node:path";
import { AnyToolError, isToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import { withDeadline } from "../../steps/wait-until.ts";
import { readApplicationLog } from "../rollout/read-application-log.ts";
import { readAnswer, type ReadAnswer } from "./environment-answer.ts";
import {
  QUESTION_LABEL,
  LATE,
  questionContainer,
  type LayeredApplication,
  type Surroundings,
} from "./plan-question.ts";

/** Both ways of asking, and a slow machine. */
const DEADLINE_MS = 90_000;

/** Why Spring Boot gave no answer; one that `mayPass` is not worth remembering. */
export interface NoAnswer {
  readonly reason: string;
  readonly mayPass: boolean;
}

/**
 * Has Spring Boot itself load the environment that the application will have in its pod, in a container without a network
 * on the JRE that it will run on. It is started as in the pod, `main` and all, and ended before any bean is made.
 */
export async function askEnvironment(
  application: LayeredApplication,
  { env, contents }: Surroundings,
  { readerFolder, key }: { readonly readerFolder: string; readonly key: string },
  { engine, files, clock }: Pick<Ports, "engine" | "files" | "clock">,
  signal: AbortSignal,
): Promise<ReadAnswer | NoAnswer> {
  const contentsFolder = await files.makeTemporaryDirectory("airfield-environment-");
  const name = `airfield-environment-${key.slice(0, 12)}`;
  const lines: string[] = [];
  try {
    await writeContents(
      contentsFolder,
      { config: contents.config, secrets: contents.secrets },
      files,
    );
    const spec = questionContainer(application, { name, readerFolder, contentsFolder, env });
    await removeLeftovers(engine);
    try {
      await engine.createContainer(spec, { signal });
    } catch (error) {
      if (!isToolError(error, "container-name-taken")) throw error;
      return { reason: "another command is asking", mayPass: true };
    }
    try {
      await withDeadline(
        async (until): Promise<void> => {
          await engine.startContainer(name, { signal: until });
          for await (const line of engine.logs(name, { follow: true, signal: until })) {
            lines.push(line);
          }
        },
        { clock, withinMs: DEADLINE_MS, signal, onDeadline: (): Error => new Late() },
      );
    } finally {
      await engine.removeContainer(name);
    }
    const answer = readAnswer(lines);
    if (answer !== undefined) return answer;
    return lines.at(-1) === LATE
      ? { reason: "its environment was not prepared within 30 seconds", mayPass: true }
      : { reason: reasonOf(lines), mayPass: false };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Late) {
      return { reason: `it said nothing within ${DEADLINE_MS / 1000} seconds`, mayPass: true };
    }
    // An engine on a machine that has not our folders, say.
    if (!(error instanceof AnyToolError)) throw error;
    return { reason: error.message.replace(/\.$/, ""), mayPass: true };
  } finally {
    await files.remove(contentsFolder);
  }
}

class Late extends Error {}

/** Of commands that were killed: no container outlives its question, so one that has ended is nobody's. */
async function removeLeftovers(engine: Ports["engine"]): Promise<void> {
  const containers = await engine.listContainers({ labels: { [QUESTION_LABEL]: "" } });
  const ended = containers.filter(({ state }) => state === "exited");
  await Promise.all(ended.map(({ id }) => engine.removeContainer(id)));
}

/** As the pod mounts them; a key of a Secret is a file of its own. */
async function writeContents(
  folder: string,
  parts: {
    readonly config: Readonly<Record<string, Uint8Array>>;
    readonly secrets: Readonly<Record<string, string>>;
  },
  files: Ports["files"],
): Promise<void> {
  for (const [part, content] of Object.entries(parts)) {
    await files.makeDirectory(join(folder, part));
    for (const [name, value] of Object.entries<string | Uint8Array>(content)) {
      const bytes = typeof value === "string" ? Buffer.from(value) : value;
      await files.writeBytes(join(folder, part, name), bytes);
    }
  }
}

/** What the application, or the JVM, has said last. */
function reasonOf(lines: readonly string[]): string {
  const log = readApplicationLog(lines.join("\n"));
  const at = log.findIndex((line) => /^(Description|Reason):/.test(line));
  return (log[at + 1] ?? log.at(-1) ?? "it said nothing").trim().replace(/\.$/, "");
}
