import { known, type UpStep } from "../up-context.ts";

export const publish: UpStep = {
  id: "publish",
  title: () => "Publishing on 127.0.0.1",
  after: ["wait-for-rollout"],
  async run({ request, cluster, found }, { signal, progress }) {
    if (known(found, "facts").web === "none") return { skipped: "it listens on no port" };
    const name = known(found, "name");
    const { namespace, hostPort } = request.application;
    const published = await cluster.publishPort(
      { name, namespace, service: name, nodePort: known(found, "nodePort"), hostPort },
      { signal },
    );
    if ("access" in published) {
      found.access = published.access;
      return { skipped: "it is not a cluster of Airfield's" };
    }
    const { url } = published;
    found.url =
      known(found, "properties").scheme === "https" ? url.replace(/^http:/, "https:") : url;
    progress(found.url);
    return undefined;
  },
};
