import * as http from "node:http";
import * as https from "node:https";
import type { Http, HttpAnswer } from "../../ports/http.ts";

const MAX_BODY_BYTES = 64 * 1024;

/** GET requests with nothing kept between them. */
export class SystemHttp implements Http {
  get(
    url: string,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<HttpAnswer | undefined> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return void reject(signal.reason as Error);
      const deadline = AbortSignal.timeout(timeoutMs);
      const together = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
      const failed = () => {
        if (signal?.aborted === true) reject(signal.reason as Error);
        else resolve(undefined);
      };
      const client = url.startsWith("https:") ? https : http;
      const request = client.get(url, { agent: false, signal: together }, (answer) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        const done = () =>
          resolve({
            status: answer.statusCode ?? 0,
            contentType: answer.headers["content-type"] ?? "",
            body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString("utf8"),
          });
        answer.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes < MAX_BODY_BYTES) return;
          // Endless bodies exist (event streams): what is wanted is here.
          done();
          request.destroy();
        });
        answer.once("end", done);
        answer.once("error", failed);
      });
      request.once("error", failed);
    });
  }
}
