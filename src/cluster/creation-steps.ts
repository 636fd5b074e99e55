import type { CreationContext } from "./creation-context.ts";
import type { Step } from "./step.ts";
import { announceRegistry, connectRegistry } from "./steps/connect-registry.ts";
import { configureContainerd } from "./steps/configure-containerd.ts";
import { createNetwork } from "./steps/create-network.ts";
import { deleteBootstrapToken } from "./steps/delete-bootstrap-token.ts";
import { exportKubeconfig } from "./steps/export-kubeconfig.ts";
import { initControlPlane } from "./steps/init-control-plane.ts";
import { installCni } from "./steps/install-cni.ts";
import { installStorage } from "./steps/install-storage.ts";
import { joinWorkers } from "./steps/join-workers.ts";
import { startNodes } from "./steps/start-nodes.ts";
import { startRegistry } from "./steps/start-registry.ts";
import { waitUntilReady } from "./steps/wait-until-ready.ts";
import { writeKubeadmConfig } from "./steps/write-kubeadm-config.ts";

/** How a cluster comes to be, in the order in which it is begun; what each waits for stands in its `after`. */
export const creationSteps: readonly Step<CreationContext>[] = [
  createNetwork,
  startNodes,
  startRegistry,
  connectRegistry,
  configureContainerd,
  writeKubeadmConfig,
  initControlPlane,
  installCni,
  installStorage,
  joinWorkers,
  announceRegistry,
  deleteBootstrapToken,
  waitUntilReady,
  exportKubeconfig,
];
