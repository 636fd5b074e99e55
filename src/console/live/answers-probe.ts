import type { Clock } from "../../ports/clock.ts";
import type { Http } from "../../ports/http.ts";
import type { ConsoleEvent } from "../model/events.ts";

const EVERY_MS = 250;
/** Longer than any roll-out should make people wait, and so few questions that none piles up. */
const TIMEOUT_MS = 2_000;
const MAX_BODY_BYTES = 4 * 1024;

interface Probing {
  readonly http: Pick<Http, "get">;
  readonly clock: Clock;
  readonly emit: (event: ConsoleEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Asks an application's URL four times a second until the signal aborts, and tells each answer in the order of the
 * questions. Only on this machine: any other host is refused with an error, since it would be an attack there.
 */
export async function probeAnswers(
  { application, url }: { readonly application: string; readonly url: string },
  { http, clock, emit, signal }: Probing,
): Promise<void> {
  if (!isOnThisMachine(url)) throw new Error(`${url} is not on this machine`);
  let told: Promise<void> = Promise.resolve();
  while (!signal.aborted) {
    const atMs = clock.monotonicMs();
    const question = ask();
    told = told.then(async () => {
      const answer = await question;
      if (!signal.aborted) emit({ type: "answer", application, atMs, ...answer });
    });
    await clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
  await told;

  async function ask(): Promise<{ readonly ms?: number; readonly status?: number }> {
    const beginMs = clock.monotonicMs();
    const options = { timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES, signal };
    // It rejects with the signal's reason alone, when nobody waits for the answer any more.
    const answer = await http
      .get(url, { ...options, acceptsAnyCertificate: true })
      .catch(() => undefined);
    if (answer === undefined) return {};
    return { ms: clock.monotonicMs() - beginMs, status: answer.status };
  }
}

function isOnThisMachine(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return /^https?:$/.test(protocol) && ["127.0.0.1", "[::1]"].includes(hostname);
}
