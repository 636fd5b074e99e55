import { placeholder, preparedObjectsFolder } from "../../components/prepared-objects.ts";
import { apiServerPort } from "../../kubernetes/api-server-port.ts";
import renderAddons from "../../kubernetes/render-addons.sh";
import common from "./common.sh";
import controlPlane from "./control-plane.sh";
import { nodePlaceholder } from "./prepared-node.ts";
import worker from "./worker.sh";

/** What a node does at its first start, as a script that systemd runs inside it. */
export interface BootstrapScript {
  /** Constant: what differs from cluster to cluster comes in files beside it, never in the text. */
  readonly text: string;
  /** Words without spaces. */
  readonly args: readonly string[];
}

/** Folder of the scripts and their inputs in a node. */
export const bootstrapFolder = "/kind/airfield";

/** What the scripts print, for the error of one that failed. */
export const bootstrapLog = "/var/log/airfield-bootstrap.log";

export const controlPlaneScript: BootstrapScript = {
  text: `${common}${renderAddons}${controlPlane}`,
  args: [
    ...[String(apiServerPort), preparedObjectsFolder],
    ...[placeholder.certificateAuthority, placeholder.time, placeholder.uidTail],
    ...[nodePlaceholder.arch, nodePlaceholder.processors],
    ...[nodePlaceholder.memory, nodePlaceholder.storage],
  ],
};

/** A worker waits for the file by which it knows its control plane, and joins. */
export const workerScript: BootstrapScript = { text: `${common}${worker}`, args: [] };

/** Runs the script once, at the first start. */
export function bootstrapUnit({ args }: BootstrapScript): string {
  const command = ["/bin/bash", `${bootstrapFolder}/bootstrap`, ...args].join(" ");
  return `[Unit]
Description=Airfield: first start of this node
ConditionPathExists=!${bootstrapFolder}/done

[Service]
Type=exec
Environment=HOME=/root
ExecStart=${command}
# What it starts (the kubelet) are services of their own.
KillMode=process
`;
}

/** Makes the unit part of every start without a symbolic link, which an archive of files cannot carry. */
export const bootstrapWanted = `[Unit]
Wants=airfield-bootstrap.service
`;
