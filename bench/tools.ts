import { join } from "node:path";
import { stringify } from "yaml";
import type { Topology } from "./topology.ts";

export const toolNames = ["airfield", "kind"] as const;

export type ToolName = (typeof toolNames)[number];

/** A cluster that is asked for. */
export interface ClusterRequest {
  readonly name: string;
  readonly topology: Topology;
  readonly nodeImage: string;
  /** Of this cluster alone. */
  readonly kubeconfig: string;
  /** Where the tool's files lie and its commands run. */
  readonly folder: string;
}

/** How a tool is told to make and delete a cluster; all else is the same for all of them. */
export interface Tool {
  readonly name: ToolName;
  readonly versionCommand: readonly string[];
  /** Files in the request's folder that the creation reads. */
  files(request: ClusterRequest): Readonly<Record<string, string>>;
  createCommand(request: ClusterRequest): readonly string[];
  deleteCommand(request: ClusterRequest): readonly string[];
}

export function airfieldTool(program: string, extraArgs: readonly string[]): Tool {
  return {
    name: "airfield",
    versionCommand: [program, "version"],
    files: () => ({}),
    createCommand: ({ name, topology, nodeImage, kubeconfig }) => [
      ...[program, "create", "cluster", name, "--image", nodeImage, "--kubeconfig", kubeconfig],
      ...["--workers", String(topology.workers)],
      ...extraArgs,
    ],
    deleteCommand: ({ name, kubeconfig }) => [
      ...[program, "delete", "cluster", name, "--kubeconfig", kubeconfig],
    ],
  };
}

export function kindTool(program: string): Tool {
  const configFile = "kind.yaml";
  return {
    name: "kind",
    versionCommand: [program, "version"],
    files: ({ topology }) => ({ [configFile]: renderKindConfig(topology) }),
    // Without --wait: it would end later and nothing else would change.
    createCommand: ({ name, nodeImage, kubeconfig, folder }) => [
      ...[program, "create", "cluster", "--name", name, "--image", nodeImage],
      ...["--kubeconfig", kubeconfig, "--config", join(folder, configFile)],
    ],
    deleteCommand: ({ name, kubeconfig }) => [
      ...[program, "delete", "cluster", "--name", name, "--kubeconfig", kubeconfig],
    ],
  };
}

function renderKindConfig({ controlPlanes, workers }: Topology): string {
  return stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    nodes: [
      ...Array.from({ length: controlPlanes }, () => ({ role: "control-plane" })),
      ...Array.from({ length: workers }, () => ({ role: "worker" })),
    ],
  });
}
