import { waitUntil } from "../../steps/wait-until.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { HttpAnswer } from "../../ports/http.ts";
import { formatDuration } from "../../progress/format-duration.ts";
import { probeKindOf } from "../plan-probes.ts";
import { known, type UpContext, type UpStep } from "../up-context.ts";

/** The published port leads somewhere at once, but kube-proxy may need a moment to learn of new pods. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 200;
const ANSWER_TIMEOUT_MS = 5_000;

/** The proof: one request through the URL that the user gets. */
export const askApplication: UpStep = {
  id: "ask-application",
  title: ({ found }) => `Asking ${found.url ?? "the application"}`,
  after: ["publish"],
  async run(context, { signal }) {
    const { request, found } = context;
    if (found.url === undefined) return { skipped: "it has no URL" };
    const { checkPath } = request.application;
    const properties = known(found, "properties");
    const isDefault = checkPath === "/";
    const path = isDefault ? `${properties.contextPath}/` : checkPath;
    const answer = await ask(context, found.url + path, signal);
    found.answer = answer;
    // Most services have nothing at "/"; their health says more than "404".
    const facts = known(found, "facts");
    const canAskHealth =
      probeKindOf({ facts, properties }) === "actuator" && properties.management.port === undefined;
    if (answer.status === 404 && isDefault && canAskHealth) {
      found.answer = await ask(context, found.url + properties.management.healthPath, signal);
    }
    return undefined;
  },
};

async function ask(
  { ports, found }: UpContext,
  url: string,
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
          ...{ name: known(found, "name"), url, waited: formatDuration(PATIENCE_MS) },
        }),
    },
  );
  return { url, ...answer };
}
