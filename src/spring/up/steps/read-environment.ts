import { warningOf } from "../../../errors/warning-of.ts";
import { resolveEnvironment } from "../../environment/resolve-environment.ts";
import { Skipped } from "../../../steps/flow.ts";
import type { Asked, Imaged, UpTask } from "../up-stages.ts";

/**
 * What the application listens on, by Spring Boot's own word: beside the way of the image to the nodes, and only where
 * something has changed that it depends on.
 */
export const readEnvironment: UpTask<Imaged, Asked> = {
  id: "read-environment",
  phase: "settings",
  title: () => "Asking Spring Boot for its settings",
  async run({ request, ports, libraryArchive }, imaged, { signal, progress }) {
    const { name, project, contents, imageId, localImage, baseImage, archive, classes } = imaged;
    const unasked = { ...imaged, environment: undefined };
    const { environmentReader } = request;
    if (environmentReader === undefined) {
      return new Skipped("its configuration files are read", unasked);
    }
    // Where the class path of other images is, and whether they have a shell, is not known.
    if (localImage === undefined || baseImage === undefined) {
      const reason = "its image is not made by Airfield: its configuration files are read";
      return new Skipped(reason, unasked);
    }
    const outcome = await resolveEnvironment(
      {
        ...{ application: request.application, dependencies: request.dependencies },
        ...{ project, contents, imageId },
      },
      {
        ...{ image: localImage, baseImage, sources: environmentReader },
        ...(archive === undefined ? {} : { archive: { path: archive.path, classes } }),
        layerLeftOut: libraryArchive?.layer.digest,
        javaHome: request.environment?.["JAVA_HOME"],
      },
      ports,
      signal,
    );
    if ("reason" in outcome) {
      const { reason } = outcome;
      ports.reporter.report(warningOf("environment-not-read", { name, reason }));
      return unasked;
    }
    const asked = { ...imaged, environment: outcome.answer };
    const port = outcome.answer.properties["server.port"];
    if (port !== undefined)
      progress(`server.port ${port.value ?? "?"} from ${port.origin.join(", imported by ")}`);
    return outcome.isNew ? asked : new Skipped("they are known", asked);
  },
};
