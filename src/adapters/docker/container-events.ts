import type { Readable } from "node:stream";
import type { ContainerAction, ContainerEvent, LabelFilter } from "../../ports/container-engine.ts";
import { LineSplitter } from "../lines.ts";
import type { EngineConnection, EngineRequest } from "./engine-connection.ts";
import { labelFilters } from "./label-filters.ts";

const actions: readonly ContainerAction[] = [
  ...(["create", "start", "restart", "die", "stop"] as const),
  ...(["pause", "unpause", "oom", "rename", "destroy"] as const),
];

/** One line of the answer. https://docs.docker.com/reference/api/engine/version/v1.45/#tag/System/operation/SystemEvents */
interface EngineEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

/** Asks from the engine's own "now" on: it begins to answer before it begins to collect. */
export async function containerEvents(
  connection: EngineConnection,
  { labels }: LabelFilter,
  { signal }: { readonly signal: AbortSignal },
): Promise<AsyncIterable<ContainerEvent>> {
  const request: EngineRequest = { action: "follow its events", signal };
  const { SystemTime } = (await connection.call(request, (docker) => docker.info())) as {
    readonly SystemTime: string;
  };
  const filters = { ...labelFilters(labels), type: ["container"], event: actions };
  const stream = await connection.open(request, {
    path: "/events",
    query: { since: (Date.parse(SystemTime) / 1000).toFixed(3), filters: JSON.stringify(filters) },
  });
  return eventsIn(stream, { connection, request });
}

async function* eventsIn(
  stream: Readable,
  {
    connection,
    request,
  }: { readonly connection: EngineConnection; readonly request: EngineRequest },
): AsyncGenerator<ContainerEvent, void, undefined> {
  const splitter = new LineSplitter();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      yield* splitter.push(chunk).flatMap(eventOf);
    }
    request.signal?.throwIfAborted();
  } catch (error) {
    request.signal?.throwIfAborted();
    throw connection.translate(error, request);
  } finally {
    stream.destroy();
  }
}

function eventOf(line: string): readonly ContainerEvent[] {
  if (line.trim() === "") return [];
  const { Action = "", Actor } = JSON.parse(line) as EngineEvent;
  const action = actions.find((each) => each === Action);
  if (action === undefined) return [];
  // Labels stand among the attributes.
  const { name = "", ...labels } = Actor?.Attributes ?? {};
  return [{ action, container: Actor?.ID ?? "", name, labels }];
}
