import type { ClusterApi, ClusterApis, KubeconfigContext } from "../../src/ports/cluster-api.ts";
import { FakeClusterApi } from "./fake-cluster-api.ts";

/** The same cluster whichever way leads to it. */
export class FakeClusterApis implements ClusterApis {
  readonly api = new FakeClusterApi();
  /** The ways that were asked for. */
  readonly ways: (KubeconfigContext | "nodes")[] = [];

  ofNodes(): ClusterApi {
    this.ways.push("nodes");
    return this.api;
  }

  ofContext(context: KubeconfigContext): ClusterApi {
    this.ways.push(context);
    return this.api;
  }
}
