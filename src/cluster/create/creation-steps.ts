import type { CreationContext } from "./creation-context.ts";
import { defineSteps } from "../../steps/define-steps.ts";
import { connectRegistry } from "./steps/connect-registry.ts";
import { connectSharedRegistry } from "./steps/connect-shared-registry.ts";
import { createNetwork } from "./steps/create-network.ts";
import { exportKubeconfig } from "./steps/export-kubeconfig.ts";
import { initControlPlane } from "./steps/init-control-plane.ts";
import { joinWorkers } from "./steps/join-workers.ts";
import { startCaches } from "./steps/start-caches.ts";
import { startNodes } from "./steps/start-nodes.ts";
import { startRegistry } from "./steps/start-registry.ts";
import { waitUntilReady } from "./steps/wait-until-ready.ts";

/**
 * How a cluster comes to be, in the order in which it is begun; what each waits for stands in its `after`.
 * What happens inside a node is in nodes/bootstrap/*.sh.
 */
export const creationSteps = defineSteps<CreationContext>([
  createNetwork,
  startNodes,
  startRegistry,
  connectSharedRegistry,
  startCaches,
  initControlPlane,
  joinWorkers,
  connectRegistry,
  waitUntilReady,
  exportKubeconfig,
]);
