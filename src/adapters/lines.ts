import { StringDecoder } from "node:string_decoder";

/** Cuts a stream of bytes into lines; characters split between chunks stay whole, "\r\n" counts as one end. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** The lines that `chunk` completes. */
  push(chunk: Uint8Array): readonly string[] {
    const parts = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = parts.pop() ?? "";
    return parts.map(withoutCarriageReturn);
  }

  /** The last line, if it lacks its end. */
  end(): readonly string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    return rest === "" ? [] : [withoutCarriageReturn(rest)];
  }
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
