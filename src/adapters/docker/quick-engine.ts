import * as http from "node:http";
import { text } from "node:stream/consumers";
import type {
  ContainerEngine,
  ContainerSummary,
  ImageSummary,
  LabelFilter,
} from "../../ports/container-engine.ts";
import { byName, type ListedContainer, summaryOf } from "./container-summary.ts";
import { imageSummaries, type ListedImage } from "./image-summary.ts";
import { labelFilters } from "./label-filters.ts";
import {
  type EngineAddress,
  type EngineAddressSources,
  resolveEngineAddress,
} from "./resolve-engine-address.ts";

/** The engine that the sources lead to. */
export async function openQuickEngine(
  sources: EngineAddressSources,
  options: { readonly signal: AbortSignal },
): Promise<QuickEngine> {
  return new QuickEngine(await resolveEngineAddress(sources), options);
}

/**
 * The two questions of completion, asked without dockerode, which takes longer to load than they take to be answered. Failures
 * are thrown as they are, because nobody will read them.
 */
export class QuickEngine implements Pick<ContainerEngine, "listContainers" | "listImages"> {
  readonly #address: EngineAddress;
  readonly #signal: AbortSignal;

  /** @param options.signal ends every request */
  constructor(address: EngineAddress, { signal }: { readonly signal: AbortSignal }) {
    this.#address = address;
    this.#signal = signal;
  }

  async listContainers({ labels }: LabelFilter): Promise<readonly ContainerSummary[]> {
    const filters = encodeURIComponent(JSON.stringify(labelFilters(labels)));
    const found = await this.#get(`/containers/json?all=1&filters=${filters}`);
    return (found as readonly ListedContainer[]).map(summaryOf).sort(byName);
  }

  async listImages(): Promise<readonly ImageSummary[]> {
    return ((await this.#get("/images/json")) as readonly ListedImage[]).flatMap(imageSummaries);
  }

  async #get(path: string): Promise<unknown> {
    const { socketPath, host, port, tls } = this.#address;
    const client = tls === undefined ? http : await import("node:https");
    const options = { socketPath, host, port, ...tls, path, agent: false, signal: this.#signal };
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      client.get(options, resolve).once("error", reject);
    });
    const body = await text(answer);
    if (answer.statusCode !== 200)
      throw new Error(`The engine answers ${answer.statusCode}: ${body}`);
    return JSON.parse(body);
  }
}
