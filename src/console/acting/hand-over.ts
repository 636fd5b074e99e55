import type { ClusterApi } from "../../ports/cluster-api.ts";
import type { Ports } from "../../ports/ports.ts";
import { sanitisedLine } from "../facts/sanitise.ts";
import { reasonOf } from "../live/reason-of.ts";
import type { ConsoleEvent } from "../model/events.ts";
import type { Target } from "../model/requests.ts";
import { copyText } from "./copy-text.ts";
import { findShell } from "./find-shell.ts";

export interface HandOverOptions {
  readonly emit: (event: ConsoleEvent) => void;
  readonly clusterApi: (cluster: string) => ClusterApi;
  /** Gives the terminal to this work until it ends. */
  readonly lend: (work: () => Promise<void>) => Promise<void>;
  readonly writeTerminal: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What the terminal UI gives away to other programs: the whole terminal, a text, a URL. Each says by `message` what became of it; none rejects. */
export interface HandOver {
  /** On a pod, a container, or a node (which is a container itself). */
  openShell(of: Target): Promise<void>;
  copy(text: string): Promise<void>;
  openUrl(url: string): Promise<void>;
}

type HandingPorts = Pick<Ports, "commands" | "engineCli" | "files" | "host" | "clock">;

export function handOver(ports: HandingPorts, options: HandOverOptions): HandOver {
  const tell = (text: string, tone: "plain" | "good" | "bad") =>
    options.emit({ type: "message", text: sanitisedLine(text), tone });
  const saying = async (work: Promise<string | undefined>): Promise<void> => {
    try {
      const done = await work;
      if (done !== undefined) tell(done, "good");
    } catch (error) {
      if (!options.signal.aborted) tell(reasonOf(error), "bad");
    }
  };
  return {
    openShell: (of) =>
      saying(of.kind === "Node" ? shellOnNode(of, ports, options) : shellInPod(of, options)),
    copy: (text) => saying(copyText(text, { ...ports, ...options })),
    openUrl: (url) => saying(openUrl(url, ports)),
  };
}

async function shellOnNode(
  { name }: Target,
  { engineCli }: HandingPorts,
  { lend, signal }: HandOverOptions,
): Promise<undefined> {
  await lend(async () => {
    await engineCli.attach(name, ["bash"], { hasTerminal: true, signal });
  });
}

async function shellInPod(
  of: Target,
  { clusterApi, lend, signal }: HandOverOptions,
): Promise<undefined> {
  const { cluster, namespace, kind } = of;
  if (cluster === undefined) throw new Error("no cluster is open");
  const name = of.pod ?? of.name;
  const container = kind === "Container" ? { container: of.name } : {};
  const api = clusterApi(cluster);
  const shell = await findShell({ name, namespace, ...container }, { api, signal });
  if (shell === undefined) {
    const target = kind === "Container" ? ` --target=${of.name}` : "";
    throw new Error(
      "Its image has no shell. One beside it, in the same pod: " +
        `kubectl --context airfield-${cluster} -n ${namespace} debug -it ${name} --image=busybox${target}`,
    );
  }
  await lend(async () => {
    const pod = { kind: "Pod", name, namespace };
    await api.attach(pod, [shell], { hasTerminal: true, signal, ...container });
  });
}

async function openUrl(url: string, { commands, host }: HandingPorts): Promise<string> {
  const opener = await openerOf(host);
  if (opener === undefined) throw new Error(`There is no desktop here to open ${url} on`);
  await commands.startDetached([opener, url]);
  return `Opened ${url}`;
}

/** Undefined on a machine without a desktop. */
async function openerOf(host: Ports["host"]): Promise<string | undefined> {
  if ((await host.facts()).os === "darwin") return "open";
  if (host.environment("WSL_DISTRO_NAME") !== undefined) return "explorer.exe";
  const displays = ["DISPLAY", "WAYLAND_DISPLAY"].map((name) => host.environment(name));
  return displays.some((display) => display !== undefined) ? "xdg-open" : undefined;
}
