import type { NamedEvent, ProgressEvent } from "../../src/ports/events.ts";

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

const creation = { within: "ensure-cluster" } as const;

/** An application that is built while the cluster for it is created: one step's work is a run of its own. */
export const nestedEvents: readonly NamedEvent[] = [
  { type: "run-started", title: "Bringing up users", steps: 3 },
  { type: "step-started", stepId: "ensure-cluster", title: 'Cluster "shop"' },
  { type: "step-started", stepId: "build-project", title: "Building with Maven" },
  { type: "run-started", title: 'Creating cluster "shop"', steps: 4, ...creation },
  { type: "step-started", stepId: "ensure-images", title: "Ensuring images", ...creation },
  { type: "step-finished", stepId: "ensure-images", title: "Ensuring images", ms: 90, ...creation },
  { type: "step-started", stepId: "start-nodes", title: "Starting node", ...creation },
  { type: "step-skipped", stepId: "caches", title: "Caches", reason: "none", ...creation },
  { type: "output", source: "maven", line: "[INFO] Compiling", stepId: "build-project" },
  { type: "step-progress", stepId: "start-nodes", detail: "booting", ...creation },
  { type: "warning", code: "proxy", message: "The nodes use a proxy.", ...creation },
  { type: "step-finished", stepId: "start-nodes", title: "Starting node", ms: 1200, ...creation },
  { type: "step-finished", stepId: "build-project", title: "Building with Maven", ms: 9000 },
  { type: "step-started", stepId: "join", title: "Starting control plane", ...creation },
  { type: "step-finished", stepId: "join", title: "Starting control plane", ms: 8e3, ...creation },
  { type: "run-finished", summary: 'Cluster "shop" is ready.', ms: 9300, ...creation },
  { type: "step-finished", stepId: "ensure-cluster", title: 'Cluster "shop"', ms: 9400 },
  { type: "run-finished", summary: "users is up.", ms: 12_000 },
];
