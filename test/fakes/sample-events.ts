import type { ProgressEvent } from "../../src/ports/events.ts";

/** A creation in which two steps overlap, one fails, and what was begun is undone. */
export const sampleEvents: readonly ProgressEvent[] = [
  { type: "run-started", title: 'Creating cluster "shop"', steps: 5 },
  { type: "step-started", stepId: "ensure-images", title: "Ensuring images" },
  {
    type: "step-progress",
    stepId: "ensure-images",
    detail: "pulling docker.io/kindest/node:v1.34.11",
    fraction: 0.425,
  },
  { type: "step-finished", stepId: "ensure-images", title: "Ensuring images", ms: 1800 },
  {
    type: "step-skipped",
    stepId: "configure-load-balancer",
    title: "Configuring load balancer",
    reason: "there is one control plane",
  },
  { type: "step-started", stepId: "start-nodes", title: "Starting nodes" },
  { type: "step-started", stepId: "start-registry", title: "Starting registry" },
  {
    type: "warning",
    code: "port-taken",
    message: "Port 5001 is taken; the registry uses 5002.",
    hint: "Name one with registry.port in the config.",
  },
  { type: "output", source: "shop-control-plane", line: "Failed to start containerd.service" },
  {
    type: "step-failed",
    stepId: "start-nodes",
    title: "Starting nodes",
    code: "node-boot-failed",
    ms: 61_000,
  },
  {
    type: "step-failed",
    stepId: "start-registry",
    title: "Starting registry",
    code: "cancelled",
    ms: 900,
  },
  { type: "rollback-started", reason: 'Node "shop-control-plane" did not start' },
  { type: "rollback-finished", ms: 700 },
  { type: "run-finished", summary: "Nothing is left.", ms: 64_000 },
];
