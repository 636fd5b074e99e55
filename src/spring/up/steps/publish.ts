import { Skipped } from "../../../steps/flow.ts";
import { readNodePort } from "../../rollout/read-node-port.ts";
import type { Published, RolledOut, UpTask } from "../up-stages.ts";

export const publish: UpTask<RolledOut, Published> = {
  id: "publish",
  title: () => "Publishing on 127.0.0.1",
  async run({ request, cluster }, rolledOut, { signal, progress }) {
    const { name, facts, properties } = rolledOut;
    const hidden = { ...rolledOut, url: undefined, access: undefined };
    if (facts.web === "none") return new Skipped("it listens on no port", hidden);
    const { namespace, hostPort } = request.application;
    const nodePort = await readNodePort({ name, namespace }, { cluster, signal });
    const published = await cluster.publishPort(
      { name, namespace, service: name, nodePort, hostPort },
      { signal },
    );
    if ("access" in published) {
      const { access } = published;
      return new Skipped("it is not a cluster of Airfield's", { ...hidden, access });
    }
    const url =
      properties.scheme === "https" ? published.url.replace(/^http:/, "https:") : published.url;
    progress(url);
    return { ...hidden, url };
  },
};
