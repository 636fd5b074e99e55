import type { EngineCli, ImageBuild } from "../ports/engine-cli.ts";
import type { Ports } from "../ports/ports.ts";
import type { PushEndpoint } from "../ports/push-endpoint.ts";
import type { LoadReport } from "./deliver/deliver-images.ts";
import { runSteps } from "../steps/run-steps.ts";
import type { StepControl } from "../steps/step.ts";
import { parseImageReference } from "../formats/image-reference.ts";
import { findNodeNames } from "../nodes/find-nodes.ts";
import { buildFromDockerfile } from "./build-from-dockerfile.ts";
import { loadImages } from "./load-images.ts";

export interface BuildImageRequest extends ImageBuild {
  readonly cluster: string;
  readonly nodes?: readonly string[];
}

/** Builds an image from a Dockerfile and brings to the nodes what changed. */
export async function buildImage(
  { cluster, tags, nodes, ...build }: BuildImageRequest,
  ports: Pick<Ports, "engine" | "files" | "clock" | "reporter"> & {
    readonly engineCli: EngineCli;
    readonly pushEndpoint?: PushEndpoint;
  },
  signal?: AbortSignal,
): Promise<LoadReport> {
  for (const tag of tags) parseImageReference(tag);
  const image = tags[0] ?? "";
  const where = { cluster, ...(nodes === undefined ? {} : { nodes }) };
  // A build may take minutes: a wrong cluster or node fails before it starts.
  await findNodeNames(where, ports.engine);
  await runSteps(
    [
      {
        id: "build-image",
        title: () => `Building ${image}`,
        after: [],
        run: async (_: undefined, { signal, output }: StepControl) =>
          buildFromDockerfile(
            { ...build, tags },
            {
              engineCli: ports.engineCli,
              signal,
              onLine: (line) => output("docker build", line),
            },
          ),
      },
    ],
    undefined,
    { ...ports, ...(signal === undefined ? {} : { signal }) },
  );
  return loadImages({ ...where, images: tags }, ports, signal);
}
