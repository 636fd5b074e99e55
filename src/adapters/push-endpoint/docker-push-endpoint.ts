import type { WaitOptions } from "../../ports/container-engine.ts";
import type { ImageDescription, PushedLayer, PushEndpoint } from "../../ports/push-endpoint.ts";
import { EngineConnection, type EngineRequest } from "../docker/engine-connection.ts";
import { imagePath } from "../docker/images.ts";
import { progressMessages } from "../docker/progress-messages.ts";
import type { EngineAddress } from "../docker/resolve-engine-address.ts";
import { LayerRegistry } from "./layer-registry.ts";

const repository = "airfield-load";

export class DockerPushEndpoint implements PushEndpoint {
  readonly #connection: EngineConnection;

  constructor(address: EngineAddress) {
    this.#connection = new EngineConnection(address);
  }

  async pushLayers(
    image: string,
    receive: (layer: PushedLayer) => Promise<void>,
    { signal }: WaitOptions,
  ): Promise<void> {
    await using registry = await LayerRegistry.listen(receive);
    // The port makes the name unique: pushes of several commands do not meet.
    const repo = `127.0.0.1:${registry.port}/${repository}`;
    const request: EngineRequest = { action: `push ${image} to this machine`, image, signal };
    await this.#connection.call({ ...request, waitsWhenAborted: true }, (docker) =>
      docker.getImage(imagePath(image)).tag({ repo, tag: "1" }),
    );
    try {
      await this.#connection.call(request, async (docker, abortSignal) => {
        const answer = await docker.getImage(`${repo}:1`).push({
          tag: "1",
          // Engines refuse a push without credentials, even if nobody will look at them.
          authconfig: { username: "airfield", password: "", serveraddress: repo },
          ...(abortSignal === undefined ? {} : { abortSignal }),
        });
        for await (const { error } of progressMessages(answer))
          if (error !== undefined) throw new Error(error);
      });
    } catch (error) {
      signal?.throwIfAborted();
      registry.throwIfFailed();
      throw error;
    } finally {
      // Without a signal: the name must go after a cancellation, too.
      await this.#connection.call({ action: `remove the name ${repo}:1` }, (docker) =>
        docker.getImage(`${repo}:1`).remove({ noprune: true }),
      );
    }
  }

  describeImage(image: string, { signal }: WaitOptions): Promise<ImageDescription> {
    const request: EngineRequest = { action: `inspect the image ${image}`, image, signal };
    return this.#connection.call(request, async (docker) => {
      const found = await docker.getImage(imagePath(image)).inspect();
      const { Architecture, Author, Config, Created, Os, RootFS, Size } = found;
      const variant = (found as { readonly Variant?: string }).Variant;
      const config = {
        architecture: Architecture,
        ...(variant === undefined || variant === "" ? {} : { variant }),
        os: Os,
        created: Created,
        ...(Author === "" ? {} : { author: Author }),
        config: Config,
        rootfs: { type: "layers", diff_ids: RootFS.Layers ?? [] },
      };
      return { config: Buffer.from(JSON.stringify(config)), sizeBytes: Size };
    });
  }
}
