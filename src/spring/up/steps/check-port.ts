import { Skipped } from "../../../steps/flow.ts";
import type { Looked, UpTask } from "../up-stages.ts";

/** Asks for the wanted port of this machine at once: that it is taken is not to be learned after a build and a roll-out. */
export const checkPort: UpTask<Looked, void> = {
  id: "check-port",
  title: ({ request }) => `Checking port ${request.application.hostPort}`,
  async run({ request, cluster }, { project, name }) {
    // As far as it shows before the build; where the archive then says more, publishing refuses the port.
    if (project.web === "none") return new Skipped("it listens on no port", undefined);
    const { namespace, hostPort } = request.application;
    await cluster.checkHostPort({ name, namespace, hostPort });
    return undefined;
  },
};
