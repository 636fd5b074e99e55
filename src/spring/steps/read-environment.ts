import { warningOf } from "../../errors/warning-of.ts";
import { resolveEnvironment } from "../environment/resolve-environment.ts";
import { known, type UpStep } from "../up-context.ts";

/**
 * What the application listens on, by Spring Boot's own word: beside the way of the image to the nodes, and only where
 * something has changed that it depends on.
 */
export const readEnvironment: UpStep = {
  id: "read-environment",
  title: () => "Asking Spring Boot for its settings",
  after: ["build-image"],
  async run(context, { signal, progress }) {
    const { request, ports, found } = context;
    const { localImage, baseImage, archive, classes, libraryArchive } = found;
    const { environmentReader } = request;
    if (environmentReader === undefined) return { skipped: "its configuration files are read" };
    // Where the class path of other images is, and whether they have a shell, is not known.
    if (localImage === undefined || baseImage === undefined) {
      return { skipped: "its image is not made by Airfield: its configuration files are read" };
    }
    const outcome = await resolveEnvironment(
      {
        ...{ application: request.application, dependencies: request.dependencies },
        ...{ project: known(found, "project"), contents: known(found, "contents") },
        imageId: known(found, "imageId"),
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
      ports.reporter.report(
        warningOf("environment-not-read", { name: known(found, "name"), reason }),
      );
      return undefined;
    }
    found.environment = outcome.answer;
    const port = outcome.answer.properties["server.port"];
    if (port !== undefined)
      progress(`server.port ${port.value ?? "?"} from ${port.origin.join(", imported by ")}`);
    return outcome.isNew ? undefined : { skipped: "they are known" };
  },
};
