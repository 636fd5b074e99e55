import { known, type UpStep } from "../up-context.ts";

/** Asks for the wanted port of this machine at once: that it is taken is not to be learned after a build and a roll-out. */
export const checkPort: UpStep = {
  id: "check-port",
  title: ({ request }) => `Checking port ${request.application.hostPort}`,
  after: ["find-project"],
  appliesTo: ({ request }) => request.application.hostPort !== 0,
  async run({ request, cluster, found }) {
    // As far as it shows before the build; where the archive then says more, publishing refuses the port.
    if (known(found, "project").web === "none") return { skipped: "it listens on no port" };
    const { namespace, hostPort } = request.application;
    await cluster.checkHostPort({ name: known(found, "name"), namespace, hostPort });
    return undefined;
  },
};
