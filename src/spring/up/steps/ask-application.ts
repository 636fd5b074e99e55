import { waitUntil } from "../../../steps/wait-until.ts";
import { ToolError } from "../../../errors/tool-error.ts";
import type { HttpAnswer } from "../../../ports/http.ts";
import { formatDuration } from "../../../progress/format-duration.ts";
import { probeKindOf } from "../../objects/plan-probes.ts";
import { Skipped } from "../../../steps/flow.ts";
import type { UpContext } from "../up-context.ts";
import type { Answered, Published, UpTask } from "../up-stages.ts";

/** The published port leads somewhere at once, but kube-proxy may need a moment to learn of new pods. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 200;
const ANSWER_TIMEOUT_MS = 5_000;

/** The proof: one request through the URL that the user gets. */
export const askApplication: UpTask<Published, Answered> = {
  id: "ask-application",
  title: (_, { url }) => `Asking ${url ?? "the application"}`,
  async run(context, published, { signal }) {
    const { url, name, properties, facts } = published;
    if (url === undefined) {
      return new Skipped("it has no URL", { ...published, answer: undefined });
    }
    const { checkPath } = context.request.application;
    const isDefault = checkPath === "/";
    const path = isDefault ? `${properties.contextPath}/` : checkPath;
    const answer = await ask(context, { name, url: url + path }, signal);
    // Most services have nothing at "/"; their health says more than "404".
    const canAskHealth =
      probeKindOf({ facts, properties }) === "actuator" && properties.management.port === undefined;
    if (answer.status !== 404 || !isDefault || !canAskHealth) return { ...published, answer };
    const health = { name, url: url + properties.management.healthPath };
    return { ...published, answer: await ask(context, health, signal) };
  },
};

async function ask(
  { ports }: UpContext,
  { name, url }: { readonly name: string; readonly url: string },
  signal: AbortSignal,
): Promise<HttpAnswer & { readonly url: string }> {
  const { clock, http } = ports;
  const answer = await waitUntil(
    (either) =>
      http.get(url, {
        ...{ timeoutMs: ANSWER_TIMEOUT_MS, signal: either },
        acceptsAnyCertificate: true,
      }),
    {
      ...{ clock, signal, everyMs: PAUSE_MS, withinMs: PATIENCE_MS },
      onDeadline: () =>
        new ToolError("application-not-answering", {
          ...{ name, url, waited: formatDuration(PATIENCE_MS) },
        }),
    },
  );
  return { url, ...answer };
}
