import { LineSplitter } from "../lines.ts";

/** One message of the stream in which the engine tells how pulling, loading and importing go on. */
export interface ProgressMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

/** JSON objects, one a line; a broken last line (the engine went away) fails as what it is. */
export async function* progressMessages(
  stream: AsyncIterable<unknown>,
): AsyncIterable<ProgressMessage> {
  const splitter = new LineSplitter();
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    for (const line of splitter.push(chunk)) {
      if (line !== "") yield JSON.parse(line) as ProgressMessage;
    }
  }
  for (const line of splitter.end()) yield JSON.parse(line) as ProgressMessage;
}
