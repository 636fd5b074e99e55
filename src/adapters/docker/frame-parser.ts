/** A piece of what a container wrote. */
export interface Frame {
  readonly stream: "stdout" | "stderr";
  readonly content: Uint8Array;
}

/** 1 byte stream, 3 bytes zero, 4 bytes length (big endian). */
const HEADER_BYTES = 8;

/**
 * Takes apart the stream in which the engine sends stdout and stderr of a container without a terminal:
 * https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerAttach
 * docker-modem's demuxStream copies what is left of its buffer for each frame (quadratic for a chatty
 * command) and drops a frame cut off by the end of the stream; this one does neither.
 */
export class FrameParser {
  #header = Buffer.alloc(0);
  #stream: Frame["stream"] = "stdout";
  #contentLeft = 0;

  /** The content that `chunk` brings. A frame split between chunks comes out in as many pieces. */
  push(chunk: Uint8Array): readonly Frame[] {
    const frames: Frame[] = [];
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) {
      if (this.#contentLeft === 0) {
        const wanted = HEADER_BYTES - this.#header.length;
        this.#header = Buffer.concat([this.#header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (this.#header.length < HEADER_BYTES) break;
        // 3 is the engine's own complaint about the stream; it belongs with stderr.
        this.#stream = this.#header[0] === 1 ? "stdout" : "stderr";
        this.#contentLeft = this.#header.readUInt32BE(4);
        this.#header = Buffer.alloc(0);
      } else {
        const content = rest.subarray(0, this.#contentLeft);
        frames.push({ stream: this.#stream, content });
        this.#contentLeft -= content.length;
        rest = rest.subarray(content.length);
      }
    }
    return frames;
  }
}
